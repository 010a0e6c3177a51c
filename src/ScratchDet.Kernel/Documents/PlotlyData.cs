using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Documents;

/// <summary>Whether a stored Plotly figure shows anything.</summary>
internal static class PlotlyData
{
    // Where the kinds of traces keep what they draw.
    private static readonly string[] Values = ["y", "x", "z", "values", "r", "lat", "header", "labels", "open", "source"];

    /// <summary>At least one trace has at least one value that is not missing.</summary>
    public static bool HasPoints(JsonNode figure) =>
        figure is JsonObject map && map["data"] is JsonArray traces && traces.Any(trace => trace is JsonObject one && HasPoints(one));

    private static bool HasPoints(JsonObject trace)
    {
        // Points that have a place in one direction only are not drawn.
        if (trace["x"] is { } x && trace["y"] is { } y) return HasValue(x) && HasValue(y);
        return Values.Any(key => trace[key] is { } values && HasValue(values));
    }

    private static bool HasValue(JsonNode? node) => node switch
    {
        JsonArray list => list.Any(HasValue),
        // Typed arrays come in base64.
        JsonObject map => map["bdata"] is JsonValue bytes ? bytes.TryGetValue(out string? text) && text.Length > 0 : map.Any(entry => HasValue(entry.Value)),
        JsonValue value => value.GetValueKind() == JsonValueKind.Number || (value.TryGetValue(out string? text) && text is not ("" or "NaN" or "null")),
        _ => false,
    };
}
