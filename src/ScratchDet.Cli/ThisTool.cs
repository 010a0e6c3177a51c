namespace ScratchDet.Cli;

/// <summary>This program, for those who have to start it again: Jupyter, and the runner of notebooks.</summary>
internal static class ThisTool
{
    /// <summary>The built assembly; `dotnet` runs it.</summary>
    public static string File => Path.Combine(AppContext.BaseDirectory, $"{typeof(ThisTool).Assembly.GetName().Name}.dll");
}
