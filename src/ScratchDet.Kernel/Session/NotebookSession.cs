using Microsoft.CodeAnalysis;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// One living notebook: the state that its cells share. Cells run one at a time, in the order of the calls; completion
/// and inspection may be asked for at any time, also while a cell runs.
/// </summary>
public sealed class NotebookSession : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly SessionLoadContext context = new();
    private readonly Lazy<ScriptEngine> engine;
    private int displays;

    /// <param name="folder">The notebook's folder: relative paths of `#r`, `#load` and `#!import` start here.</param>
    public NotebookSession(string folder)
    {
        Folder = Path.GetFullPath(folder);
        engine = new Lazy<ScriptEngine>(() => new ScriptEngine(Folder, context, new ScriptReferences(context)));
    }

    public string Folder { get; }

    internal ScriptSnapshot Snapshot => engine.Value.Snapshot;

    /// <summary>Runs one cell. Errors of the cell come back as a result; this throws only for misuse.</summary>
    /// <param name="kernelName">The language of a cell without a chooser line such as `#!sql`: csharp, html, markdown, sql, ...</param>
    /// <param name="stop">Is what the cell sees as <see cref="Cell.Stop"/>.</param>
    public async Task<CellResult> ExecuteAsync(string code, string kernelName, ICellOutput output, CancellationToken stop)
    {
        try
        {
            await turn.WaitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new CellResult(CellErrors.Interrupted);
        }
        try
        {
            // On a thread of its own flow: what the cell enters does not reach the caller.
            return await Task.Run(() => RunAsync(code, new CellScope(output, NextDisplayId, stop)), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <param name="cursor">In UTF-16 units from the start.</param>
    public CompletionList Complete(string code, int cursor) => new(cursor, cursor, []);

    /// <returns>Signature and documentation of the name at the cursor, or null.</returns>
    public MimeBundle? Inspect(string code, int cursor) => null;

    public CodeStatus StatusOf(string code) => CodeStatus.Complete;

    public void Dispose() => turn.Dispose();

    private string NextDisplayId() => $"display-{Interlocked.Increment(ref displays)}";

    private async Task<CellResult> RunAsync(string code, CellScope cell)
    {
        cell.Enter();
        try
        {
            CompiledSubmission submission = engine.Value.Compile(code, CellFile.In(Folder), [], cell.Stop);
            foreach (Diagnostic warning in submission.Warnings) cell.Write(ConsoleStream.Error, CellErrors.Line(warning) + "\n");
            ScriptValue value = await engine.Value.RunAsync(submission).ConfigureAwait(false);
            if (value is { HasValue: true, Value: not (Microsoft.DotNet.Interactive.DisplayedValue or LiveDisplay) })
                cell.Result(ValueFormatter.Bundle(value.Value));
            return CellResult.Done;
        }
        catch (CompilationFailedException failure)
        {
            return new CellResult(CellErrors.Of(failure));
        }
        catch (OperationCanceledException) when (cell.Stop.IsCancellationRequested)
        {
            return new CellResult(CellErrors.Interrupted);
        }
        catch (Exception failure)
        {
            return new CellResult(CellErrors.Of(failure, context));
        }
        finally
        {
            cell.Flush();
        }
    }
}

/// <summary>What may stand at the cursor instead of the text from <paramref name="Start"/> to <paramref name="End"/> (UTF-16 units).</summary>
public sealed record CompletionList(int Start, int End, IReadOnlyList<CompletionItem> Items);

/// <param name="Kind">Method, property, local, type, namespace, keyword, magic.</param>
public sealed record CompletionItem(string Text, string Kind, string? Signature);

/// <summary>Whether a console should run the text or let the reader go on typing.</summary>
public enum CodeStatus
{
    Complete,
    Incomplete,
    Invalid,
}
