using System.Text;

namespace ScratchDet.Notebook;

/// <summary>Views one below the other as one self-contained page without scripts of its own: nothing is loaded from elsewhere.</summary>
public static class AnalysisPage
{
    private const string Style = """
        :root{color-scheme:light dark}
        body{margin:0;font:15px/1.5 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;background:Canvas;color:CanvasText}
        main{max-width:58rem;margin:0 auto;padding:2rem 1.25rem 3rem}
        h1{font-size:1.7rem;line-height:1.25;margin:0 0 .4rem}section{margin:2.2rem 0;border-top:1px solid rgba(128,128,128,.3);padding-top:1rem}
        .lead{opacity:.75;margin:0}svg{max-width:100%;height:auto}
        @media print{section{break-inside:avoid-page}}
        """;

    // Scripts: the tables' own handlers that sort them.
    private const string Policy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    /// <param name="lead">One line below the title: what was analysed.</param>
    public static string ToHtml(string title, string lead, IReadOnlyList<AnalysisView> views)
    {
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n");
        html.Append($"<title>{Markup.Escape(title)}</title>\n<style>\n{Style}\n</style></head>\n<body><main>\n");
        html.Append($"<h1>{Markup.Escape(title)}</h1>\n<p class=\"lead\">{Markup.Escape(lead)}</p>\n");
        foreach (AnalysisView view in views) html.Append("<section>").Append(view.ToPageHtml()).Append("</section>\n");
        return html.Append("</main></body></html>\n").ToString();
    }
}
