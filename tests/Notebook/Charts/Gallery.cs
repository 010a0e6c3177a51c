using ScratchDet.Analysis;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

/// <summary>One figure of each kind, all of whose texts hold the same word.</summary>
internal static class Gallery
{
    public static IReadOnlyList<string> Kinds { get; } =
        ["lines", "band", "scatter", "bars", "heat table", "histogram", "precision-recall", "grid", "empty"];

    public static Figure Of(string kind, string word) => kind switch
    {
        "lines" => Chart.Lines(new LineSeries(word, [3, double.NaN, 2, 1]), new LineSeries(word + "2", [4, 5, 6, double.PositiveInfinity]) { DivergedAt = 4 })
            .Smooth(0.5).Title(word).XTitle(word, word).YTitle(word, word),
        "band" => Chart.Lines(LineSeries.Of(word, [1, 2, 3], [SeedStatistics.Of([1, 2]), SeedStatistics.Of([2, 3]), SeedStatistics.Of([2, 5])]))
            .Level(2, word).Title(word),
        "scatter" => Chart.Scatter(new[] { 1, 2, 3 }, x: i => i, y: i => i * i, label: i => word + i, group: i => word + (i % 2)).LogX().Title(word),
        "bars" => Chart.Bars([word, word + "2"], new BarSeries(word, [1, double.NaN]) { Low = [0.5, double.NaN], High = [2, double.NaN], Diverged = [false, true], Reference = [1.5, double.NaN], ReferenceName = "the " + word })
            .Title(word).YTitle(word),
        "heat table" => Chart.HeatTable([word, "b"], [word, "d", "e"], [[new(1) { Note = word }, new(double.NaN), new(double.NaN, Diverged: true)], [new(2), new(3), new(4)]]).Title(word),
        "histogram" => Chart.Histograms(new ValueSeries(word, [1, 2, 2, 3, double.NaN]), new ValueSeries(word + "2", [2, 3, 3])).Title(word),
        "precision-recall" => Chart.PrecisionRecall(new LineSeries(word, [1, 0.8, 0.5]) { X = [0.1, 0.5, 0.9] }).IsoF1().Title(word),
        "grid" => Chart.Grid(2, Chart.Lines(new LineSeries(word, [1, 2])).Title(word), Chart.Lines(new LineSeries(word, [2, 3])).Title(word), Chart.Lines(new LineSeries(word + "2", [2, 5])).Title(word)).Title(word),
        "empty" => Chart.Lines().Title(word),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind"),
    };
}
