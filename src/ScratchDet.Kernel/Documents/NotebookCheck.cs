using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Documents;

/// <summary>Something about a notebook that is not as it should be.</summary>
/// <param name="IsError">False for a matter of taste.</param>
/// <param name="Place">Such as <c>cell 3</c>; null for the whole file.</param>
public sealed record NotebookFinding(bool IsError, string? Place, string What, string WhatToDo)
{
    public override string ToString() => $"{(IsError ? "" : "warning: ")}{(Place is null ? "" : $"{Place}: ")}{What}; {WhatToDo}";
}

/// <summary>
/// Holds a notebook that is kept with its outputs against the rules that keep it useful: valid, for our kernel, executed
/// from top to bottom, without errors and empty plots, small, and the same as its text source.
/// </summary>
public static partial class NotebookCheck
{
    /// <summary>Stored outputs of one notebook.</summary>
    public const int LargestOutputsBytes = 200_000;

    private const int LongestCellLines = 12;
    private const string RunAgain = "run it again with `notebook run`";

    // Files hold letters as they are; the library's default would count six bytes for a `<`.
    private static readonly JsonSerializerOptions AsStored = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="BadInputException">The file is no notebook that can be read.</exception>
    public static IReadOnlyList<NotebookFinding> Run(string file)
    {
        NotebookDocument document = NotebookDocument.Load(file);
        var findings = new List<NotebookFinding>();
        if (!NotebookDocument.IsDib(file))
        {
            NotebookSchema.Check(IpynbReader.ParseObject(NotebookDocument.ReadText(file), file), findings);
            CheckExecution(document, findings);
            CheckOutputs(document, findings);
            CheckSource(document, file, findings);
        }
        CheckProse(document, Path.GetDirectoryName(Path.GetFullPath(file))!, findings);
        return findings;
    }

    private static void CheckExecution(NotebookDocument document, List<NotebookFinding> findings)
    {
        (int Index, NotebookCell Item)[] executed = [.. document.Cells.Index().Where(entry => entry.Item.IsExecuted)];
        if (executed.Length > 0 && executed.All(entry => entry.Item.ExecutionCount is null))
        {
            findings.Add(new(true, null, "no cell has been executed", "execute it with `notebook run`"));
            return;
        }
        foreach ((int place, (int index, NotebookCell cell)) in executed.Index())
        {
            if (cell.ExecutionCount == place + 1) continue;
            string what = cell.ExecutionCount is { } count
                ? $"was executed as number {count}, not {place + 1}: the cells were not run once each from top to bottom"
                : "has not been executed";
            findings.Add(new(true, Place(index), what, RunAgain));
            break; // all behind it would only repeat it
        }
    }

    private static void CheckOutputs(NotebookDocument document, List<NotebookFinding> findings)
    {
        long bytes = 0;
        foreach ((int index, NotebookCell cell) in document.Cells.Index())
        {
            bool hasError = false;
            foreach (JsonNode? node in cell.Outputs)
            {
                var output = (JsonObject)node!;
                bytes += Encoding.UTF8.GetByteCount(output.ToJsonString(AsStored));
                hasError |= NotebookMetadata.Text(output["output_type"]) == "error";
                if (output["data"] is JsonObject data && data[MimeBundle.Plotly] is { } figure && !PlotlyData.HasPoints(figure))
                    findings.Add(new(true, Place(index), "shows an empty plot", "give the figure data, or remove it"));
            }
            if (hasError && !cell.HasTag(CellTags.RaisesException))
                findings.Add(new(true, Place(index), $"has stored an error ({cell.FirstLine})", $"mend the cell, or tag it {CellTags.RaisesException} when it shall fail"));
            if (!hasError && cell.HasTag(CellTags.RaisesException) && cell.ExecutionCount is not null)
                findings.Add(new(true, Place(index), $"is tagged {CellTags.RaisesException} and has stored no error", "remove the tag, or mend the cell"));
        }
        if (bytes > LargestOutputsBytes)
        {
            findings.Add(new(true, null, string.Create(CultureInfo.InvariantCulture, $"its stored outputs are {bytes / 1e3:0} kB, more than {LargestOutputsBytes / 1e3:0} kB"),
                "show smaller pictures, fewer points or fewer rows"));
        }
    }

    /// <summary>A .dib beside it is where the cells come from.</summary>
    private static void CheckSource(NotebookDocument document, string file, List<NotebookFinding> findings)
    {
        string source = Path.ChangeExtension(file, NotebookDocument.DibEnding);
        if (!File.Exists(source)) return;
        string name = Path.GetFileName(source);
        NotebookCell[] ours = [.. document.Cells.Where(cell => !cell.HasTag(CellTags.InjectedParameters))];
        IReadOnlyList<NotebookCell> theirs = NotebookDocument.Load(source).Cells;
        for (int index = 0; index < Math.Max(ours.Length, theirs.Count); index++)
        {
            string? what = (index < ours.Length, index < theirs.Count) switch
            {
                (true, false) => $"is stale: {name} has no such cell ({ours[index].FirstLine})",
                (false, _) => $"is stale: this cell of {name} is missing ({theirs[index].FirstLine})",
                _ => Difference(ours[index], theirs[index]) is { } difference ? $"is stale: its {difference} from {name} ({theirs[index].FirstLine})" : null,
            };
            if (what is null) continue;
            findings.Add(new(true, Place(index), what, $"run {name} again with `notebook run`"));
            return;
        }
    }

    private static string? Difference(NotebookCell first, NotebookCell second)
    {
        if (first.Source != second.Source) return "text differs";
        if (first.KernelName != second.KernelName) return "language differs";
        return first.Tags.SequenceEqual(second.Tags) ? null : "tags differ";
    }

    private static void CheckProse(NotebookDocument document, string folder, List<NotebookFinding> findings)
    {
        if (document.Cells is not [{ Kind: CellKind.Markdown } first, ..] || !first.Source.StartsWith("# ", StringComparison.Ordinal))
            findings.Add(new(true, Place(0), "does not begin with a title", "let the first cell be markdown that begins with `# `"));
        foreach ((int index, NotebookCell cell) in document.Cells.Index())
        {
            if (cell.Kind == CellKind.Code && cell.Source.Split('\n').Count(line => line.Trim().Length > 0) is var lines && lines > LongestCellLines)
                findings.Add(new(false, Place(index), $"has {lines} lines, more than {LongestCellLines}", "split it, or move code into the library"));
            if (cell.Kind != CellKind.Markdown) continue;
            foreach (Match image in LocalImage().Matches(cell.Source))
            {
                string path = Uri.UnescapeDataString(image.Groups["path"].Value);
                if (!path.Contains(':', StringComparison.Ordinal) && !File.Exists(Path.Combine(folder, path)))
                    findings.Add(new(true, Place(index), $"shows {path}, which does not exist", "mend the path, or add the picture"));
            }
        }
    }

    private static string Place(int index) => $"cell {index + 1}";

    [GeneratedRegex(@"!\[[^\]]*\]\(\s*<?(?<path>[^)\s>]+)")]
    private static partial Regex LocalImage();
}
