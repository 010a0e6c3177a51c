using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class SvgLineChartTests
{
    private static XElement Draw(SvgLineChart chart) => XElement.Parse(chart.ToSvg());

    private static SvgLineChart Chart(params ChartSeries[] series) => new("Loss", "step", "loss", series);

    private static XElement[] Groups(XElement svg) =>
        [.. svg.Descendants().Where(element => element.Name.LocalName == "g" && element.Elements().Any(child => child.Name.LocalName == "title"))];

    private static string Line(XElement group) => (string)group.Elements().First(element => (string?)element.Attribute("class") == "sd-line").Attribute("d")!;

    [Fact]
    public void A_line_runs_from_corner_to_corner_of_the_plot()
    {
        // The plot is 720 - 58 - 18 = 644 wide and 260 high; 4% of the range is left free above, nothing below 0.
        string path = Line(Assert.Single(Groups(Draw(Chart(new ChartSeries("a", [0, 1, 2], [0, 5, 10]))))));
        Assert.Equal("M0 260L322 135L644 10", path);
    }

    [Fact]
    public void A_logarithmic_axis_spaces_factors_evenly_and_gaps_what_has_no_logarithm()
    {
        string path = Line(Assert.Single(Groups(Draw(Chart(new ChartSeries("a", [0, 1, 2, 3, 4], [1, 10, 0, -1, 100])) with { LogY = true }))));
        double[] heights = [.. Regex.Matches(path, @"[ML][\d.]+ ([\d.]+)").Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(3, heights.Length);
        Assert.Equal(heights[0] - heights[1], heights[1] - heights[2], 0.02);
        Assert.Equal(2, path.Count(letter => letter == 'M'));
    }

    [Fact]
    public void A_value_that_is_not_finite_breaks_the_line_and_a_lone_point_stays_visible()
    {
        string path = Line(Assert.Single(Groups(Draw(Chart(new ChartSeries("a", [0, 1, 2, 3, 4], [1, 2, double.NaN, 3, double.PositiveInfinity]))))));
        Assert.Matches("^M[^M]+L[^M]+M[^ML]+h0$", path);
    }

    [Fact]
    public void Divergence_is_a_cross_at_the_last_value_and_stands_in_the_legend()
    {
        XElement svg = Draw(Chart(new ChartSeries("a", [1, 2], [3, 4]) { DivergedAt = 3 }, new ChartSeries("b", [1, 2], [5, 6])));
        XElement[] groups = Groups(svg);
        Assert.Single(groups[0].Elements(), element => (string?)element.Attribute("class") == "sd-cross");
        Assert.DoesNotContain(groups[1].Elements(), element => (string?)element.Attribute("class") == "sd-cross");
        Assert.Contains("a (diverged at 3)", svg.Value);
    }

    [Fact]
    public void A_run_that_diverged_before_any_value_still_has_its_cross()
    {
        XElement svg = Draw(Chart(new ChartSeries("a", [1], [double.NaN]) { DivergedAt = 1 }));
        Assert.Contains(svg.Descendants(), element => (string?)element.Attribute("class") == "sd-cross");
        Assert.Contains("no data", svg.Value);
    }

    [Fact]
    public void Values_above_the_ceiling_do_not_stretch_the_axis()
    {
        ChartSeries exploding = new("a", [0, 1, 2], [1, 2, 1e30]);
        XElement[] labels = [.. Draw(Chart(exploding) with { YMax = 3 }).Elements().Where(element => (string?)element.Attribute("text-anchor") == "end")];
        Assert.All(labels, label => Assert.InRange(double.Parse(label.Value, CultureInfo.InvariantCulture), 0, 3));
        Assert.DoesNotContain("E+", Line(Groups(Draw(Chart(exploding) with { YMax = 3 }))[0]));
    }

    [Fact]
    public void Names_and_titles_cannot_become_markup()
    {
        const string Nasty = "</text><script>alert('&\"')</script>\u0001\uD800";
        XElement svg = Draw(new SvgLineChart(Nasty, Nasty, Nasty, [new ChartSeries(Nasty, [1, 2], [1, 2])]));
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName == "script");
        Assert.Contains("<script>alert('&\"')</script>", svg.Value);
    }

    [Fact]
    public void A_picture_of_many_steps_stays_small_and_keeps_its_spikes()
    {
        double[] steps = [.. Enumerable.Range(0, 100_000).Select(step => (double)step)];
        double[] values = [.. steps.Select(step => Math.Sin(step))];
        values[54_321] = 50;
        string svg = Chart(new ChartSeries("a", steps, values)).ToSvg();
        Assert.InRange(svg.Length, 1000, 60_000);
        // From -1 to 50 with 4% free at both ends, 50 is at 53.04 / 55.08 of the height: 9.63 from the top.
        Assert.Contains(" 9.63L", Line(Groups(XElement.Parse(svg))[0]));
    }

    [Fact]
    public void Thinning_keeps_first_lowest_highest_and_last_of_each_pixel_column() => Assert.Equal(
        [(0, 5), (0.2, 1), (0.4, 9), (0.9, 4), (1, 7)],
        SvgLineChart.Thin([(0, 5), (0.1, 5), (0.2, 1), (0.3, 6), (0.4, 9), (0.5, 3), (0.9, 4), (1, 7)]));

    [Fact]
    public void After_the_last_colour_lines_begin_again_dashed()
    {
        XElement[] groups = Groups(Draw(Chart([.. Enumerable.Range(0, 8).Select(index => new ChartSeries($"s{index}", [0, 1], [0, index]))])));
        Assert.Equal("sd-line-6", (string?)groups[6].Attribute("class"));
        Assert.Equal("sd-line-0", (string?)groups[7].Attribute("class"));
        Assert.Null(groups[0].Elements().Last().Attribute("stroke-dasharray"));
        Assert.NotNull(groups[7].Elements().Last().Attribute("stroke-dasharray"));
    }

    [Fact]
    public void An_empty_chart_says_so() => Assert.Contains("no data", Draw(Chart()).Value);

    [Fact]
    public void A_series_of_unequal_lengths_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Chart(new ChartSeries("a", [1, 2], [1])).ToSvg());

    [Theory]
    [InlineData(0, 100, false, "0 20 40 60 80 100")]
    [InlineData(0, 0.3, false, "0 0.1 0.2 0.3")]
    [InlineData(1, 1000, true, "1 10 100 1k")]
    [InlineData(0.001, 0.05, true, "0.001 0.01")]
    [InlineData(0.5, 6, true, "0.5 1 2 5")]
    [InlineData(1e-8, 1e8, true, "1e-8 0.0001 1 10k 100M")]
    [InlineData(4, 9, true, "4 5 6 7 8 9")]
    public void Ticks_are_round_numbers(double low, double high, bool isLog, string ticks) =>
        Assert.Equal(ticks, string.Join(' ', ChartAxis.Over([low, high], isLog, padded: false).Ticks(wanted: 5).Select(Markup.Tick)));

    [Theory]
    [InlineData(0.7, 1)]
    [InlineData(1, 1)]
    [InlineData(1.1, 2)]
    [InlineData(2.2, 2.5)]
    [InlineData(30, 50)]
    [InlineData(0.06, 0.1)]
    public void Steps_are_one_two_two_and_a_half_or_five_times_a_power_of_ten(double step, double round) =>
        Assert.Equal(round, ChartAxis.RoundStep(step), 1e-12);

    [Fact]
    public void An_axis_over_one_value_has_room_around_it()
    {
        Assert.Equal(0.5, ChartAxis.Over([3], isLog: false, padded: true).Place(3), 1e-9);
        Assert.Equal(0.5, ChartAxis.Over([0], isLog: false, padded: true).Place(0), 1e-9);
        Assert.Equal(0.5, ChartAxis.Over([3], isLog: true, padded: true).Place(3), 1e-9);
    }
}
