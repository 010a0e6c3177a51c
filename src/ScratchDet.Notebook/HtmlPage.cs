using System.Text;

namespace ScratchDet.Notebook;

/// <summary>A picture for a page, already encoded.</summary>
/// <param name="MediaType"><c>image/png</c> or <c>image/jpeg</c>.</param>
/// <param name="Description">For those who cannot see it; also shown below it.</param>
public sealed record PageImage(byte[] Bytes, string MediaType, string Description);

/// <summary>What a result must carry: at which scale, over which seeds, from which sources, on which machine.</summary>
public sealed record PageFootnote(string Scale, IReadOnlyList<ulong> Seeds, string? Commit, string Machine, DateTimeOffset Date);

/// <summary>
/// A page of results as one self-contained file: no scripts, nothing loaded from elsewhere. Texts are escaped. It
/// follows the reader's light or dark setting.
/// </summary>
public sealed class HtmlPage(string title)
{
    private readonly StringBuilder body = new();

    public HtmlPage Heading(string text)
    {
        body.Append($"<h2>{Markup.Escape(text)}</h2>\n");
        return this;
    }

    public HtmlPage Paragraph(string text)
    {
        body.Append($"<p>{Markup.Escape(text)}</p>\n");
        return this;
    }

    /// <summary>A paragraph set apart below the title: the question that the page answers.</summary>
    public HtmlPage Lead(string text)
    {
        body.Append($"<p class=\"lead\">{Markup.Escape(text)}</p>\n");
        return this;
    }

    public HtmlPage List(IEnumerable<string> items)
    {
        body.Append("<ul>");
        foreach (string item in items)
            body.Append($"<li>{Markup.Escape(item)}</li>");
        body.Append("</ul>\n");
        return this;
    }

    /// <summary>A chart or a table.</summary>
    public HtmlPage Add(IHtmlFragment fragment)
    {
        fragment.WriteHtml(body);
        body.Append('\n');
        return this;
    }

    /// <summary>A chart or a table with a caption below.</summary>
    public HtmlPage Figure(IHtmlFragment fragment, string caption)
    {
        body.Append("<figure>");
        fragment.WriteHtml(body);
        body.Append($"<figcaption>{Markup.Escape(caption)}</figcaption></figure>\n");
        return this;
    }

    /// <summary>Pictures side by side, each with its description, and a caption for all.</summary>
    /// <exception cref="ArgumentException">A media type other than PNG or JPEG.</exception>
    public HtmlPage Images(IReadOnlyList<PageImage> images, string caption)
    {
        body.Append("<figure><div class=\"images\">");
        foreach (PageImage image in images)
        {
            if (image.MediaType is not ("image/png" or "image/jpeg"))
                throw new ArgumentException($"'{image.MediaType}' is not image/png or image/jpeg", nameof(images));
            string description = Markup.Escape(image.Description);
            body.Append($"<div><img alt=\"{description}\" src=\"data:{image.MediaType};base64,{Convert.ToBase64String(image.Bytes)}\"><span>{description}</span></div>");
        }
        body.Append($"</div><figcaption>{Markup.Escape(caption)}</figcaption></figure>\n");
        return this;
    }

    public HtmlPage Footnote(PageFootnote note)
    {
        string seeds = note.Seeds is [var only] ? $"seed {only}" : $"seeds {string.Join(", ", note.Seeds)}";
        string commit = note.Commit is null ? "commit unknown" : $"commit {note.Commit}";
        string date = note.Date.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        body.Append($"<footer>{Markup.Escape($"Scale {note.Scale} · {seeds} · {commit} · {note.Machine} · {date} UTC")}</footer>\n");
        return this;
    }

    public string ToHtml() =>
        $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        + $"<meta name=\"color-scheme\" content=\"light dark\"><title>{Markup.Escape(title)}</title><style>{Style}</style></head>\n"
        + $"<body><main>\n<h1>{Markup.Escape(title)}</h1>\n{body}</main></body></html>\n";

    /// <exception cref="IOException">The page cannot be written; an older one is left as it was.</exception>
    public void Save(string file) => AtomicFile.WriteText(file, ToHtml());

    private const string Style = """
        :root{color-scheme:light dark;--paper:#fff;--ink:#1b1e22;--soft:#5a6068;--rule:#dfe3e6;--stripe:#f6f7f8}
        @media (prefers-color-scheme:dark){:root{--paper:#16191c;--ink:#e6e9ec;--soft:#a4abb3;--rule:#33383e;--stripe:#1d2125}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
        main{max-width:56rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
        h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem;letter-spacing:-.01em}
        h2{font-size:1.2rem;margin:2.4rem 0 .6rem}
        p{margin:.6rem 0;max-width:42rem}.lead{font-size:1.1rem;color:var(--soft);margin-bottom:1.6rem}
        figure{margin:1.4rem 0}figcaption{color:var(--soft);font-size:.875rem;margin-top:.5rem;max-width:42rem}
        .scroll{overflow-x:auto;margin:1.2rem 0}figure .scroll{margin:0}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{caption-side:top;text-align:left;font-weight:600;padding-bottom:.5rem}
        th,td{padding:.4rem .8rem;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
        th{font-weight:600}thead th{color:var(--soft);border-bottom:2px solid var(--rule);white-space:nowrap}.number{text-align:right}
        .pivot td,.pivot thead th{text-align:center}.pivot td{min-width:7.5rem;border:2px solid var(--paper)}.pivot th.path:first-child,.pivot tbody th{text-align:left}
        .pivot thead tr:first-child th{border-bottom:0;font-weight:400;font-size:.8rem;padding-bottom:0}
        .ours{display:block;font-weight:600;font-size:1rem}.note,.paper{display:block;font-size:.78rem;color:var(--soft)}.paper{font-style:italic}
        .diverged{background:repeating-linear-gradient(135deg,var(--stripe) 0 6px,transparent 6px 12px)}.diverged .ours{color:#b3400a}
        @media (prefers-color-scheme:dark){.diverged .ours{color:#ff8a3d}}
        .missing .ours{color:var(--soft);font-weight:400}
        .images{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.9rem}
        .images img{display:block;width:100%;height:auto;border-radius:3px}.images span{display:block;font-size:.8rem;color:var(--soft);margin-top:.25rem}
        footer{margin-top:3rem;padding-top:.8rem;border-top:1px solid var(--rule);font-size:.8rem;color:var(--soft)}
        """;
}
