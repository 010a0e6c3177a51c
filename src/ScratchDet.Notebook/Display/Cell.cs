namespace ScratchDet.Notebook;

/// <summary>The notebook cell that is running. It flows into the tasks and threads that the cell starts.</summary>
public static class Cell
{
    private static readonly AsyncLocal<IDisplayHost?> Current = new();

    /// <summary>Give this to loops that the stop button shall end: training, loading, evaluation.</summary>
    public static CancellationToken Stop => Current.Value?.Stop ?? CancellationToken.None;

    /// <summary>Shows a value at once, without waiting for the cell to end. Outside a notebook its text goes to the console.</summary>
    public static LiveDisplay Show(IDisplayable value) => Show(value.ToMimeBundle());

    public static LiveDisplay Show(MimeBundle content)
    {
        var display = new LiveDisplay(Current.Value);
        display.Open(content);
        return display;
    }

    /// <summary>Null outside a notebook.</summary>
    internal static IDisplayHost? Host => Current.Value;

    /// <summary>For kernels: makes `host` the place where the code that runs from here on shows its values.</summary>
    public static void Enter(IDisplayHost? host) => Current.Value = host;
}
