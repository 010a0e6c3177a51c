using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class FigureHtmlTests
{
    private const string Nasty = "</script><!--<script>alert('&\"')</script>\u0001\uD800";
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Kinds => [.. Gallery.Kinds];

    private static string Html(Figure figure) => figure.ToMimeBundle().Find(MimeBundle.Html)!.GetValue<string>();

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_has_text_plotly_html_and_svg(string kind)
    {
        MimeBundle bundle = Gallery.Of(kind, "word").ToMimeBundle();
        Assert.Equal([MimeBundle.PlainText, MimeBundle.Plotly, MimeBundle.Html, MimeBundle.Svg], bundle.Forms.Select(form => form.Key));
        Assert.Equal(JsonValueKind.Object, bundle.Find(MimeBundle.Plotly)!.GetValueKind());
        Assert.StartsWith("word\n", bundle.Text);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Hostile_names_end_no_script_and_open_no_comment(string kind)
    {
        string html = Html(Gallery.Of(kind, Nasty));
        Assert.Single(Regex.Matches(html, "<script", RegexOptions.IgnoreCase));
        Assert.Single(Regex.Matches(html, "</script", RegexOptions.IgnoreCase));
        Assert.EndsWith("</script>", html);
        Assert.DoesNotContain("<!--", html);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_picture_is_well_formed_whatever_the_names(string kind)
    {
        XElement svg = XElement.Parse(Gallery.Of(kind, Nasty).ToSvg());
        Assert.Equal("svg", svg.Name.LocalName);
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName is "script" or "image" or "foreignObject");
        Assert.Contains("alert('&\"')", (string?)svg.Attribute("aria-label"));
        Assert.DoesNotContain("NaN", svg.ToString());
        Assert.DoesNotContain("∞", svg.ToString());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_html_holds_the_picture_and_its_words_and_names_no_other_host(string kind)
    {
        Figure figure = Gallery.Of(kind, "word");
        XElement div = XElement.Parse(Regex.Match(Html(figure), "^<div.*?</div>", RegexOptions.Singleline).Value.Replace("\"></div>", "\"/></div>"));
        XElement picture = Assert.Single(div.Elements());
        string source = (string)picture.Attribute("src")!;
        Assert.StartsWith("data:image/svg+xml;base64,", source);
        Assert.Equal(figure.ToSvg(), Encoding.UTF8.GetString(Convert.FromBase64String(source[(source.IndexOf(',') + 1)..])));
        Assert.Equal(figure.ToText().Replace('\n', ' '), (string?)picture.Attribute("alt"));
        Assert.DoesNotContain("http", Html(figure));
        Assert.DoesNotContain("require", Html(figure));
    }

    [Fact]
    public void A_figure_is_the_same_to_the_byte_each_time_and_its_name_follows_its_content()
    {
        Assert.Equal(Html(Gallery.Of("grid", "word")), Html(Gallery.Of("grid", "word")));
        Assert.NotEqual(Name(Html(Gallery.Of("grid", "word"))), Name(Html(Gallery.Of("grid", "other"))));
        string name = Name(Html(Gallery.Of("grid", "word")));
        Assert.Contains($")(\"{name}\",{{", Html(Gallery.Of("grid", "word")));

        static string Name(string html) => Regex.Match(html, "data-figure=\"(sd-[0-9a-f]{12})\"").Groups[1].Value;
    }

    [Fact]
    public void The_colours_for_dark_paper_are_those_that_the_figure_uses()
    {
        string html = Html(Chart.Lines(new LineSeries("a", [1, 2])));
        Assert.Contains("\"#0072b2\":\"#4aa8e8\"", html);
        Assert.DoesNotContain("\"#d55e00\":", html);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void Stored_outputs_of_long_noisy_runs_stay_small(int runs)
    {
        var random = new Random(1);
        Chart chart = Chart.Lines(Enumerable.Range(0, runs), y: _ => [.. Enumerable.Range(0, 12_000).Select(step => Math.Exp(-step / 4000.0) + random.NextDouble())], name: run => $"run {run}");
        foreach (Chart each in new[] { chart, chart.Smooth(0.98), chart.LogY() })
        {
            Assert.All(each.ToPlotly()["data"]!.AsArray(), trace => Assert.InRange(trace!["x"]!.AsArray().Count, 2, 600));
            Assert.InRange(each.ToMimeBundle().ToJson().ToJsonString(Compact).Length, 5_000, 60_000);
        }
    }

    [Fact]
    public void A_still_figure_has_no_script()
    {
        MimeBundle bundle = Gallery.Of("lines", "word").ToPictureBundle();
        Assert.Equal([MimeBundle.PlainText, MimeBundle.Html, MimeBundle.Svg], bundle.Forms.Select(form => form.Key));
        Assert.DoesNotContain("<script", bundle.Find(MimeBundle.Html)!.GetValue<string>());
    }

    [Fact]
    public void The_text_has_title_axes_and_each_line_in_numbers() => Assert.Equal(
        """
        Loss
        loss (log scale) over time (s)
          a: 4 values (1 not finite), first 3, last 0.5, from 0.5 (at 4) to 3 (at 1)
          b (diverged at 2): 1 value, first 7.123, last 7.123, from 7.123 (at 1) to 7.123 (at 1)
          c: 1 values, none finite
        """.ReplaceLineEndings("\n"),
        Chart.Lines(new LineSeries("a", [3, 2, double.NaN, 0.5]), new LineSeries("b", [7.12345]) { DivergedAt = 2 }, new LineSeries("c", [double.NaN]))
            .Title("Loss").XTitle("time", "s").YTitle("loss").LogY().ToText());

    [Fact]
    public void The_text_of_bars_and_heat_tables_is_a_table()
    {
        Assert.Equal(
            """
               one       paper  two
            -  --------  -----  --------
            a  1 [0, 2]      7  diverged
            """.ReplaceLineEndings("\n"),
            Chart.Bars(["a"], new BarSeries("one", [1]) { Low = [0], High = [2], Reference = [7], ReferenceName = "paper" }, new BarSeries("two", [double.NaN]) { Diverged = [true] }).ToText());
        Assert.Equal(
            """
               c         d
            -  --------  -
            r  diverged  –
            """.ReplaceLineEndings("\n"),
            Chart.HeatTable(["r"], ["c", "d"], [[new(double.NaN, true), new(double.NaN)]]).ToText());
    }
}
