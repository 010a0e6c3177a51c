using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Documents;

/// <summary>Reads nbformat 4, any minor version.</summary>
internal static class IpynbReader
{
    private const int DeepestNesting = 256;

    /// <exception cref="BadInputException">Not a notebook for a kernel that we know; names the place.</exception>
    public static NotebookDocument Read(string text, string file)
    {
        JsonObject root = ParseObject(text, file);
        RequireVersion4(root, file);
        if (root["metadata"] is not (null or JsonObject))
            throw new BadInputException(file, "metadata", "not an object", "open and save the notebook with Jupyter");
        JsonObject metadata = root["metadata"]?.AsObject() ?? [];
        RequireKnownKernel(metadata, file);
        if (root["cells"] is not JsonArray cells)
            throw new BadInputException(file, "cells", root.ContainsKey("cells") ? "not a list" : "missing", "give a notebook: its JSON has a list of cells");

        string defaultKernelName = NotebookMetadata.DefaultKernelName(metadata);
        var ids = new CellIds();
        var read = new List<NotebookCell>(cells.Count);
        for (int index = 0; index < cells.Count; index++)
            read.Add(ReadCell(cells[index], new Place(file, $"cell {index + 1}"), defaultKernelName, ids));
        return new NotebookDocument(read, (JsonObject)metadata.DeepClone());
    }

    /// <summary>The root object of a notebook's text.</summary>
    internal static JsonObject ParseObject(string text, string file)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false };
            return JsonNode.Parse(text, documentOptions: options) as JsonObject
                ?? throw new BadInputException(file, null, "the JSON is not an object", "give a notebook: an object with cells and metadata");
        }
        catch (JsonException wrong)
        {
            string what = text.AsSpan().Trim().IsEmpty ? "the file is empty" : $"not JSON: {Reason(wrong)}";
            throw new BadInputException(file, PlaceOf(wrong, text), what, "restore the notebook from an earlier copy, or mend that place in a text editor", wrong);
        }
    }

    private static void RequireVersion4(JsonObject root, string file)
    {
        if (root["nbformat"] is not JsonValue value || !value.TryGetValue(out int version))
            throw new BadInputException(file, "nbformat", root.ContainsKey("nbformat") ? "not a whole number" : "missing", "give a notebook in nbformat 4");
        if (version < 4)
        {
            throw new BadInputException(file, "nbformat", $"version {version}, which kernels of today cannot run",
                $"convert it with `jupyter nbconvert --to notebook --nbformat 4 --inplace {Path.GetFileName(file)}`");
        }
        if (version > 4)
            throw new BadInputException(file, "nbformat", $"version {version}, which is newer than this program", "save the notebook in nbformat 4");
    }

    private static void RequireKnownKernel(JsonObject metadata, string file)
    {
        if (NotebookMetadata.KernelSpecOf(metadata) is { } name && name != NotebookMetadata.KernelSpecName)
        {
            throw new BadInputException(file, "metadata.kernelspec", $"the kernel '{name}' is not known here; known is {NotebookMetadata.KernelSpecName}",
                $"choose the kernel {NotebookMetadata.KernelSpecDisplayName} for it in Jupyter, or run it with its own kernel");
        }
    }

    private static NotebookCell ReadCell(JsonNode? node, Place place, string defaultKernelName, CellIds ids)
    {
        if (node is not JsonObject cell) throw place.Bad("not an object");
        CellKind kind = NotebookMetadata.Text(cell["cell_type"]) switch
        {
            "code" => CellKind.Code,
            "markdown" => CellKind.Markdown,
            "raw" => CellKind.Raw,
            null => throw place.Bad("no cell_type"),
            string other => throw place.Bad($"cell_type '{other}' is none of code, markdown, raw"),
        };
        if (!cell.ContainsKey("source")) throw place.Bad("no source");
        string source = ReadSource(cell["source"], place);
        if (cell["metadata"] is not (null or JsonObject)) throw place.Bad("its metadata is not an object");
        JsonObject metadata = cell["metadata"]?.DeepClone().AsObject() ?? [];
        IReadOnlyList<string> tags = TakeTags(metadata, place);
        string kernelName = TakeKernelName(metadata, kind, defaultKernelName);
        if (cell["outputs"] is not (null or JsonArray)) throw place.Bad("its outputs are not a list");
        if (cell["attachments"] is not (null or JsonObject)) throw place.Bad("its attachments are not an object");
        if (cell["outputs"] is JsonArray outputs && outputs.Any(output => output is not JsonObject)) throw place.Bad("an output of it is not an object");
        return new NotebookCell(ids.Keep(NotebookMetadata.Text(cell["id"]), kernelName, source), kind, kernelName, source)
        {
            Tags = tags,
            Metadata = metadata,
            Attachments = cell["attachments"]?.DeepClone().AsObject(),
            ExecutionCount = cell["execution_count"] is JsonValue count && count.TryGetValue(out int number) ? number : null,
            Outputs = cell["outputs"]?.DeepClone().AsArray() ?? [],
        };
    }

    private static string ReadSource(JsonNode? node, Place place)
    {
        if (NotebookMetadata.Text(node) is { } whole) return Normalized(whole);
        if (node is not JsonArray lines) throw place.Bad("its source is neither a text nor a list of lines");
        var text = new StringBuilder();
        foreach (JsonNode? line in lines)
            text.Append(NotebookMetadata.Text(line) ?? throw place.Bad("a line of its source is not a text"));
        return Normalized(text.ToString());
    }

    private static string Normalized(string source) => source.ReplaceLineEndings("\n").TrimEnd('\n');

    private static string[] TakeTags(JsonObject metadata, Place place)
    {
        if (!metadata.Remove("tags", out JsonNode? node)) return [];
        if (node is not JsonArray list) throw place.Bad("its tags are not a list");
        return [.. list.Select(tag => NotebookMetadata.Text(tag) ?? throw place.Bad("a tag is not a text"))];
    }

    private static string TakeKernelName(JsonObject metadata, CellKind kind, string defaultKernelName)
    {
        string? polyglot = TakeText(metadata, NotebookMetadata.Polyglot, "kernelName");
        string? interactive = TakeText(metadata, NotebookMetadata.Interactive, "language");
        if (kind == CellKind.Markdown) return CellLanguages.Markdown;
        if (kind == CellKind.Raw) return CellLanguages.Raw;
        string name = polyglot ?? interactive ?? defaultKernelName;
        return CellLanguages.Find(name) ?? name;
    }

    // What else stands in the object stays; an object that becomes empty goes.
    private static string? TakeText(JsonObject metadata, string key, string innerKey)
    {
        if (NotebookMetadata.Child(metadata, key) is not { } inner) return null;
        string? text = NotebookMetadata.Text(inner[innerKey]);
        inner.Remove(innerKey);
        if (inner.Count == 0) metadata.Remove(key);
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    // The library's messages end with the place, which we say in front.
    private static string Reason(JsonException wrong)
    {
        string message = wrong.Message;
        foreach (string end in new[] { " Path: ", " LineNumber: " })
        {
            int at = message.IndexOf(end, StringComparison.Ordinal);
            if (at > 0) message = message[..at];
        }
        return message.TrimEnd('.', ' ');
    }

    private static string? PlaceOf(JsonException wrong, string text)
    {
        if (wrong.LineNumber is not { } line || wrong.BytePositionInLine is not { } bytes || text.Length == 0) return null;
        string[] lines = text.Split('\n');
        if (line >= lines.Length) return $"line {line + 1}";
        // The parser counts bytes, people count letters.
        byte[] encoded = Encoding.UTF8.GetBytes(lines[line]);
        int column = Encoding.UTF8.GetCharCount(encoded, 0, (int)Math.Min(bytes, encoded.Length));
        return $"line {line + 1}, column {column + 1}";
    }

    private readonly record struct Place(string File, string Cell)
    {
        public BadInputException Bad(string what) => new(File, Cell, what, "mend the cell in a text editor, or open and save the notebook with Jupyter");
    }
}
