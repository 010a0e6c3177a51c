using System.Text;
using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Documents;

/// <summary>A notebook as read from an .ipynb or .dib file; what we do not know in its metadata is kept.</summary>
/// <param name="Metadata">As an .ipynb has it; a .dib keeps the part that is not the same in every C# notebook.</param>
public sealed record NotebookDocument(IReadOnlyList<NotebookCell> Cells, JsonObject Metadata)
{
    public const string IpynbEnding = ".ipynb";
    public const string DibEnding = ".dib";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The language of cells that name none.</summary>
    public string DefaultKernelName => NotebookMetadata.DefaultKernelName(Metadata);

    /// <summary>Reads .ipynb (nbformat 4) or .dib, by the file's ending.</summary>
    /// <exception cref="BadInputException">The file is not a notebook that we know; names the place.</exception>
    public static NotebookDocument Load(string path)
    {
        bool isDib = IsDib(path);
        string text = ReadText(path);
        return isDib ? DibReader.Read(text, path) : IpynbReader.Read(text, path);
    }

    /// <summary>Writes .ipynb or .dib, by the file's ending; the old file or the new one stays, whole. A .dib has no outputs.</summary>
    /// <exception cref="IOException">The file cannot be written; an older one is left as it was.</exception>
    public void Save(string path) => AtomicFile.WriteText(path, IsDib(path) ? DibWriter.ToText(this) : IpynbWriter.ToText(this));

    /// <exception cref="BadInputException">The ending is neither .ipynb nor .dib.</exception>
    internal static bool IsDib(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        DibEnding => true,
        IpynbEnding => false,
        string ending => throw new BadInputException(path, null, $"the ending '{ending}' is none of a notebook", "give a file that ends in .ipynb or .dib"),
    };

    /// <summary>The whole text, without a byte order mark.</summary>
    /// <exception cref="BadInputException">No such file, or not UTF-8.</exception>
    internal static string ReadText(string path)
    {
        if (Directory.Exists(path)) throw new BadInputException(path, null, "this is a folder", "give a notebook: a file that ends in .ipynb or .dib");
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            return StrictUtf8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, null, "the file does not exist", "give a notebook that exists", missing);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, null, $"the file cannot be read: {denied.Message}", "make it readable", denied);
        }
        catch (DecoderFallbackException wrong)
        {
            throw new BadInputException(path, $"byte {wrong.Index}", "not UTF-8 text", "save the notebook as UTF-8", wrong);
        }
    }
}

public enum CellKind
{
    Code,
    Markdown,
    Raw,
}

/// <param name="Id">nbformat's cell id: stable, so that a rerun changes no line that has not changed.</param>
/// <param name="KernelName">The cell's language: csharp, html, sql, ... For markdown cells: markdown; for raw cells: raw.</param>
/// <param name="Source">With \n line ends, without one at the end.</param>
public sealed record NotebookCell(string Id, CellKind Kind, string KernelName, string Source)
{
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What the file has besides tags and language.</summary>
    public JsonObject Metadata { get; init; } = [];

    /// <summary>Files that a markdown or raw cell holds, by name, each by MIME type; null without any.</summary>
    public JsonObject? Attachments { get; init; }

    public int? ExecutionCount { get; init; }

    /// <summary>As nbformat has them.</summary>
    public JsonArray Outputs { get; init; } = [];

    /// <summary>The first line that says something, cut to fit a message.</summary>
    public string FirstLine
    {
        get
        {
            const int longest = 60;
            string line = Source.Split('\n').FirstOrDefault(text => text.Trim().Length > 0)?.Trim() ?? "";
            return line.Length <= longest ? line : line[..(longest - 1)].TrimEnd() + "…";
        }
    }

    /// <summary>A run from top to bottom executes it.</summary>
    public bool IsExecuted => Kind == CellKind.Code && !string.IsNullOrWhiteSpace(Source) && !HasTag(CellTags.SkipExecution);

    public bool HasTag(string tag) => Tags.Contains(tag);
}

/// <summary>Tags that change how a cell is run; the words are those of papermill and nbconvert.</summary>
public static class CellTags
{
    /// <summary>Holds the defaults of what `--param` may set.</summary>
    public const string Parameters = "parameters";

    /// <summary>Was put in by a run with `--param`.</summary>
    public const string InjectedParameters = "injected-parameters";

    /// <summary>This cell must fail, and the notebook goes on after it.</summary>
    public const string RaisesException = "raises-exception";

    public const string SkipExecution = "skip-execution";
}
