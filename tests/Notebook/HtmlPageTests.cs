using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public sealed class HtmlPageTests : IDisposable
{
    private const string Nasty = "<img src=x onerror=\"alert('&')\">";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-page-");

    public void Dispose() => folder.Delete(recursive: true);

    private static HtmlPage Full(string text) => new HtmlPage(text)
        .Lead(text).Heading(text).Paragraph(text).List([text])
        .Figure(new TextTable([text], [[text]]) { Caption = text }, text)
        .Add(Chart.Lines(new LineSeries(text, [1])).Title(text).XTitle(text).YTitle(text))
        .Images([new PageImage([1, 2, 3], "image/png", text)], text)
        .Footnote(new PageFootnote(text, [0, 1], text, text, new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero)));

    [Fact]
    public void Every_text_is_escaped()
    {
        string html = Full(Nasty).ToHtml();
        Assert.DoesNotContain("<img src=x", html);
        Assert.DoesNotContain("alert('", html);
        Assert.Contains("&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;", html);
        // As often as the harmless page shows its text.
        Assert.Equal(Count(Full("harmless").ToHtml(), "harmless"), Count(html, "&lt;img src=x"));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [Fact]
    public void The_page_loads_nothing_and_runs_nothing()
    {
        string html = Full("plain").ToHtml();
        Assert.StartsWith("<!DOCTYPE html>", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<link", html);
        Assert.DoesNotContain("url(", html);
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org/2000/svg", ""));
        Assert.Contains("src=\"data:image/png;base64,AQID\"", html);
        Assert.Contains("prefers-color-scheme:dark", html);
    }

    [Fact]
    public void The_footnote_names_scale_seeds_commit_machine_and_date()
    {
        var note = new PageFootnote("Minutes", [3, 4], "abc123", "2 cores", new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)));
        Assert.Contains("Scale Minutes · seeds 3, 4 · commit abc123 · 2 cores · 2025-01-02 02:04 UTC", new HtmlPage("t").Footnote(note).ToHtml());
        Assert.Contains("seed 3 · commit unknown", new HtmlPage("t").Footnote(note with { Seeds = [3], Commit = null }).ToHtml());
    }

    [Fact]
    public void Only_png_and_jpeg_are_embedded() =>
        Assert.Throws<ArgumentException>(() => new HtmlPage("t").Images([new PageImage([], "text/html", "x")], "c"));

    [Fact]
    public void A_page_is_saved_whole()
    {
        string file = Path.Combine(folder.FullName, "out", "index.html");
        HtmlPage page = Full("plain");
        page.Save(file);
        Assert.Equal(page.ToHtml(), File.ReadAllText(file));
    }
}
