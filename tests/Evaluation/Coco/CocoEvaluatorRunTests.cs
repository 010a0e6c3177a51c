using ScratchDet.Data.Coco;
using ScratchDet.Evaluation;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Tests.Evaluation.Coco;

/// <summary>How the evaluator works, whatever the numbers are.</summary>
public class CocoEvaluatorRunTests
{
    private static (CocoGroundTruth Truth, CocoResults Results) Draw(int seed, int imageCount, int categoryCount, int detectionCount)
    {
        Random random = Seeds.Generator((ulong)seed, "coco evaluator test");
        CocoBox Box() => new(random.Next(2), random.Next(2), random.Next(4, 7), random.Next(4, 7));
        CocoObject[] objects = [.. Enumerable.Range(1, detectionCount / 4).Select(id => new CocoObject(id, random.Next(imageCount), random.Next(categoryCount), Box(), random.Next(1, 2000), random.Next(10) == 0))];
        CocoDetection[] detections = [.. Enumerable.Range(0, detectionCount).Select(_ =>
            new CocoDetection(random.Next(imageCount), random.Next(categoryCount), random.Next(50) / 50.0, Box(), random.Next(1, 2000)))];
        return (
            new CocoGroundTruth(null, [.. Enumerable.Range(0, imageCount).Select(i => new CocoImage(1000 - i, 30, 30, null))], [.. Enumerable.Range(0, categoryCount).Select(c => new CocoCategory(c + 1, $"c{c}"))], objects),
            new CocoResults(null, detections));
    }

    private static CocoEvaluation Evaluate(CocoGroundTruth truth, CocoResults results, CocoEvaluationOptions? options = null) =>
        CocoEvaluator.Evaluate(truth, results, options, cancellation: TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(false, 2)]
    [InlineData(false, 16)]
    [InlineData(true, 3)]
    public void The_numbers_do_not_depend_on_the_number_of_threads(bool isClassAgnostic, int threads)
    {
        (CocoGroundTruth truth, CocoResults results) = Draw(1, imageCount: 900, categoryCount: 5, detectionCount: 6000);
        var options = new CocoEvaluationOptions { IsClassAgnostic = isClassAgnostic };

        CocoEvaluation one = Evaluate(truth, results, options), many = Evaluate(truth, results, options with { Threads = threads });

        Assert.InRange(one.AveragePrecision(), 0.001, 0.999);
        Assert.Equal(one.Precision, many.Precision);
        Assert.Equal(one.Scores, many.Scores);
        Assert.Equal(one.Recall, many.Recall);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void Progress_ends_with_all_detections(int threads, bool isClassAgnostic)
    {
        (CocoGroundTruth truth, CocoResults results) = Draw(2, imageCount: 900, categoryCount: 5, detectionCount: 3000);
        var reports = new Reports();
        CocoEvaluator.Evaluate(truth, results, new CocoEvaluationOptions { Threads = threads, IsClassAgnostic = isClassAgnostic }, reports, TestContext.Current.CancellationToken);

        Assert.All(reports.Seen, report => Assert.Equal(3000, report.AllDetections));
        Assert.InRange(reports.Seen.Count, 2, 101);
        Assert.Equal(3000, reports.Seen.Max(report => report.DoneDetections));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_stops_when_asked_to(int threads)
    {
        (CocoGroundTruth truth, CocoResults results) = Draw(3, imageCount: 50, categoryCount: 5, detectionCount: 300);
        using var stop = new CancellationTokenSource();
        var reports = new Reports { OnReport = stop.Cancel };
        Assert.ThrowsAny<OperationCanceledException>(() => CocoEvaluator.Evaluate(truth, results, new CocoEvaluationOptions { Threads = threads }, reports, stop.Token));
        Assert.True(reports.Seen.Count < 5);
    }

    [Fact]
    public void Lists_of_other_kinds_are_taken_too()
    {
        (CocoGroundTruth truth, CocoResults results) = Draw(4, imageCount: 50, categoryCount: 2, detectionCount: 300);
        CocoEvaluation expected = Evaluate(truth, results);
        CocoEvaluation found = Evaluate(
            truth with { Objects = System.Collections.Immutable.ImmutableArray.CreateRange(truth.Objects) }, results with { Detections = [.. results.Detections.ToList()] });
        Assert.Equal(expected.Precision, found.Precision);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(41)]
    [InlineData(5000)]
    public void Scores_fall_and_equal_ones_keep_their_order(int count)
    {
        Random random = Seeds.Generator(5, "score order test");
        double[] special = [0.0, -0.0, 1, -1, double.MaxValue, double.MinValue, double.Epsilon, 1e-300, 0.5];
        double[] scores = [.. Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? special[random.Next(special.Length)] : random.Next(100) / 100.0)];
        int[] order = new int[count];
        var sorter = new ScoreOrder();
        sorter.Sort(scores, order);
        Assert.Equal(Enumerable.Range(0, count).OrderByDescending(i => scores[i] + 0.0), order);

        double[] same = [.. Enumerable.Repeat(0.25, count)];
        sorter.Sort(same, order);
        Assert.Equal(Enumerable.Range(0, count), order);
    }

    [Fact]
    public void Overlaps_of_zero_by_zero_are_taken_as_in_the_reference()
    {
        // Boxes so small that their areas are 0 in binary: 0 / 0 passes every threshold, and the object after it too.
        CocoBox tiny = new(0, 0, 1e-200, 1e-200);
        var images = new[] { new CocoImage(1, 1, 1, null) };
        var truth = new CocoGroundTruth(null, images, [new CocoCategory(1, "c")], [new CocoObject(1, 0, 0, tiny, 1), new CocoObject(2, 0, 0, new(5, 5, 1, 1), 1)]);
        var results = new CocoResults(null, [new CocoDetection(0, 0, 0.5, tiny, 0), new CocoDetection(0, 0, 0.4, tiny, 0), new CocoDetection(0, 0, 0.3, tiny, 0)]);

        CocoEvaluation found = Evaluate(truth, results);

        // The first takes the second object, whose overlap of 0 nothing is above any more; the second the first; the third none.
        Assert.Equal(1, found.AverageRecall(maxDetections: 10));
        Assert.Equal(0.5, found.AverageRecall(maxDetections: 1));
    }

    private sealed class Reports : IProgress<CocoEvaluationProgress>
    {
        private readonly Lock gate = new();
        private readonly List<CocoEvaluationProgress> seen = [];

        public Action? OnReport { get; init; }

        public IReadOnlyList<CocoEvaluationProgress> Seen => seen;

        public void Report(CocoEvaluationProgress value)
        {
            lock (gate) seen.Add(value);
            OnReport?.Invoke();
        }
    }
}
