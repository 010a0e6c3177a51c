using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>
/// The HTML of a value that ends a cell: it brings its own style, which takes its colours from the page around it (light
/// or dark), and needs neither scripts nor anything from elsewhere.
/// </summary>
internal static class ViewMarkup
{
    // Greys are half transparent and texts inherit: a notebook's dark theme does not show in prefers-color-scheme.
    // `tbody tr:nth-child(n)` is there to win over the stripes of Jupyter, which are for light paper only.
    // Each rule with the word that the HTML must hold for it to be of use: a notebook stores the style with every output.
    private static readonly (string Needs, string Rules)[] Style =
    [
        ("", ".sd-view{font-family:system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:13px;line-height:1.45}"),
        ("", ".sd-view p{margin:.35em 0;max-width:48rem}.sd-view .title{font-size:15px;font-weight:600}.sd-view .soft{opacity:.68}"),
        ("", ".sd-view .scroll{overflow-x:auto;margin:.5em 0}"),
        ("", ".sd-view table{border-collapse:collapse;border:0;margin:0;width:auto;table-layout:auto;color:inherit;font-size:inherit;font-variant-numeric:tabular-nums}"),
        ("", ".sd-view caption{caption-side:top;text-align:left;font-weight:600;padding:0 0 .35em;color:inherit;white-space:nowrap}"),
        ("", ".sd-view tbody tr:nth-child(n){background:none}.sd-view tbody tr:nth-child(n):hover{background:rgba(128,128,128,.12)}"),
        ("", ".sd-view th,.sd-view td{padding:.28em .75em;text-align:left;vertical-align:top;border:0;border-bottom:1px solid rgba(128,128,128,.26);background:none;color:inherit;white-space:normal;max-width:40em}"),
        ("", ".sd-view thead th{font-weight:600;border-bottom:2px solid rgba(128,128,128,.5);white-space:nowrap}"),
        ("onclick", ".sd-view thead[onclick] th{cursor:pointer}.sd-view th[aria-sort=ascending]::after{content:' ▲';font-size:.75em}.sd-view th[aria-sort=descending]::after{content:' ▼';font-size:.75em}"),
        ("", ".sd-view .number{text-align:right}.sd-view .mono{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:12px}"),
        ("changed", ".sd-view .changed{background:rgba(213,94,0,.14)}.sd-view .changed b{font-weight:600}"),
        ("pivot", ".sd-view .pivot td{text-align:center;min-width:7em;border:2px solid transparent;background-clip:padding-box}.sd-view .pivot thead th{text-align:center}"),
        ("pivot", ".sd-view .pivot .path{font-weight:400;opacity:.68;border-bottom:0}.sd-view .ours{display:block;font-weight:600}.sd-view .note,.sd-view .paper{display:block;font-size:.86em;opacity:.75}.sd-view .paper{font-style:italic}"),
        ("diverged", ".sd-view .diverged{background:repeating-linear-gradient(135deg,rgba(128,128,128,.16) 0 6px,transparent 6px 12px)}"),
        ("bar", ".sd-view .bar{display:block;width:16em;height:.7em;margin:.35em 0;border-radius:2px;background:rgba(128,128,128,.22);overflow:hidden}.sd-view .bar i{display:block;height:100%;background:#0072b2}.sd-view .bar.failed i{background:#d55e00}"),
        ("progress", ".sd-view .progress td{border:0;padding:.1em .75em .1em 0;white-space:nowrap}.sd-view .progress td:last-child{white-space:normal}"),
        ("pictures", ".sd-view .pictures{display:flex;flex-wrap:wrap;gap:12px;margin:.5em 0}.sd-view figure{margin:0}.sd-view figcaption{margin-top:3px;max-width:24em}"),
        ("<img", ".sd-view img{display:block;max-width:100%;height:auto;margin:0;border-radius:2px}"),
        ("swatch", ".sd-view .swatch{display:inline-block;width:.8em;height:.8em;margin:0 .35em 0 0;border-radius:2px;vertical-align:-.05em}.sd-view .key{margin-right:1.2em;white-space:nowrap}"),
        ("<details", ".sd-view details{margin:.5em 0}.sd-view summary{cursor:pointer;font-weight:600}"),
    ];

    /// <summary>A bundle of the text and of the HTML that <paramref name="writeHtml"/> writes, styled.</summary>
    public static MimeBundle Bundle(string text, Action<StringBuilder> writeHtml)
    {
        var content = new StringBuilder();
        writeHtml(content);
        string body = content.ToString();
        IEnumerable<string> rules = Style.Where(one => body.Contains(one.Needs, StringComparison.Ordinal)).Select(one => one.Rules);
        return new MimeBundle(text.TrimEnd('\n')).With(MimeBundle.Html, $"<div class=\"sd-view\"><style>{string.Concat(rules)}</style>{body}</div>");
    }

    public static StringBuilder Title(this StringBuilder html, string text) => html.Append($"<p class=\"title\">{Markup.Escape(text)}</p>");

    public static StringBuilder Line(this StringBuilder html, string text, bool soft = false) =>
        html.Append(soft ? "<p class=\"soft\">" : "<p>").Append(Markup.Escape(text)).Append("</p>");

    /// <summary>12,345,678: for people; the comma whatever the machine's language.</summary>
    public static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share in per cent with one decimal; nothing was measured: a dash.</summary>
    public static string Percent(double share) => double.IsFinite(share) ? (100 * share).ToString("0.0", CultureInfo.InvariantCulture) : "–";

    /// <summary>"1 image", "3 images", "2 boxes".</summary>
    public static string Count(long count, string one, string? many = null) => $"{Grouped(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>At most so many significant digits, no more than needed: <c>0.0123</c>, <c>12</c>, <c>1.5e-07</c>, <c>NaN</c>.</summary>
    public static string Short(double value, int digits = 4) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal),
    };
}
