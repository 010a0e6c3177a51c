using Markdig;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Polyglot;

/// <summary><c>#!markdown</c>: as Markdown for readers that render it, and as HTML for the others. HTML within it stays, as in Jupyter.</summary>
internal sealed class MarkdownKernel() : DisplayOnlyKernel("markdown")
{
    private const string Markdown = "text/markdown";

    // Tables, footnotes, and $formulas$ as \( \), which MathJax sets.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions().Build();

    protected override MimeBundle Render(string code) => new MimeBundle(code)
        .With(MimeBundle.Html, Markdig.Markdown.ToHtml(code, Pipeline))
        .With(Markdown, code);
}
