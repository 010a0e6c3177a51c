using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ScratchDet.Kernel.Documents;

/// <summary>
/// Reads the text form of a notebook: `#!meta` with JSON, then cells, each opened by `#!csharp`, `#!markdown`, ... alone
/// on a line. A first line such as `//| tags: parameters, skip-execution` (in SQL `--|`, in HTML and markdown
/// `&lt;!--| ... --&gt;`) gives a cell its tags and is no part of its text. A line of a cell's own text that would open a
/// cell is written with a backslash before it.
/// </summary>
internal static partial class DibReader
{
    private const string Meta = "meta";

    /// <exception cref="BadInputException">The JSON after `#!meta` is wrong; names the place.</exception>
    public static NotebookDocument Read(string text, string file)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        List<Section> sections = [];
        // Names that the file's own #!meta lists open cells too; it stands first, so they are known before they are used.
        Dictionary<string, string> listed = [];
        var metadata = new JsonObject();
        var open = new Section(null, 0, []);
        foreach ((int index, string line) in lines.Index())
        {
            // No JSON begins a line like this, so here the #!meta ends, and its kernels are known for this line.
            if (open.Name == Meta && line.StartsWith("#!", StringComparison.Ordinal))
            {
                Close(open);
                open = new Section(null, index, []);
            }
            if (OpenedBy(line, listed) is not { } name)
            {
                open.Lines.Add(line);
                continue;
            }
            Close(open);
            open = new Section(name, index, []);
        }
        Close(open);

        string defaultKernelName = NotebookMetadata.DefaultKernelName(metadata);
        var ids = new CellIds();
        return new NotebookDocument([.. sections.Select(section => ToCell(section, defaultKernelName, ids, listed))], metadata);

        void Close(Section section)
        {
            if (section.Name != Meta)
            {
                if (section.Lines.Any(line => !string.IsNullOrWhiteSpace(line))) sections.Add(section);
                return;
            }
            JsonObject meta = ReadMeta(section, file);
            metadata = NotebookMetadata.FromDib(meta);
            listed = NotebookMetadata.ListedKernels(meta[NotebookMetadata.KernelInfo] as JsonObject);
        }
    }

    /// <summary>The language of the cell that a line opens, `meta`, or null for a line of text.</summary>
    internal static string? OpenedBy(string line, IReadOnlyDictionary<string, string> listed)
    {
        if (!line.StartsWith("#!", StringComparison.Ordinal)) return null;
        string word = line[2..].TrimEnd();
        return word == Meta ? Meta : CellLanguages.Find(word) ?? listed.GetValueOrDefault(word);
    }

    private static JsonObject ReadMeta(Section section, string file)
    {
        string text = string.Join('\n', section.Lines);
        try
        {
            // Blank lines in front, so that places in the JSON are places in the file.
            return IpynbReader.ParseObject(new string('\n', section.FirstLine + 1) + text, file);
        }
        catch (BadInputException wrong)
        {
            throw new BadInputException(file, wrong.Place ?? $"line {section.FirstLine + 1}", $"what follows #!meta is wrong: {wrong.What}",
                "mend the JSON, or remove #!meta: a C# notebook does not need it", wrong);
        }
    }

    private static NotebookCell ToCell(Section section, string defaultKernelName, CellIds ids, IReadOnlyDictionary<string, string> listed)
    {
        string kernelName = section.Name ?? defaultKernelName;
        List<string> lines = section.Lines;
        int first = lines.FindIndex(line => !string.IsNullOrWhiteSpace(line));
        int last = lines.FindLastIndex(line => !string.IsNullOrWhiteSpace(line));
        IReadOnlyList<string> tags = [];
        if (TagLine().Match(lines[first]) is { Success: true } match)
        {
            tags = [.. match.Groups["tags"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            do first++;
            while (first <= last && string.IsNullOrWhiteSpace(lines[first]));
        }
        string source = string.Join('\n', lines.Skip(first).Take(last + 1 - first).Select(line => IsEscaped(line, listed) ? line[1..] : line));
        return new NotebookCell(ids.Next(kernelName, source), CellLanguages.KindOf(kernelName), kernelName, source) { Tags = tags };
    }

    private static bool IsEscaped(string line, IReadOnlyDictionary<string, string> listed) =>
        line.StartsWith('\\') && OpenedBy(line.TrimStart('\\'), listed) is not null;

    [GeneratedRegex(@"^(//\||--\||<!--\|)\s*tags:(?<tags>.*?)(-->)?\s*$")]
    private static partial Regex TagLine();

    /// <param name="FirstLine">Index of the line that opens it.</param>
    private sealed record Section(string? Name, int FirstLine, List<string> Lines);
}
