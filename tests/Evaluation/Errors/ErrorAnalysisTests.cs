using ScratchDet.Evaluation.Coco;
using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Tests.Evaluation.Errors;

public class ErrorAnalysisTests
{
    private static readonly Scene Scene = Scene.Random(new Random(3), 20, 4, 6, 60);

    public static TheoryData<string> Analyses => [.. Computations.Keys];

    private static Dictionary<string, Action<InstanceOverlap, CancellationToken>> Computations { get; } = new()
    {
        ["all"] = (overlap, stop) => ErrorAnalysis.Compute(Scene.Truth, Scene.Results, overlap, cancellation: stop),
        ["split"] = (overlap, stop) => ErrorSplit.Compute(Scene.Truth, Scene.Results, overlap, cancellation: stop),
        ["confusion"] = (overlap, stop) => ConfusionMatrix.Compute(Scene.Truth, Scene.Results, overlap, new() { ScoreThreshold = 0.5 }, stop),
        ["sizes"] = (overlap, stop) => BinnedAveragePrecision.BySize(Scene.Truth, Scene.Results, overlap, stop),
        ["aspects"] = (overlap, stop) => BinnedAveragePrecision.ByAspect(Scene.Truth, Scene.Results, overlap, stop),
        ["calibration"] = (overlap, stop) => ScoreCalibration.Compute(Scene.Truth, Scene.Results, overlap, cancellation: stop),
        ["ranking"] = (overlap, stop) => ImageRanking.Compute(Scene.Truth, Scene.Results, overlap, cancellation: stop),
        ["operating point"] = (overlap, stop) => OperatingPoint.Best(Scene.Truth, Scene.Results, overlap, cancellation: stop),
    };

    [Theory]
    [MemberData(nameof(Analyses))]
    public void A_cancelled_analysis_ends_before_the_next_image(string analysis)
    {
        using var stop = new CancellationTokenSource();
        var overlap = new CountingOverlap(new BoxOverlap(Scene.Truth, Scene.Results), stop.Cancel);
        Assert.Throws<OperationCanceledException>(() => Computations[analysis](overlap, stop.Token));
        Assert.Equal(1, overlap.Calls);
    }

    [Fact]
    public void Of_a_cancelled_bootstrap_nothing_is_matched()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            new WeightedMetric(Scene.Truth, Scene.Results, OverlapKind.Boxes, BootstrapMetric.CocoAp50, 100, stop.Token));
    }

    [Fact]
    public void A_whole_analysis_computes_the_overlaps_within_classes_once_and_across_classes_once_and_reports_every_step()
    {
        var within = new CountingOverlap(new BoxOverlap(Scene.Truth, Scene.Results));
        OperatingPoint.Best(Scene.Truth, Scene.Results, within, cancellation: TestContext.Current.CancellationToken);
        var across = new CountingOverlap(new BoxOverlap(Scene.Truth, Scene.Results));
        ErrorSplit.Compute(Scene.Truth, Scene.Results, across, cancellation: TestContext.Current.CancellationToken);

        var all = new CountingOverlap(new BoxOverlap(Scene.Truth, Scene.Results));
        var steps = new Steps();
        ErrorAnalysis.Compute(Scene.Truth, Scene.Results, all, progress: steps, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(within.Calls + across.Calls, all.Calls);
        Assert.Equal(
            [.. Enumerable.Range(1, 4).Select(done => new ErrorAnalysisProgress("classes", done, 4)), .. Enumerable.Range(1, 20).Select(done => new ErrorAnalysisProgress("images", done, 20))],
            steps.Reported);
    }

    [Fact]
    public void The_parts_of_a_whole_analysis_are_the_analyses_by_themselves()
    {
        Scene scene = Scene.Random(new Random(4), 30, 4, 8, 80, crowds: true);
        CancellationToken stop = TestContext.Current.CancellationToken;
        ErrorAnalysis all = ErrorAnalysis.Compute(scene.Truth, scene.Results, cancellation: stop);
        Assert.Equal(OperatingPoint.Best(scene.Truth, scene.Results, cancellation: stop), all.Operating);
        ErrorSplit split = ErrorSplit.Compute(scene.Truth, scene.Results, cancellation: stop);
        Assert.Equal((split.AveragePrecision, split.FalsePositiveDeltaAp), (all.Split.AveragePrecision, all.Split.FalsePositiveDeltaAp));
        Assert.Equal(split.Errors, all.Split.Errors);
        Assert.Equal(split.Kinds, all.Split.Kinds);
        Assert.Equal(ConfusionMatrix.Compute(scene.Truth, scene.Results, cancellation: stop).Counts, all.Confusion.Counts);
        Assert.Equal(BinnedAveragePrecision.BySize(scene.Truth, scene.Results, cancellation: stop).Bins, all.BySize.Bins);
        Assert.Equal(BinnedAveragePrecision.ByAspect(scene.Truth, scene.Results, cancellation: stop).Bins, all.ByAspect.Bins);
        Assert.Equal(ScoreCalibration.Compute(scene.Truth, scene.Results, cancellation: stop).Bins, all.Calibration!.Bins);
        Assert.Equal(ImageRanking.Compute(scene.Truth, scene.Results, cancellation: stop).Images, all.Ranking.Images);
    }

    [Fact]
    public void More_pairs_in_an_image_than_fit_into_memory_are_bad_input()
    {
        var scene = new Scene(1, 1);
        for (int i = 0; i < 50_000; i++) scene.Object(0, 0, 0, 0, 10, 10).Detection(0, 0, 0.5, 0, 0, 10, 10);
        BadInputException fault = Assert.Throws<BadInputException>(() =>
            new WeightedMetric(scene.Truth, scene.Results, OverlapKind.Boxes, BootstrapMetric.VocArea, int.MaxValue, TestContext.Current.CancellationToken));
        Assert.Equal(("image 1000", "50000 detections and 50000 objects of category 1 are more than the 268435456 pairs that can be compared"), (fault.Place, fault.What));
    }

    private sealed class CountingOverlap(InstanceOverlap overlap, Action? then = null) : InstanceOverlap
    {
        public int Calls { get; private set; }

        public override void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps)
        {
            Calls++;
            overlap.Compute(detections, objects, overlaps);
            then?.Invoke();
        }
    }

    private sealed class Steps : IProgress<ErrorAnalysisProgress>
    {
        public List<ErrorAnalysisProgress> Reported { get; } = [];

        public void Report(ErrorAnalysisProgress value) => Reported.Add(value);
    }
}
