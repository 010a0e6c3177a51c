using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <summary>A figure as a piece of HTML: the still picture, and a script that puts Plotly's figure in its place.</summary>
internal static class FigureHtml
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Jupyter's typesetter would look for formulas between dollars.
    private const string Classes = "sd-figure tex2jax_ignore mathjax_ignore";

    /// <summary>Stands in the HTML of each figure that a script draws.</summary>
    public const string Mark = "data-figure=\"sd-";

    public static string Still(FigurePlan plan, string svg) =>
        $"<div class=\"{Classes}\" style=\"max-width:{plan.Width}px\">{Picture(plan, svg)}</div>";

    public static string Interactive(FigurePlan plan, JsonObject plotly, string svg)
    {
        string figure = Script(plotly);
        // The same in every run of a notebook, so that its stored outputs do not change.
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(figure)))[..12];
        string dark = Script(new JsonObject([.. FigureTheme.Pairs().Where(pair => figure.Contains($"\"{pair.Light}\"")).DistinctBy(pair => pair.Light)
            .Select(pair => new KeyValuePair<string, JsonNode?>(pair.Light, pair.Dark))]));
        return $"<div class=\"{Classes}\" {Mark}{name}\" style=\"max-width:{plan.Width}px\">{Picture(plan, svg)}</div>"
            + $"<script>({FigureScript.Code})(\"sd-{name}\",{figure},{dark});</script>";
    }

    private static string Picture(FigurePlan plan, string svg) =>
        $"<img style=\"display:block;max-width:100%;height:auto\" alt=\"{Markup.Escape(FigureText.Of(plan))}\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\">";

    // A less-than sign only stands in texts; escaped, it can neither end the script nor open a comment.
    private static string Script(JsonObject value) => value.ToJsonString(Compact).Replace("<", "\\u003c");
}
