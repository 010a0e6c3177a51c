using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Documents;

/// <summary>A notebook as read from an .ipynb or .dib file; what we do not know in its metadata is kept.</summary>
public sealed record NotebookDocument(IReadOnlyList<NotebookCell> Cells, JsonObject Metadata)
{
    /// <summary>Reads .ipynb (nbformat 4) or .dib, by the file's ending.</summary>
    /// <exception cref="BadInputException">The file is not a notebook that we know; names the place.</exception>
    public static NotebookDocument Load(string path) => throw new NotImplementedException();
}

public enum CellKind
{
    Code,
    Markdown,
    Raw,
}

/// <param name="Id">nbformat's cell id: stable, so that a rerun changes no line that has not changed.</param>
/// <param name="KernelName">The cell's language: csharp, html, sql, ... For markdown cells: markdown.</param>
/// <param name="Source">With \n line ends, without one at the end.</param>
public sealed record NotebookCell(string Id, CellKind Kind, string KernelName, string Source)
{
    public IReadOnlyList<string> Tags { get; init; } = [];

    public JsonObject Metadata { get; init; } = [];

    public int? ExecutionCount { get; init; }

    /// <summary>As nbformat has them.</summary>
    public JsonArray Outputs { get; init; } = [];
}
