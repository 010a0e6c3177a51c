using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Running;

/// <param name="Level">1 for the title.</param>
internal sealed record PageHeading(int Level, string Id, string Text);

/// <summary>The markdown cells of one page as HTML: headings with ids, formulas drawn, pictures within the page.</summary>
/// <param name="folder">The notebook's, where relative paths start.</param>
internal sealed partial class PageMarkdown(string folder)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseEmphasisExtras().UseFootnotes().UseDefinitionLists().UseTaskLists().UseAutoLinks().UseMathematics()
        .Build();

    private static readonly Dictionary<string, string> ImageTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".svg"] = "image/svg+xml",
        [".webp"] = "image/webp",
    };

    private readonly List<PageHeading> headings = [];
    private readonly HashSet<string> ids = [];

    /// <summary>Of all cells that were rendered, in order.</summary>
    public IReadOnlyList<PageHeading> Headings => headings;

    public string ToHtml(NotebookCell cell)
    {
        MarkdownDocument document = Markdown.Parse(cell.Source, Pipeline);
        foreach (HeadingBlock heading in document.Descendants<HeadingBlock>())
        {
            string text = TextOf(heading.Inline);
            string id = UniqueId(text);
            heading.GetAttributes().Id = id;
            headings.Add(new PageHeading(heading.Level, id, text));
        }
        foreach (LinkInline link in document.Descendants<LinkInline>())
            if (!link.IsImage && link.Url is { } url) link.Url = Retargeted(url);
        return EmbedImages(Render(document), cell.Attachments);
    }

    /// <summary>Any piece of markdown, such as an output; its headings are not listed.</summary>
    public string ToHtml(string markdown) => EmbedImages(Render(Markdown.Parse(markdown, Pipeline)), attachments: null);

    private static string Render(MarkdownDocument document)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlMathInlineRenderer>(new MathInlineRenderer());
        renderer.ObjectRenderers.Replace<HtmlMathBlockRenderer>(new MathBlockRenderer());
        renderer.ObjectRenderers.Replace<CodeBlockRenderer>(new CodeRenderer());
        renderer.Render(document);
        return writer.ToString();
    }

    // Notebooks link to each other; their pages lie side by side too.
    private static string Retargeted(string url) =>
        NotebookLink().Match(url) is { Success: true } match ? $"{match.Groups["path"].Value}{NotebookFileRun.PageEnding}{match.Groups["rest"].Value}" : url;

    private string EmbedImages(string html, JsonObject? attachments) => ImageTag().Replace(html, match =>
    {
        string source = WebUtility.HtmlDecode(match.Groups["src"].Value);
        if (source.StartsWith("data:", StringComparison.Ordinal)) return match.Value;
        string? embedded = source.StartsWith("attachment:", StringComparison.Ordinal) ? Attached(Uri.UnescapeDataString(source["attachment:".Length..]), attachments) : FileUri(source);
        return embedded is null
            ? $"<span class=\"missing\">picture {WebUtility.HtmlEncode(source)} is not here</span>"
            : $"{match.Groups["before"].Value}{embedded}{match.Groups["after"].Value}";
    });

    private static string? Attached(string name, JsonObject? attachments)
    {
        if (attachments?[name] is not JsonObject forms) return null;
        foreach ((string mimeType, JsonNode? content) in forms)
            if (mimeType.StartsWith("image/", StringComparison.Ordinal) && content is JsonValue value && value.TryGetValue(out string? base64)) return $"data:{mimeType};base64,{base64.ReplaceLineEndings("")}";
        return null;
    }

    // Nothing is fetched from elsewhere, neither now nor when the page is read.
    private string? FileUri(string source)
    {
        string path = Path.Combine(folder, Uri.UnescapeDataString(source));
        if (!ImageTypes.TryGetValue(Path.GetExtension(path), out string? mimeType) || !File.Exists(path)) return null;
        return $"data:{mimeType};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}";
    }

    private static string TextOf(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (Inline inline in inlines?.Descendants() ?? [])
        {
            _ = inline switch
            {
                LiteralInline literal => text.Append(literal.Content.AsSpan()),
                CodeInline code => text.Append(code.Content),
                MathInline math => text.Append(math.Content.AsSpan()),
                LineBreakInline => text.Append(' '),
                _ => text,
            };
        }
        return text.ToString();
    }

    private string UniqueId(string text)
    {
        string id = NotOfId().Replace(text.ToLowerInvariant(), "-").Trim('-');
        if (id.Length == 0) id = "section";
        string unique = id;
        for (int copy = 2; !ids.Add(unique); copy++) unique = $"{id}-{copy}";
        return unique;
    }

    private sealed class MathInlineRenderer : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline formula) => renderer.Write(MathMarkup.ToHtml(formula.Content.ToString(), isBlock: formula.DelimiterCount > 1));
    }

    private sealed class MathBlockRenderer : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock formula) => renderer.Write(MathMarkup.ToHtml(formula.Lines.ToString(), isBlock: true));
    }

    private sealed class CodeRenderer : CodeBlockRenderer
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            if (block is FencedCodeBlock { Info: { Length: > 0 } info } && CellLanguages.Find(info) == CellLanguages.CSharp)
                renderer.Write($"<pre><code>{CSharpColours.ToHtml(block.Lines.ToString())}</code></pre>\n");
            else
                base.Write(renderer, block);
        }
    }

    [GeneratedRegex(@"^(?<path>(?![a-z]+:|/)[^#?]+)\.(dib|ipynb)(?<rest>#.*)?$")]
    private static partial Regex NotebookLink();

    [GeneratedRegex("(?<before><img\\b[^>]*?\\bsrc=[\"'])(?<src>[^\"']*)(?<after>[\"'][^>]*>)", RegexOptions.IgnoreCase)]
    private static partial Regex ImageTag();

    [GeneratedRegex(@"[^\p{L}\p{Nd}]+")]
    private static partial Regex NotOfId();
}
