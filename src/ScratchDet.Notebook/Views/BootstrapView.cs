using System.Globalization;
using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Notebook;

/// <summary>Whether runs differ by more than the choice of images.</summary>
public sealed record BootstrapView(PairedBootstrap Result) : AnalysisView
{
    /// <summary>Names of the runs, in their order; A, B, C... when left out.</summary>
    public IReadOnlyList<string>? RunNames { get; init; }

    private string Metric => Result.Options.Metric switch
    {
        BootstrapMetric.CocoAp50 => "AP50",
        BootstrapMetric.CocoAp => "AP",
        BootstrapMetric.VocArea => "VOC mAP (area)",
        _ => throw new ArgumentOutOfRangeException(nameof(Result), Result.Options.Metric, "not a metric"),
    };

    private string Interval => string.Create(CultureInfo.InvariantCulture, $"{100 * Result.Options.Confidence:0.##} % interval");

    /// <summary>A bootstrap of few images repeats the few: its intervals come out too narrow.</summary>
    private const int FewImages = 20;

    public override string Summary => string.Join("; ", Result.Differences.Select(one =>
        $"{Pair(one)}: {Metric} {Hundredths(one.Difference.Value)} points, {Interval} {Range(one.Difference)}{(Excludes0(one) || double.IsNaN(one.Difference.Low) ? "" : ", which contains 0")}"))
        + (Result.ImageCount >= FewImages ? "" : $" (from {ViewMarkup.Count(Result.ImageCount, "image")}: too few for an interval to mean much)");

    public override string Explanation =>
        $"{ViewMarkup.Grouped(Result.Options.ResampleCount)} times {ViewMarkup.Count(Result.ImageCount, "image")} were drawn with replacement, the same for every run. "
        + "The interval says how far the difference depends on which images were drawn; it says nothing about other seeds of training.";

    public override IReadOnlyList<TextTable> Tables =>
    [
        new TextTable(["run", $"{Metric} %", Interval],
            [.. Result.Runs.Select((run, index) => Row(Name(index), Two(100 * run.Value), $"{Two(100 * run.Low)} to {Two(100 * run.High)}"))]),
        new TextTable(["difference", "points", Interval, "sign flips", "p (two-sided)"],
            [.. Result.Differences.Select(one => Row(
                Pair(one), Hundredths(one.Difference.Value), Range(one.Difference),
                $"{Percent(one.SignFlipShare)}%", double.IsNaN(one.PValue) ? "–" : one.PValue.ToString("0.0000", CultureInfo.InvariantCulture)))]),
    ];

    public override Figure Chart
    {
        get
        {
            ValueSeries[] series = [.. Result.Differences.Select(one => new ValueSeries(Pair(one), [.. one.Samples.Select(sample => 100 * sample)]))];
            Chart chart = Notebook.Chart.Histograms(series)
                .Title($"Difference of {Metric} over resamples").XTitle("difference", "points").YTitle("resamples").Size(720, 220);
            if (Result.Differences is not [var only] || !double.IsFinite(only.Difference.Low)) return chart;
            HistogramBins bins = ((Histogram)chart.Marks[0]).Bins(isLog: false);
            double top = bins.Count(series[0].Values).Max();
            // Room above the columns for the labels.
            return chart.Legend(false).YRange(0, 1.15 * top).Add(
                Upright("low", only.Difference.Low, top), Upright("high", only.Difference.High, top), Upright("observed", only.Difference.Value, top));
        }
    }

    private static GuideLine Upright(string label, double share, double top) => new(label, [100 * share, 100 * share], [0, top]);

    private static string Hundredths(double share) => Points(share, "0.00");

    private static string Range(BootstrapEstimate difference) => $"{Hundredths(difference.Low)} to {Hundredths(difference.High)}";

    private string Pair(BootstrapDifference one) => $"{Name(one.Second)} - {Name(one.First)}";

    private static bool Excludes0(BootstrapDifference one) => one.Difference.Low > 0 || one.Difference.High < 0;

    private string Name(int run) => RunNames is { } names ? names[run] : ((char)('A' + (run % 26))).ToString();
}
