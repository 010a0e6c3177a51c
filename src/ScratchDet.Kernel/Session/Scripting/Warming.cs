
namespace ScratchDet.Kernel.Session;

/// <summary>Runs a small script of its own, so that the reader's first cell does not wait for the compiler to be compiled.</summary>
internal static class Warming
{
    private static readonly Lazy<Task> Once = new(RunOnceAsync);

    /// <summary>The first call in a process does the work; sessions after it wait for the same.</summary>
    public static Task RunAsync() => Once.Value;

    private static async Task RunOnceAsync()
    {
        string folder = Path.GetTempPath();
        var context = new SessionLoadContext();
        var engine = new ScriptEngine(folder, context, new ScriptReferences(context));
        foreach (string code in (string[])["var warm = new[] { 1 }.Select(x => x + 1).ToArray();", "await Task.Yield(); warm[0]"])
        {
            CompiledSubmission submission = engine.Compile(code, CellFile.In(folder), [], CancellationToken.None);
            ScriptValue value = await engine.RunAsync(submission).ConfigureAwait(false);
            if (value.HasValue) ValueFormatter.Bundle(value.Value);
        }
    }
}
