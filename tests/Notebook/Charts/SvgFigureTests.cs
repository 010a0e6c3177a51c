using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class SvgFigureTests
{
    private static XElement Draw(Figure figure) => XElement.Parse(figure.ToSvg());

    private static XElement[] Of(XElement svg, string style) => [.. svg.Descendants().Where(element => ((string?)element.Attribute("class") ?? "").Split(' ').Contains(style))];

    private static string Line(XElement group) => (string)group.Elements().First(element => (string?)element.Attribute("class") == "sd-line").Attribute("d")!;

    private static XElement[] Groups(XElement svg) =>
        [.. svg.Descendants().Where(element => element.Name.LocalName == "g" && element.Elements().Any(child => child.Name.LocalName == "title"))];

    [Fact]
    public void A_line_runs_from_corner_to_corner_of_the_plot()
    {
        // 720 - 46 for labels - 18 = 656 wide and 260 high, 4% of each range left free at the ends that are not 0:
        // 2 stands at 656 / 1.04 = 630.8, 10 at 10 px from the top.
        string path = Line(Groups(Draw(Chart.Lines(new LineSeries("a", [0, 5, 10]) { X = [0, 1, 2] })))[0]);
        Assert.Equal("M0 260l315.4-125 315.4-125", path);
    }

    [Fact]
    public void A_value_that_is_not_finite_breaks_the_line_and_a_lone_point_stays_visible()
    {
        double[] values = [.. Enumerable.Repeat(1.0, 50), double.NaN, 3, double.PositiveInfinity, .. Enumerable.Repeat(2.0, 50)];
        Assert.Matches("^M[^M]+l[^M]+M[^Ml]+h0M[^M]+l[^M]+$", Line(Groups(Draw(Chart.Lines(new LineSeries("a", values))))[0]));
    }

    [Fact]
    public void A_logarithmic_axis_spaces_factors_evenly()
    {
        double[] heights = [.. Of(Draw(Chart.Lines(new LineSeries("a", [1, 10, 100])).LogY()), "sd-dot").Select(dot => (double)dot.Attribute("cy")!)];
        Assert.Equal(3, heights.Length);
        Assert.Equal(heights[0] - heights[1], heights[1] - heights[2], 0.02);
    }

    [Fact]
    public void A_run_that_diverged_before_any_value_still_has_its_cross_at_the_top()
    {
        XElement svg = Draw(Chart.Lines(new LineSeries("a", [double.NaN]) { DivergedAt = 1 }));
        Assert.Contains("-5l10 10", (string?)Assert.Single(Of(svg, "sd-cross")).Attribute("d"));
        Assert.Contains("no data", svg.Value);
        Assert.Contains("a (diverged at 1)", svg.Value);
    }

    [Fact]
    public void Values_above_the_ceiling_do_not_stretch_the_axis()
    {
        XElement svg = Draw(Chart.Lines(new LineSeries("a", [1, 2, 1e30])).YRange(high: 3));
        XElement[] labels = [.. svg.Descendants().Where(element => (string?)element.Attribute("text-anchor") == "end")];
        Assert.All(labels, label => Assert.InRange(double.Parse(label.Value, CultureInfo.InvariantCulture), 0, 3));
        Assert.DoesNotContain("E+", svg.ToString());
    }

    [Fact]
    public void A_picture_of_many_steps_keeps_its_spikes()
    {
        double[] values = [.. Enumerable.Range(0, 100_000).Select(step => Math.Sin(step))];
        values[54_321] = 50;
        string svg = Chart.Lines(new LineSeries("a", values)).ToSvg();
        Assert.InRange(svg.Length, 1000, 20_000);
        // From -1 to 50 with 4% free at both ends, 50 is at 53.04 / 55.08 of the height: 9.6 from the top.
        double highest = double.MaxValue;
        Match first = Regex.Match(Line(Groups(XElement.Parse(svg))[0]), @"^M(\S+) ([\d.]+)l");
        double y = double.Parse(first.Groups[2].Value, CultureInfo.InvariantCulture);
        double[] steps = [.. Regex.Matches(Line(Groups(XElement.Parse(svg))[0])[first.Length..], @"-?\d*\.?\d+").Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];
        for (int index = 1; index < steps.Length; index += 2) highest = Math.Min(highest, y += steps[index]);
        Assert.Equal(9.6, highest, 0.11);
    }

    [Fact]
    public void After_the_last_colour_lines_begin_again_dashed()
    {
        XElement[] groups = Groups(Draw(Chart.Lines(Enumerable.Range(0, 8), y: place => [0, place], name: place => $"s{place}")));
        Assert.Equal("sd-line-6 sd-fill-6", (string?)groups[6].Attribute("class"));
        Assert.Equal("sd-line-0 sd-fill-0", (string?)groups[7].Attribute("class"));
        Assert.Null(groups[0].Elements().First(element => element.Name.LocalName == "path").Attribute("stroke-dasharray"));
        Assert.NotNull(groups[7].Elements().First(element => element.Name.LocalName == "path").Attribute("stroke-dasharray"));
    }

    [Fact]
    public void Series_of_one_name_share_a_colour_and_stand_in_the_legend_once()
    {
        XElement svg = Draw(Chart.Lines(new LineSeries("a", [1, 2]), new LineSeries("b", [1, 3]), new LineSeries("a", [2, 2])));
        Assert.Equal(["sd-line-0 sd-fill-0", "sd-line-1 sd-fill-1", "sd-line-0 sd-fill-0"], Groups(svg).Select(group => (string?)group.Attribute("class")));
        Assert.Equal(["a", "b"], Of(svg, "sd-name").Select(name => name.Value));
    }

    [Fact]
    public void Bars_stand_on_zero_and_reach_their_values()
    {
        // -2 to 6: 4% of 8 free at both ends, so that a unit is 260 / 8.64 px.
        XElement[] bars = [.. Of(Draw(Chart.Bars(["a", "b"], new BarSeries("", [6, -2]))), "sd-bar")];
        Assert.Equal(6 * 260 / 8.64, (double)bars[0].Attribute("height")!, 0.02);
        Assert.Equal(2 * 260 / 8.64, (double)bars[1].Attribute("height")!, 0.02);
        Assert.Equal((double)bars[0].Attribute("y")! + (double)bars[0].Attribute("height")!, (double)bars[1].Attribute("y")!, 0.02);
    }

    [Fact]
    public void Cells_without_a_value_say_why()
    {
        XElement svg = Draw(Chart.HeatTable(["a"], ["b", "c", "d"], [[new(1), new(double.NaN), new(double.NaN, Diverged: true)]]));
        Assert.Equal(["1.0", "–", "diverged"], Of(svg, "sd-value").Select(text => text.Value));
        Assert.Equal(2, Of(svg, "sd-empty").Length);
    }

    [Fact]
    public void Long_names_below_an_axis_are_broken_at_spaces_and_cut_at_last()
    {
        Assert.Equal(["Backbone=Batch", "Head=Batch"], LabelText.Wrap("Backbone=Batch Head=Batch", 15));
        Assert.Equal(["Backb…", "a b"], LabelText.Wrap("Backbone=Batch a b", 6));
        Assert.Equal(["a", "b", "c…"], LabelText.Wrap("a\nb\tc d", 2));
    }

    [Fact]
    public void Points_beyond_the_labelled_number_are_thinned_evenly()
    {
        double[] x = [.. Enumerable.Range(0, 5000).Select(place => (double)place)];
        Assert.Equal(5000 / 7 + 1, Of(Draw(Chart.Scatter(new PointSeries("a", x, x))), "sd-dot").Length - 1);
        Assert.Contains("one of 7 points", Chart.Scatter(new PointSeries("a", x, x)).ToText());
    }
}
