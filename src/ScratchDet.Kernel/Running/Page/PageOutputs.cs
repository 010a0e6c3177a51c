using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Running;

/// <summary>The stored outputs of a page's cells as HTML, each by its richest form.</summary>
internal sealed partial class PageOutputs(PageMarkdown markdown)
{
    private const string Markdown = "text/markdown";
    private const string Latex = "text/latex";

    private static readonly string[] Pictures = [MimeBundle.Png, "image/jpeg", "image/gif", "image/webp"];

    private readonly HashSet<string> styles = [];

    /// <summary>Some output is a figure that plotly.js draws.</summary>
    public bool NeedsPlotly { get; private set; }

    public string ToHtml(JsonObject output) => Text(output["output_type"]) switch
    {
        "stream" => Stream(output),
        "error" => Error(output),
        _ => output["data"] is JsonObject data ? $"<div class=\"output\">{Richest(data)}</div>\n" : "",
    };

    private static string Stream(JsonObject output)
    {
        string text = Plain(Text(output["text"])).TrimEnd('\n');
        string kind = Text(output["name"]) == "stderr" ? "stream stderr" : "stream";
        return text.Length == 0 ? "" : $"<pre class=\"output {kind}\">{WebUtility.HtmlEncode(text)}</pre>\n";
    }

    private static string Error(JsonObject output)
    {
        string head = $"{Text(output["ename"])}: {Text(output["evalue"])}";
        string[] frames = [.. (output["traceback"] as JsonArray ?? []).Select(line => Plain(Text(line))).Where(line => line != head)];
        string rest = frames.Length == 0 ? "" : $"\n<span class=\"frames\">{WebUtility.HtmlEncode(string.Join('\n', frames))}</span>";
        return $"<pre class=\"output error\"><strong>{WebUtility.HtmlEncode(Plain(head))}</strong>{rest}</pre>\n";
    }

    private string Richest(JsonObject data)
    {
        NeedsPlotly |= data.ContainsKey(MimeBundle.Plotly);
        if (Form(data, MimeBundle.Html) is { } html)
        {
            NeedsPlotly |= PlotlyScript.IsNeededBy(html); // a view of several parts has its figures in its HTML alone
            return WithStylesOnce(html);
        }
        if (Form(data, MimeBundle.Svg) is { } svg) return $"<img alt=\"{Alternative(data)}\" src=\"data:{MimeBundle.Svg};base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\">";
        foreach (string picture in Pictures)
            if (Form(data, picture) is { } base64) return $"<img alt=\"{Alternative(data)}\" src=\"data:{picture};base64,{base64.ReplaceLineEndings("")}\">";
        if (Form(data, Markdown) is { } text) return markdown.ToHtml(text);
        if (Form(data, Latex) is { } tex) return MathMarkup.ToHtml(tex.Trim('$', ' ', '\n'), isBlock: true);
        return Form(data, MimeBundle.PlainText) is { } plain ? $"<pre>{WebUtility.HtmlEncode(Plain(plain).TrimEnd('\n'))}</pre>" : "";
    }

    // The formatting library sends its style sheet with every value; a page needs it once.
    private string WithStylesOnce(string html) => StyleBlock().Replace(html, match => styles.Add(match.Value) ? match.Value : "");

    private static string Alternative(JsonObject data) => WebUtility.HtmlEncode(Form(data, MimeBundle.PlainText) ?? "");

    private static string? Form(JsonObject data, string mimeType) => data[mimeType] is { } form ? Text(form) : null;

    /// <summary>A text, which files also hold as a list of lines.</summary>
    private static string Text(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonArray lines => string.Concat(lines.Select(Text)),
        _ => "",
    };

    private static string Plain(string text) => TerminalCode().Replace(text, "");

    [GeneratedRegex(@"<style\b[^>]*>.*?</style>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex StyleBlock();

    // Colours and moves of the cursor, which mean nothing on paper.
    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex TerminalCode();
}
