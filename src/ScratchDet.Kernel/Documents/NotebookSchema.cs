using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Documents;

/// <summary>What nbformat 4.5 and our own rules ask of a file, beyond what is needed to read it.</summary>
internal static class NotebookSchema
{
    private const string RunAgain = "run it again with `notebook run`, which writes it whole";

    /// <param name="notebook">One that <see cref="IpynbReader"/> has read.</param>
    public static void Check(JsonObject notebook, List<NotebookFinding> findings)
    {
        if (notebook["nbformat_minor"] is not JsonValue minor || !minor.TryGetValue(out int version) || version < IpynbWriter.FormatMinor)
            findings.Add(new(true, "nbformat_minor", $"not {IpynbWriter.FormatMinor} or later, so cells have no ids", RunAgain));
        if (notebook["metadata"] is not JsonObject metadata || NotebookMetadata.KernelSpecOf(metadata) != NotebookMetadata.KernelSpecName)
            findings.Add(new(true, "metadata.kernelspec", $"does not name {NotebookMetadata.KernelSpecName}", RunAgain));
        var ids = new HashSet<string>();
        foreach ((int index, JsonNode? node) in ((JsonArray)notebook["cells"]!).Index())
        {
            var cell = (JsonObject)node!;
            void Add(string what) => findings.Add(new(true, $"cell {index + 1}", what, RunAgain));

            string? id = NotebookMetadata.Text(cell["id"]);
            if (id is null || !CellIds.IsValid(id)) Add("has no valid id");
            else if (!ids.Add(id)) Add($"has the id '{id}' of an earlier cell");
            CheckCell(cell, Add);
        }
    }

    private static void CheckCell(JsonObject cell, Action<string> add)
    {
        string kind = NotebookMetadata.Text(cell["cell_type"])!;
        if (cell["metadata"] is not JsonObject metadata)
        {
            add("has no metadata");
        }
        else if (kind != "raw")
        {
            // Without these an import of the notebook into another fails in .NET Interactive.
            if (metadata[NotebookMetadata.Polyglot] is not JsonObject polyglot || NotebookMetadata.Text(polyglot["kernelName"]) is null)
                add($"has no {NotebookMetadata.Polyglot}.kernelName");
            if (metadata[NotebookMetadata.Interactive] is not JsonObject interactive || NotebookMetadata.Text(interactive["language"]) is null)
                add($"has no {NotebookMetadata.Interactive}.language");
        }
        if (kind != "code")
        {
            if (cell.ContainsKey("outputs") || cell.ContainsKey("execution_count")) add($"is {kind} and has outputs");
            return;
        }
        if (cell["outputs"] is not JsonArray outputs)
        {
            add("has no list of outputs");
            return;
        }
        if (!cell.ContainsKey("execution_count")) add("has no execution_count");
        foreach ((int place, JsonNode? output) in outputs.Index())
            if (Fault((JsonObject)output!) is { } what) add($"output {place + 1} {what}");
    }

    private static string? Fault(JsonObject output) => NotebookMetadata.Text(output["output_type"]) switch
    {
        "stream" => IsText(output["text"]) && NotebookMetadata.Text(output["name"]) is not null ? null : "is a stream without name or text",
        "display_data" => HasData(output) ? null : "is a display without data or metadata",
        "execute_result" => HasData(output) && output.ContainsKey("execution_count") ? null : "is a result without data, metadata or execution_count",
        "error" => NotebookMetadata.Text(output["ename"]) is not null && NotebookMetadata.Text(output["evalue"]) is not null && output["traceback"] is JsonArray ? null : "is an error without ename, evalue or traceback",
        null => "has no output_type",
        string other => $"has the unknown output_type '{other}'",
    };

    private static bool HasData(JsonObject output) => output["data"] is JsonObject && output["metadata"] is JsonObject;

    private static bool IsText(JsonNode? node) => NotebookMetadata.Text(node) is not null || (node is JsonArray lines && lines.All(line => NotebookMetadata.Text(line) is not null));
}
