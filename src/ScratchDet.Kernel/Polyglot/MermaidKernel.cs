using System.Net;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>
/// <c>#!mermaid</c>: the diagram's source, marked so that a page with mermaid.js draws it. Nothing is loaded from
/// elsewhere: where there is no mermaid.js, the reader sees the source, and a line that says so.
/// </summary>
internal sealed class MermaidKernel() : DisplayOnlyKernel("mermaid")
{
    /// <summary>The form that JupyterLab's own mermaid renderer takes.</summary>
    private const string Mermaid = "text/vnd.mermaid";

    protected override MimeBundle Render(string code) => new MimeBundle(code)
        .With(MimeBundle.Html, $"<div><pre class=\"mermaid\">{WebUtility.HtmlEncode(code)}</pre>"
            + "<p><small>Mermaid diagram; a page without mermaid.js shows its source.</small></p></div>")
        .With(Mermaid, code);
}
