using System.Text.Json.Nodes;
using ScratchDet.Cli.Commands;
using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Running;

namespace ScratchDet.Tests.Kernel.Running;

/// <summary>Runs small notebooks through the real runner: each in a process of its own.</summary>
internal static class NotebookRuns
{
    public static NotebookRunOptions Options { get; } = new(TimeSpan.FromSeconds(60));

    /// <param name="dib">The notebook's text.</param>
    public static Task<NotebookRunResult> RunAsync(string dib, string folder, NotebookRunOptions? options = null) =>
        new NotebookRunner(NotebookCommand.WorkerProgram, options ?? Options)
            .RunAsync(DibReader.Read(dib, "test.dib"), folder, new Quiet(), TestContext.Current.CancellationToken);

    /// <summary>The stored text of a cell's stream.</summary>
    public static string Text(NotebookCell cell, string stream) =>
        string.Concat(cell.Outputs.Where(output => (string?)output!["name"] == stream).Select(output => (string?)output!["text"]));

    /// <summary>The text/plain forms of a cell's displays and results.</summary>
    public static string[] Plain(NotebookCell cell) =>
        [.. cell.Outputs.Select(output => output!["data"]).OfType<JsonObject>().Select(data => data["text/plain"] is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string)data["text/plain"]!)];

    private sealed class Quiet : ICellObserver
    {
        public void CellStarts(CellProgress cell)
        {
        }

        public void CellEnded(CellProgress cell, TimeSpan time)
        {
        }
    }
}
