using ScratchDet.Kernel.Language;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// One living notebook: the state that its cells share. Cells run one at a time, in the order of the calls; completion
/// and inspection may be asked for at any time, also while a cell runs.
/// </summary>
public sealed class NotebookSession : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly Lazy<Parts> parts;
    private int displays;

    /// <param name="folder">The notebook's folder: relative paths of `#r`, `#load` and `#!import` start here.</param>
    public NotebookSession(string folder)
    {
        Folder = Path.GetFullPath(folder);
        parts = new Lazy<Parts>(() => new Parts(Folder));
        WarmUp = Task.Run(Warming.RunAsync);
    }

    public string Folder { get; }

    /// <summary>How long bringing the packages of one cell may take.</summary>
    public TimeSpan PackageLimit
    {
        get => parts.Value.Directives.Limit;
        set => parts.Value.Directives.Limit = value;
    }

    /// <summary>Ends when the compiler has been made ready; cells wait for it.</summary>
    internal Task WarmUp { get; }

    internal ScriptSnapshot Snapshot => parts.Value.Engine.Snapshot;

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
            await WarmUp.ConfigureAwait(false);
            // On a thread of its own flow: what the cell enters does not reach the caller.
            return await Task.Run(() => RunAsync(code, kernelName, new CellScope(output, NextDisplayId, stop)), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <param name="cursor">In UTF-16 units from the start.</param>
    public CompletionList Complete(string code, int cursor) => CSharpCompletion.Complete(Snapshot, code, cursor);

    /// <returns>Signature and documentation of the name at the cursor, or null.</returns>
    public MimeBundle? Inspect(string code, int cursor) => CSharpInspection.Inspect(Snapshot, code, cursor);

    public CodeStatus StatusOf(string code) => CSharpSyntaxStatus.Of(code);

    public void Dispose()
    {
        if (parts.IsValueCreated) parts.Value.Languages.Dispose();
        turn.Dispose();
    }

    private string NextDisplayId() => $"display-{Interlocked.Increment(ref displays)}";

    private async Task<CellResult> RunAsync(string code, string kernelName, CellScope cell)
    {
        cell.Enter();
        Parts session = parts.Value;
        session.Engine.BeginCell();
        CellError? error = null;
        try
        {
            await session.Runner.RunAsync(code, kernelName, new CodePlace(Folder, CellFile.In(Folder), []), cell, isCell: true).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            error = session.Errors.Of(failure, cell);
        }
        try
        {
            cell.End();
        }
        catch (Exception failure)
        {
            error ??= session.Errors.Of(failure, cell);
        }
        return error is null ? CellResult.Done : new CellResult(error);
    }

    /// <summary>What the cells share.</summary>
    private sealed class Parts
    {
        public Parts(string folder)
        {
            var context = new SessionLoadContext();
            var references = new ScriptReferences(context);
            Engine = new ScriptEngine(folder, context, references);
            Errors = new CellErrors(Engine);
            Languages = new Languages(folder);
            Directives = new ReferenceDirectives(references, context);
            Runner = new CellRunner(Engine, Directives, Languages, Errors);
        }

        public ScriptEngine Engine { get; }

        public CellErrors Errors { get; }

        public Languages Languages { get; }

        public ReferenceDirectives Directives { get; }

        public CellRunner Runner { get; }
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
