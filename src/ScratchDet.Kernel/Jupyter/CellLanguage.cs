using System.Text.Json;
using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Which language a request's code is in, from the metadata that polyglot notebooks give their cells.</summary>
internal static class CellLanguage
{
    public const string Default = CellLanguages.CSharp;

    /// <summary>Polyglot's own key wins over the older one of .NET Interactive, as it did there.</summary>
    public static string Of(JupyterMessage request) =>
        Named(request.Metadata) ?? Named(Child(request.Metadata, "cell_metadata")) ?? Named(Child(request.Content, "metadata")) ?? Default;

    private static string? Named(JsonElement metadata) =>
        Text(Child(metadata, "polyglot_notebook"), "kernelName") ?? Text(Child(metadata, "dotnet_interactive"), "language");

    private static JsonElement Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement child) ? child : default;

    private static string? Text(JsonElement parent, string name) =>
        Child(parent, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;
}
