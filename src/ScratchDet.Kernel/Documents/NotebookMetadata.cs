using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Documents;

/// <summary>
/// The metadata that make a file a C# notebook, for Jupyter (`kernelspec`, `language_info`) and for VS Code
/// (`polyglot_notebook`), which the retired .NET Interactive wrote in the same form.
/// </summary>
internal static class NotebookMetadata
{
    public const string KernelSpecName = ".net-csharp";
    public const string KernelSpecDisplayName = ".NET (C#)";
    public const string Polyglot = "polyglot_notebook";
    public const string Interactive = "dotnet_interactive";
    public const string KernelInfo = "kernelInfo";
    private const string KernelSpec = "kernelspec";
    private const string LanguageInfo = "language_info";

    /// <summary>Keys that are written anew into every .ipynb; a .dib does not need them.</summary>
    private static readonly string[] Generated = [KernelSpec, LanguageInfo, Polyglot, Interactive];

    public static string DefaultKernelName(JsonObject metadata)
    {
        string? name = Text((Child(metadata, Polyglot) is { } polyglot ? Child(polyglot, KernelInfo) : null)?["defaultKernelName"]);
        return name is null ? CellLanguages.CSharp : CellLanguages.Find(name) ?? name;
    }

    /// <summary>The kernelspec's name, or null where the file names none.</summary>
    public static string? KernelSpecOf(JsonObject metadata) => Text(Child(metadata, KernelSpec)?["name"]);

    /// <summary>Names and aliases of the kernels that a `kernelInfo` object lists, each with the name it stands for.</summary>
    public static Dictionary<string, string> ListedKernels(JsonObject? kernelInfo)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (kernelInfo?["items"] is not JsonArray items) return names;
        foreach (JsonNode? item in items)
        {
            if (item is not JsonObject one || Text(one["name"]) is not { Length: > 0 } name) continue;
            names[name] = name;
            if (one["aliases"] is not JsonArray aliases) continue;
            foreach (JsonNode? alias in aliases)
                if (Text(alias) is { Length: > 0 } word) names.TryAdd(word, name);
        }
        return names;
    }

    /// <summary>What an .ipynb of these cells has.</summary>
    public static JsonObject ForIpynb(NotebookDocument document)
    {
        var metadata = (JsonObject)document.Metadata.DeepClone();
        metadata[KernelSpec] = new JsonObject
        {
            ["display_name"] = KernelSpecDisplayName,
            ["language"] = "C#",
            ["name"] = KernelSpecName,
        };
        metadata[LanguageInfo] = new JsonObject
        {
            ["file_extension"] = ".cs",
            ["mimetype"] = "text/x-csharp",
            ["name"] = "C#",
            ["pygments_lexer"] = "csharp",
        };
        var polyglot = Child(metadata, Polyglot) as JsonObject ?? [];
        polyglot[KernelInfo] = KernelInfoOf(document);
        metadata[Polyglot] = polyglot;
        return metadata;
    }

    /// <summary>What follows `#!meta` in a .dib of these cells.</summary>
    public static JsonObject ForDib(NotebookDocument document)
    {
        var metadata = new JsonObject { [KernelInfo] = KernelInfoOf(document) };
        foreach ((string key, JsonNode? value) in document.Metadata)
            if (!Generated.Contains(key) && key != KernelInfo) metadata[key] = value?.DeepClone();
        return metadata;
    }

    /// <summary>The metadata of an .ipynb, from those of a .dib.</summary>
    public static JsonObject FromDib(JsonObject meta)
    {
        var metadata = (JsonObject)meta.DeepClone();
        if (metadata.Remove(KernelInfo, out JsonNode? kernelInfo))
            metadata[Polyglot] = new JsonObject { [KernelInfo] = kernelInfo };
        return metadata;
    }

    /// <summary>The object at a key; null when there is none, or something else.</summary>
    public static JsonObject? Child(JsonObject parent, string key) => parent[key] as JsonObject;

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    // The kernels that the cells use, in order of their names; listed ones that no cell uses would only go stale.
    private static JsonObject KernelInfoOf(NotebookDocument document)
    {
        var items = new JsonArray();
        IEnumerable<string> names = document.Cells.Where(cell => cell.Kind != CellKind.Raw).Select(cell => cell.KernelName).Append(document.DefaultKernelName);
        foreach (string name in names.Distinct().Order(StringComparer.Ordinal))
        {
            (string languageName, IReadOnlyList<string> aliases) = CellLanguages.Describe(name);
            items.Add(new JsonObject
            {
                ["name"] = name,
                ["languageName"] = languageName.Length == 0 ? null : languageName,
                ["aliases"] = new JsonArray([.. aliases.Select(alias => (JsonNode)alias)]),
            });
        }
        return new JsonObject { ["defaultKernelName"] = document.DefaultKernelName, ["items"] = items };
    }
}
