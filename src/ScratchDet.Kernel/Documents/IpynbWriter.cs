using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Documents;

/// <summary>Writes nbformat 4.5 as Jupyter does, so that only what has changed differs from the file before.</summary>
internal static class IpynbWriter
{
    public const int Format = 4;
    public const int FormatMinor = 5;

    public static string ToText(NotebookDocument document) => JupyterJson.ToText(ToJson(document)) + "\n";

    private static JsonObject ToJson(NotebookDocument document)
    {
        var ids = new CellIds();
        return new JsonObject
        {
            ["cells"] = new JsonArray([.. document.Cells.Select(cell => (JsonNode)ToJson(cell, ids))]),
            ["metadata"] = NotebookMetadata.ForIpynb(document),
            ["nbformat"] = Format,
            ["nbformat_minor"] = FormatMinor,
        };
    }

    private static JsonObject ToJson(NotebookCell cell, CellIds ids)
    {
        var json = new JsonObject
        {
            ["cell_type"] = cell.Kind switch
            {
                CellKind.Code => "code",
                CellKind.Markdown => "markdown",
                _ => "raw",
            },
            ["id"] = ids.Keep(cell.Id, cell.KernelName, cell.Source),
            ["metadata"] = MetadataOf(cell),
            ["source"] = Lines(cell.Source),
        };
        if (cell.Attachments is not null && cell.Kind != CellKind.Code) json["attachments"] = cell.Attachments.DeepClone();
        if (cell.Kind == CellKind.Code)
        {
            json["execution_count"] = cell.ExecutionCount;
            json["outputs"] = new JsonArray([.. cell.Outputs.Select(output => (JsonNode)WithLines(output!.AsObject()))]);
        }
        return json;
    }

    private static JsonObject MetadataOf(NotebookCell cell)
    {
        var metadata = (JsonObject)cell.Metadata.DeepClone();
        if (cell.Kind != CellKind.Raw)
        {
            Put(NotebookMetadata.Interactive, "language");
            Put(NotebookMetadata.Polyglot, "kernelName");
        }
        if (cell.Tags.Count > 0) metadata["tags"] = new JsonArray([.. cell.Tags.Select(tag => (JsonNode)tag)]);
        return metadata;

        void Put(string key, string innerKey)
        {
            if (metadata[key] is not JsonObject inner) metadata[key] = inner = [];
            inner[innerKey] = cell.KernelName;
        }
    }

    /// <summary>An output with its texts as lists of lines, which is how files have them.</summary>
    private static JsonObject WithLines(JsonObject output)
    {
        var copy = (JsonObject)output.DeepClone();
        if (NotebookMetadata.Text(copy["text"]) is { } text) copy["text"] = Lines(text);
        if (copy["data"] is not JsonObject data) return copy;
        foreach ((string mimeType, JsonNode? content) in data.ToArray())
        {
            if (mimeType != "application/json" && NotebookMetadata.Text(content) is { } form)
                data[mimeType] = Lines(form);
        }
        return copy;
    }

    private static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(JsonValue.Create(text[start..end]));
            start = end;
        }
        return lines;
    }
}
