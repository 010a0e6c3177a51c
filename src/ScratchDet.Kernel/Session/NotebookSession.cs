using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// One living notebook: the state that its cells share. Cells run one at a time, in the order of the calls; completion
/// and inspection may be asked for at any time, also while a cell runs.
/// </summary>
public sealed class NotebookSession : IDisposable
{
    /// <param name="folder">The notebook's folder: relative paths of `#r`, `#load` and `#!import` start here.</param>
    public NotebookSession(string folder) => Folder = Path.GetFullPath(folder);

    public string Folder { get; }

    /// <summary>Runs one cell. Errors of the cell come back as a result; this throws only for misuse.</summary>
    /// <param name="kernelName">The language of a cell without a chooser line such as `#!sql`: csharp, html, markdown, sql, ...</param>
    /// <param name="stop">Is what the cell sees as <see cref="Cell.Stop"/>.</param>
    public Task<CellResult> ExecuteAsync(string code, string kernelName, ICellOutput output, CancellationToken stop) => throw new NotImplementedException();

    /// <param name="cursor">In UTF-16 units from the start.</param>
    public CompletionList Complete(string code, int cursor) => throw new NotImplementedException();

    /// <returns>Signature and documentation of the name at the cursor, or null.</returns>
    public MimeBundle? Inspect(string code, int cursor) => throw new NotImplementedException();

    public CodeStatus StatusOf(string code) => throw new NotImplementedException();

    public void Dispose()
    {
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
