using System.Text.Json.Nodes;
using ScratchDet.Evaluation;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class PlotlyFigureTests
{
    private static JsonObject[] Traces(Figure figure) => [.. figure.ToPlotly()["data"]!.AsArray().Select(trace => trace!.AsObject())];

    private static JsonObject Layout(Figure figure) => figure.ToPlotly()["layout"]!.AsObject();

    private static double?[] Numbers(JsonNode? array) => [.. array!.AsArray().Select(value => (double?)value)];

    [Fact]
    public void A_line_is_a_scatter_trace_with_gaps_where_values_are_not_finite()
    {
        JsonObject trace = Assert.Single(Traces(Chart.Lines(new LineSeries("a", [1.5, 2, double.NaN, 3, double.NegativeInfinity]))));
        Assert.Equal("scatter", (string?)trace["type"]);
        Assert.Equal("a", (string?)trace["name"]);
        Assert.Equal([1.5, 2, null, 3], Numbers(trace["y"]));
        Assert.Equal(1, Numbers(trace["x"])[0]);
        Assert.Equal(Numbers(trace["y"]).Length, Numbers(trace["x"]).Length);
    }

    [Fact]
    public void A_logarithmic_axis_makes_gaps_of_what_is_not_above_zero_and_ranges_over_logarithms()
    {
        Chart chart = Chart.Lines(new LineSeries("a", [1, 0, -3, 1000])).LogY();
        Assert.Equal([1, null, 1000], Numbers(Traces(chart)[0]["y"]));
        JsonObject axis = Layout(chart)["yaxis"]!.AsObject();
        Assert.Equal("log", (string?)axis["type"]);
        // 3 decades with 4% of room at both ends.
        Assert.Equal([-0.12, 3.12], Numbers(axis["range"]));
    }

    [Fact]
    public void A_smoothed_line_keeps_its_values_as_a_faint_trace_that_hides_with_it()
    {
        double[] values = [.. Enumerable.Range(0, 100).Select(step => step % 2 == 0 ? 1.0 : 3.0)];
        JsonObject[] traces = Traces(Chart.Lines(new LineSeries("a", values)).Smooth(0.9));
        Assert.Equal(2, traces.Length);
        Assert.Equal(0.3, (double?)traces[0]["opacity"]);
        Assert.False((bool)traces[0]["showlegend"]!);
        Assert.True((bool)traces[1]["showlegend"]!);
        Assert.Equal((string?)traces[0]["legendgroup"], (string?)traces[1]["legendgroup"]);
        // Bias-corrected average of 1, 3: (0.09 * 1 + 0.1 * 3) / 0.19 = 2.0526
        Assert.Equal(2.0526, Numbers(traces[1]["y"])[1]);
        Assert.Single(Traces(Chart.Lines(new LineSeries("a", values)).Smooth(0.9, raw: false)));
    }

    [Fact]
    public void A_band_is_a_closed_outline_that_breaks_where_an_edge_is_missing()
    {
        JsonObject band = Traces(Chart.Lines(new LineSeries("a", [1, 2, 3, 4]) { Low = [0, 1, double.NaN, 3], High = [2, 3, 4, 5] }))[0];
        Assert.Equal("toself", (string?)band["fill"]);
        Assert.Equal([1, 2, 2, 1, null, 4, 4], Numbers(band["x"]));
        Assert.Equal([2, 3, 1, 0, null, 5, 3], Numbers(band["y"]));
    }

    [Fact]
    public void Divergence_is_a_cross_at_the_last_value_and_is_named_in_the_legend()
    {
        JsonObject[] traces = Traces(Chart.Lines(new LineSeries("a", [3, 4, double.NaN]) { DivergedAt = 3 }));
        Assert.Equal("a (diverged at 3)", (string?)traces[0]["name"]);
        Assert.Equal("x-thin", (string?)traces[1]["marker"]!["symbol"]);
        Assert.Equal([2], Numbers(traces[1]["x"]));
        Assert.Equal([4], Numbers(traces[1]["y"]));
    }

    [Fact]
    public void Points_are_one_trace_for_each_group_with_their_labels()
    {
        JsonObject[] traces = Traces(Chart.Scatter(new[] { ("vgg", 1.0, 2.0), ("vgg", 3.0, 4.0), ("resnet", 5.0, 6.0) }, x: net => net.Item2, y: net => net.Item3, label: net => $"{net.Item3}", group: net => net.Item1));
        Assert.Equal(["vgg", "resnet"], traces.Select(trace => (string?)trace["name"]));
        Assert.Equal([1, 3], Numbers(traces[0]["x"]));
        Assert.Equal(["2", "4"], traces[0]["text"]!.AsArray().Select(text => (string?)text));
        Assert.Equal("markers+text", (string?)traces[0]["mode"]);
        Assert.NotEqual((string?)traces[0]["marker"]!["color"], (string?)traces[1]["marker"]!["color"]);
    }

    [Fact]
    public void Bars_stand_side_by_side_in_their_group_with_intervals_and_reference_numbers()
    {
        Chart chart = Chart.Bars(
            ["a", "b"],
            new BarSeries("one", [1, 2]) { Low = [0.5, double.NaN], High = [3, double.NaN], Reference = [7, double.NaN], ReferenceName = "paper" },
            new BarSeries("two", [3, double.NaN]) { Diverged = [false, true] });
        JsonObject[] traces = Traces(chart);
        JsonObject[] bars = [.. traces.Where(trace => (string?)trace["type"] == "bar")];
        // Two slots of 0.39 around each whole number.
        Assert.Equal([-0.195, 0.805], Numbers(bars[0]["x"]));
        Assert.Equal([0.195], Numbers(bars[1]["x"]));
        Assert.Equal([2, null], Numbers(bars[0]["error_y"]!["array"]));
        Assert.Equal([0.5, null], Numbers(bars[0]["error_y"]!["arrayminus"]));
        Assert.Null(bars[1]["error_y"]);
        JsonObject paper = traces.Single(trace => (string?)trace["name"] == "paper");
        Assert.Equal([7], Numbers(paper["y"]));
        JsonObject cross = traces.Single(trace => (string?)trace["marker"]?["symbol"] == "x-thin");
        Assert.Equal([1.195], Numbers(cross["x"]));
        Assert.Equal(["a", "b"], Layout(chart)["xaxis"]!["ticktext"]!.AsArray().Select(text => (string?)text));
    }

    [Fact]
    public void A_heat_table_writes_its_values_and_leaves_missing_and_diverged_cells_unshaded()
    {
        Chart chart = Chart.HeatTable(["r1", "r2"], ["c1", "c2"], [[new(1.25), new(double.NaN)], [new(double.NaN, Diverged: true) { Note = "paper 70" }, new(3)]]);
        JsonObject[] traces = Traces(chart);
        Assert.Equal("heatmap", (string?)traces[0]["type"]);
        Assert.Equal([1.25, null], Numbers(traces[0]["z"]![0]));
        Assert.Equal(["<b>1.2</b>", "<b>–</b>", "<b>diverged</b><br><i>paper 70</i>", "<b>3.0</b>"], traces[1]["text"]!.AsArray().Select(text => (string?)text));
        Assert.Equal(2, Layout(chart)["shapes"]!.AsArray().Count);
        // The first row is at the top.
        Assert.Equal([1.5, -0.5], Numbers(Layout(chart)["yaxis"]!["range"]));
    }

    [Fact]
    public void A_histogram_is_the_outline_of_its_columns()
    {
        // 0.5 to 3.2 in about 3 bins: steps of 1 from 0.
        JsonObject outline = Traces(Chart.Histogram([0.5, 1, 1.5, 3.2]).Bins(3))[0];
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], Numbers(outline["x"]));
        Assert.Equal([0, 1, 1, 2, 2, 0, 0, 1, 1, 0], Numbers(outline["y"]));
    }

    [Fact]
    public void Precision_and_recall_run_from_zero_to_one_whatever_the_data()
    {
        Chart chart = Chart.PrecisionRecall(new VocResult(0.5, 0.5, [new VocClassResult("short", 3, 0.5, 0.514, [0.9f], [0.7], [0.3]), new VocClassResult("none", 0, null, null, [], [], [])])).IsoF1(0.5);
        JsonObject layout = Layout(chart);
        Assert.Equal([0, 1], Numbers(layout["xaxis"]!["range"]));
        Assert.Equal([0, 1], Numbers(layout["yaxis"]!["range"]));
        Assert.Equal(["short (AP 51.4 %)"], Traces(chart).Select(trace => (string?)trace["name"]).OfType<string>());
        JsonObject guide = Traces(chart)[0];
        foreach ((double? recall, double? precision) in Numbers(guide["x"]).Zip(Numbers(guide["y"])))
            Assert.Equal(0.5, 2 * precision!.Value * recall!.Value / (precision.Value + recall.Value), 1e-4);
        Assert.Equal(1, Numbers(guide["y"])[0]);
        Assert.Equal(1, Numbers(guide["x"])[^1]);
    }

    [Fact]
    public void A_grid_has_axes_for_each_chart_one_scale_and_one_legend()
    {
        ChartGrid grid = Chart.Grid(2, Chart.Lines(new LineSeries("a", [1, 2]), new LineSeries("b", [1, 1])), Chart.Lines(new LineSeries("b", [1, 50])), Chart.Lines(new LineSeries("c", [3, 4])));
        JsonObject[] traces = Traces(grid);
        Assert.Equal([null, null, "x2", "x3"], traces.Select(trace => (string?)trace["xaxis"]));
        Assert.Equal([true, true, false, true], traces.Select(trace => (bool)trace["showlegend"]!));
        Assert.Equal((string?)traces[1]["line"]!["color"], (string?)traces[2]["line"]!["color"]);
        JsonObject layout = Layout(grid);
        Assert.Equal(layout["yaxis"]!["range"]!.ToJsonString(), layout["yaxis3"]!["range"]!.ToJsonString());
        Assert.NotEqual(Layout(grid.Share(y: false))["yaxis"]!["range"]!.ToJsonString(), Layout(grid.Share(y: false))["yaxis2"]!["range"]!.ToJsonString());
        Assert.True(Numbers(layout["xaxis"]!["domain"])[1] < Numbers(layout["xaxis2"]!["domain"])[0]);
        Assert.True(Numbers(layout["yaxis3"]!["domain"])[1] < Numbers(layout["yaxis"]!["domain"])[0]);
    }

    [Fact]
    public void Texts_cannot_become_tags_templates_or_formulas()
    {
        string json = Gallery.Of("scatter", "<b>&%{x}$a$").ToPlotly()["data"]![0]!["name"]!.GetValue<string>();
        Assert.Equal("&lt;b&gt;&amp;&#37;{x}&#36;a&#36;1", json);
    }

    [Fact]
    public void Numbers_have_five_digits_and_whole_ones_all_of_theirs()
    {
        JsonObject trace = Traces(Chart.Lines(new LineSeries("a", [1.23456789, 2e-12 / 3]) { X = [1234567, 1234568] }))[0];
        Assert.Equal("[1.2346,6.6667E-13]", trace["y"]!.ToJsonString());
        Assert.Equal("[1234567,1234568]", trace["x"]!.ToJsonString());
    }

    [Fact]
    public void An_empty_chart_says_so() => Assert.Contains("no data", Chart.Lines().ToPlotly().ToJsonString());

    [Fact]
    public void Parts_that_do_not_fit_together_are_refused_by_name()
    {
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => Chart.Lines(new LineSeries("a", [1]) { X = [1, 2] }).ToPlotly()).Message);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => Chart.Lines(new LineSeries("a", [1]) { Low = [1] }).ToPlotly()).Message);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => Chart.Scatter(new PointSeries("a", [1], [1, 2])).ToSvg()).Message);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => Chart.Bars(["x", "y"], new BarSeries("a", [1])).ToText()).Message);
        Assert.Throws<ArgumentException>(() => Chart.HeatTable(["a"], ["b"], [[new(1), new(2)]]).ToSvg());
        Assert.Throws<ArgumentException>(() => Chart.Grid(2).ToSvg());
        Assert.Throws<ArgumentException>(() => Chart.Lines().YRange(3, 1).ToSvg());
        Assert.Throws<ArgumentException>(() => Chart.Lines().LogY().YRange(0, 1).ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => Chart.Lines().Smooth(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Chart.PrecisionRecall().IsoF1(1.5));
    }
}
