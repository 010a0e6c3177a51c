using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Tests.Evaluation.Coco;

/// <summary>Cases worked by hand.</summary>
public class CocoEvaluatorTests
{
    private const double Close = 1e-12;

    private static readonly CocoBox Square = new(0, 0, 10, 10);

    private static CocoGroundTruth Truth(params CocoObject[] objects) =>
        new(null, [new CocoImage(7, 100, 100, null), new CocoImage(3, 100, 100, null)], [new CocoCategory(5, "dog"), new CocoCategory(2, "cat")], objects);

    private static CocoObject Object(int image, CocoBox box, int category = 0, bool isCrowd = false, bool ignore = false, double? area = null, long id = 1) =>
        new(id, image, category, box, area ?? box.Area, isCrowd, ignore);

    private static CocoDetection Found(int image, double score, CocoBox box, int category = 0) => new(image, category, score, box, box.Area);

    private static CocoEvaluation Evaluate(CocoGroundTruth truth, CocoDetection[] detections, CocoEvaluationOptions? options = null) =>
        Evaluate(truth, new CocoResults(null, detections), options);

    private static CocoEvaluation Evaluate(CocoGroundTruth truth, CocoResults results, CocoEvaluationOptions? options) =>
        CocoEvaluator.Evaluate(truth, results, options, cancellation: TestContext.Current.CancellationToken);

    private static double Round(double value) => Math.Round(value, 12);

    [Fact]
    public void Thresholds_and_recall_levels_have_the_bits_of_numpy()
    {
        Assert.Equal([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95], CocoEvaluator.IouThresholds.Select(value => Math.Round(value, 12)));
        Assert.Equal(0.5 + (2 * ((0.95 - 0.5) / 9)), CocoEvaluator.IouThresholds[2]);
        Assert.Equal(0.95, CocoEvaluator.IouThresholds[9]);
        Assert.Equal(101, CocoEvaluator.RecallLevels.Count);
        Assert.Equal(29 * 0.01, CocoEvaluator.RecallLevels[29]);
        Assert.Equal(1, CocoEvaluator.RecallLevels[100]);
    }

    [Fact]
    public void Precision_is_the_largest_at_that_recall_or_more()
    {
        // Two objects. By score: hit, miss, hit. Precision 1 up to recall 1/2 (levels 0 to 0.50: 51), then 2/3 (50 levels).
        CocoEvaluation found = Evaluate(
            Truth(Object(0, Square), Object(1, Square)),
            [Found(0, 0.9, Square), Found(0, 0.8, new(50, 50, 10, 10)), Found(1, 0.7, Square)]);

        double expected = (51 + (50 * (2 / 3.0))) / 101;
        Assert.Equal(expected, found.AveragePrecision(), Close);
        Assert.Equal(expected, found.AveragePrecision(0.95, categoryId: 5), Close);
        Assert.Equal(1, found.AverageRecall(), Close);
        Assert.Equal([2, 5], found.Categories.Select(category => category.Id));
        Assert.Equal([-1, Round(expected)], found.AveragePrecisionByCategory().Select(Round));
        IReadOnlyList<double> curve = found.PrecisionRecallCurve(0.5, 5);
        Assert.Equal([1, 1, Round(2 / 3.0), Round(2 / 3.0)], new[] { 0, 50, 51, 100 }.Select(level => Round(curve[level])));
        Assert.Equal([0.9, 0.9, 0.7, 0.7], new[] { 0, 50, 51, 100 }.Select(level => found.ScoreCurve(0.5, 5)[level]));
        Assert.Empty(found.PrecisionRecallCurve(0.5, 2));
        Assert.StartsWith("there are 2 categories; name one", Assert.Throws<ArgumentException>(() => found.ScoreCurve(0.5)).Message);
    }

    [Theory]
    [InlineData(5, 1)]   // 50 / 100 is exactly the threshold, and counts
    [InlineData(4.9, 0)]
    [InlineData(9.5, 10)]
    [InlineData(10, 10)]
    public void An_overlap_of_exactly_a_threshold_counts(double height, int thresholds)
    {
        CocoEvaluation found = Evaluate(Truth(Object(0, Square)), [Found(0, 0.5, new(0, 0, 10, height))]);
        Assert.Equal(thresholds / 10.0, found.AverageRecall(), Close);
    }

    [Fact]
    public void Of_two_equal_overlaps_the_later_object_is_taken()
    {
        // The detection lies between two objects of IoU 2/3 each. If it takes the later one, only the next detection, which fits the
        // earlier one alone, finds something too.
        CocoGroundTruth truth = Truth(Object(0, new(0, 0, 10, 10)), Object(0, new(4, 0, 10, 10), id: 2));
        CocoEvaluation found = Evaluate(truth, [Found(0, 0.9, new(2, 0, 10, 10)), Found(0, 0.8, new(0, 0, 10, 10))]);
        CocoEvaluation other = Evaluate(truth, [Found(0, 0.9, new(2, 0, 10, 10)), Found(0, 0.8, new(4, 0, 10, 10))]);

        Assert.Equal(1, found.AverageRecall(0.5), Close);
        Assert.Equal(0.5, other.AverageRecall(0.5), Close);
    }

    [Fact]
    public void Of_equal_scores_the_image_of_the_lower_id_comes_first_and_then_the_file()
    {
        // Image index 1 has id 3, index 0 has id 7. Order: hit of image 3, then miss and hit of image 7 as in the file.
        CocoEvaluation found = Evaluate(
            Truth(Object(0, Square), Object(1, Square)),
            [Found(0, 0.5, new(50, 50, 10, 10)), Found(0, 0.5, Square), Found(1, 0.5, Square)]);
        Assert.Equal((51 + (50 * (2 / 3.0))) / 101, found.AveragePrecision(), Close);
    }

    [Fact]
    public void A_second_detection_of_an_object_is_false_and_any_number_in_a_crowd_are_left_out()
    {
        CocoDetection[] twice = [Found(0, 0.9, Square), Found(0, 0.8, Square), Found(1, 0.7, Square)];
        CocoGroundTruth truth = Truth(Object(0, Square), Object(1, Square));
        Assert.Equal((51 + (50 * (2 / 3.0))) / 101, Evaluate(truth, twice).AveragePrecision(), Close);

        // The second, third and fourth lie wholly in the crowd, though its own area is much larger.
        CocoGroundTruth crowded = Truth(Object(0, Square), Object(0, new(0, 0, 100, 100), isCrowd: true, id: 2), Object(1, Square, id: 3));
        CocoEvaluation found = Evaluate(crowded, [Found(0, 0.9, Square), Found(0, 0.8, Square), Found(0, 0.8, new(20, 20, 5, 5)), Found(1, 0.7, Square)]);
        Assert.Equal(1, found.AveragePrecision(), Close);
        Assert.Equal(2, found.ObjectCounts[1 * found.Areas.Count]);
    }

    [Theory]
    [InlineData(1024, 1, 1, -1)]       // both ends belong to a range
    [InlineData(1023.9, 1, -1, -1)]
    [InlineData(9216, -1, 1, 1)]
    [InlineData(1e10, -1, -1, 1)]
    public void The_ends_of_an_area_range_belong_to_it(double area, double small, double medium, double large)
    {
        CocoEvaluation found = Evaluate(Truth(Object(0, Square, area: area)), [Found(0, 0.5, Square)]);
        Assert.Equal([small, medium, large], new[] { "small", "medium", "large" }.Select(name => Math.Round(found.AveragePrecision(area: name), 12)));
    }

    [Fact]
    public void An_object_above_ten_to_the_tenth_pixels_counts_nowhere()
    {
        CocoEvaluation found = Evaluate(Truth(Object(0, Square, area: 1.1e10)), [Found(0, 0.5, Square)]);
        Assert.All(found.Stats, value => Assert.Equal(-1, value));
    }

    [Fact]
    public void More_results_than_an_array_holds_are_bad_input()
    {
        CocoGroundTruth truth = Truth() with { Categories = [.. Enumerable.Range(1, 200_000).Select(id => new CocoCategory(id, ""))] };
        BadInputException fault = Assert.Throws<BadInputException>(() => Evaluate(truth, []));
        Assert.Equal("200000 categories, each with 3 numbers of detections and 4 area ranges, are too many to evaluate at once", fault.What);
    }

    [Fact]
    public void Overlaps_of_many_detections_with_many_objects_are_held_a_part_at_a_time()
    {
        const int count = 2000;
        var objects = new CocoObject[count];
        var detections = new CocoDetection[count];
        for (int i = 0; i < count; i++)
        {
            var box = new CocoBox(20 * i, 0, 10, 10);
            (objects[i], detections[i]) = (Object(0, box, id: i + 1), Found(0, 1.0 / (i + 1), box));
        }
        int[] indices = [.. Enumerable.Range(0, count)];
        var overlap = new CountingOverlap(new BoxOverlap(Truth(objects), new CocoResults(null, detections)));
        var matcher = new InstanceMatcher(
            overlap, new(objects), new(detections), new bool[count], CocoEvaluator.IouThresholds.ToArray(), new[] { AreaRange.CocoAll }, CocoQuirks.None);
        ushort[] hits = new ushort[count], misses = new ushort[count];

        matcher.Match(indices, indices, indices, hits, misses);

        Assert.Equal((long)count * count, overlap.Pairs);
        Assert.InRange(overlap.MostPairs, 1, InstanceMatcher.PairsAtATime);
        Assert.All(hits, hit => Assert.Equal(InstanceMatcher.AllThresholds(10), hit));
        Assert.All(misses, miss => Assert.Equal(0, miss));
    }

    private sealed class CountingOverlap(InstanceOverlap inner) : InstanceOverlap
    {
        public long Pairs { get; private set; }

        public int MostPairs { get; private set; }

        public override void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps)
        {
            Pairs += overlaps.Length;
            MostPairs = Math.Max(MostPairs, overlaps.Length);
            inner.Compute(detections, objects, overlaps);
        }
    }

    [Fact]
    public void A_detection_outside_the_area_range_that_finds_nothing_is_left_out_there()
    {
        // A large false detection with the highest score: it halves the precision, but not that of small objects.
        CocoEvaluation found = Evaluate(Truth(Object(0, Square)), [Found(0, 0.9, new(0, 0, 99, 99)), Found(0, 0.5, Square)]);
        Assert.Equal(0.5, found.AveragePrecision(), Close);
        Assert.Equal(1, found.AveragePrecision(area: "small"), Close);
    }

    [Fact]
    public void Only_the_most_confident_detections_of_an_image_count()
    {
        // 150 false detections before the one hit in one image: not reached with 100, reached with 151.
        CocoDetection[] detections = [.. Enumerable.Range(0, 150).Select(i => Found(0, 0.9, new(50, 50, 10, 10))), Found(0, 0.5, Square)];
        CocoEvaluation found = Evaluate(Truth(Object(0, Square)), detections, new CocoEvaluationOptions { MaxDetections = [151, 1, 100] });

        Assert.Equal([1, 100, 151], found.MaxDetections);
        Assert.Equal(0, found.AverageRecall(maxDetections: 100));
        Assert.Equal(1, found.AverageRecall(maxDetections: 151));
        Assert.Equal(1 / 151.0, found.AveragePrecision(), Close);
        Assert.Equal(0, found.Stats[0]);
        Assert.Equal(1 / 151.0, found.Stats[1], Close);
    }

    [Fact]
    public void The_twelve_numbers_need_100_detections_for_AP_and_three_numbers_for_all_recalls()
    {
        CocoGroundTruth truth = Truth(Object(0, Square));
        CocoEvaluation found = Evaluate(truth, [Found(0, 0.5, Square)], new CocoEvaluationOptions { MaxDetections = [5] });

        Assert.Equal([-1, 1, 1, 1, -1, -1, 1, -1, -1, 1, -1, -1], found.Stats.Select(Round));
        Assert.Equal(["AP", "AP50", "AP75", "APs", "APm", "APl", "AR5", "ARs", "ARm", "ARl"], found.Summary.Select(line => line.Name));
        Assert.Equal(1, found.Summary[0].Value, Close);
    }

    [Fact]
    public void Without_regard_to_class_a_detection_finds_an_object_of_any()
    {
        CocoGroundTruth truth = Truth(Object(0, Square, category: 1));
        CocoDetection[] detections = [Found(0, 0.5, Square, category: 0)];
        Assert.Equal(0, Evaluate(truth, detections).AveragePrecision());

        CocoEvaluation found = Evaluate(truth, detections, new CocoEvaluationOptions { IsClassAgnostic = true });
        Assert.Equal(1, found.AveragePrecision(), Close);
        Assert.Empty(found.Categories);
        Assert.Equal(1, found.CategoryCount);
    }

    [Fact]
    public void No_detections_are_0_where_there_are_objects_and_no_objects_are_minus_1()
    {
        CocoEvaluation nothing = Evaluate(Truth(Object(0, Square)), []);
        Assert.Equal([0, 0, 0, 0, -1, -1, 0, 0, 0, 0, -1, -1], nothing.Stats);
        Assert.All(Evaluate(Truth(), [Found(0, 0.5, Square)]).Stats, value => Assert.Equal(-1, value));
        Assert.All(Evaluate(new CocoGroundTruth(null, [], [], []), []).Stats, value => Assert.Equal(-1, value));
    }

    [Fact]
    public void An_ignored_object_counts_neither_way_except_as_in_pycocotools()
    {
        CocoGroundTruth truth = Truth(Object(0, Square, ignore: true), Object(1, Square, id: 2));
        CocoDetection[] detections = [Found(0, 0.9, Square), Found(0, 0.8, Square), Found(1, 0.7, Square)];

        // Left out; false, since an ignored object is taken once; hit.
        Assert.Equal(0.5, Evaluate(truth, detections).AveragePrecision(), Close);
        Assert.Equal((51 + (50 * (2 / 3.0))) / 101, Evaluate(truth, detections, new CocoEvaluationOptions { Quirks = CocoQuirks.Pycocotools }).AveragePrecision(), Close);
    }

    [Fact]
    public void An_object_of_id_0_is_found_except_as_in_pycocotools()
    {
        CocoGroundTruth truth = Truth(Object(0, Square, id: 0));
        CocoDetection[] detections = [Found(0, 0.9, Square)];
        Assert.Equal(1, Evaluate(truth, detections).AveragePrecision(), Close);
        Assert.Equal(0, Evaluate(truth, detections, new CocoEvaluationOptions { Quirks = CocoQuirks.Pycocotools }).AveragePrecision());
    }

    [Fact]
    public void Keypoints_without_regard_to_class_find_objects_except_as_in_pycocotools()
    {
        CocoKeypoints items = new(), found = new();
        items.Add([1, 1, 2]);
        items.Add([9, 9, 0]); // not labelled: ignored
        items.Add([]);        // without keypoints: ignored
        found.Add([1, 1, 1]);
        CocoGroundTruth truth = Truth(Object(0, Square, area: 2000), Object(0, Square, area: 2000, id: 2), Object(1, Square, area: 2000, id: 3)) with { Keypoints = items };
        var results = new CocoResults(null, [Found(0, 0.5, Square, category: 1)]) { Keypoints = found };
        var options = new CocoEvaluationOptions { Kind = OverlapKind.Keypoints, KeypointSigmas = [0.1], IsClassAgnostic = true };

        Assert.Equal([1, 1, 1, 1, -1, 1, 1, 1, 1, -1], Evaluate(truth, results, options).Stats.Select(Round));
        Assert.Equal([0, 0, 0, 0, -1, 0, 0, 0, 0, -1], Evaluate(truth, results, options with { Quirks = CocoQuirks.Pycocotools }).Stats);
        Assert.All(Evaluate(truth, results, options with { MaxDetections = [1, 10] }).Stats, value => Assert.Equal(-1, value));
    }

    [Fact]
    public void What_was_not_evaluated_is_not_answered()
    {
        CocoEvaluation found = Evaluate(Truth(Object(0, Square)), []);
        Assert.Contains("0.52", Assert.Throws<ArgumentException>(() => found.AveragePrecision(0.52)).Message);
        Assert.Contains("all, small, medium, large", Assert.Throws<ArgumentException>(() => found.AveragePrecision(area: "tiny")).Message);
        Assert.Contains("1, 10, 100", Assert.Throws<ArgumentException>(() => found.AverageRecall(maxDetections: 20)).Message);
        Assert.Contains("9", Assert.Throws<ArgumentException>(() => found.AveragePrecision(categoryId: 9)).Message);
        Assert.Throws<ArgumentException>(() => Evaluate(Truth(), [], new CocoEvaluationOptions { MaxDetections = [0, 1] }));
        Assert.Throws<ArgumentException>(() => Evaluate(Truth(), [], new CocoEvaluationOptions { MaxDetections = [] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate(Truth(), [], new CocoEvaluationOptions { Threads = 0 }));
        Assert.Contains("masks", Assert.Throws<ArgumentException>(() => Evaluate(Truth(Object(0, Square)), [], new CocoEvaluationOptions { Kind = OverlapKind.Masks })).Message);
        Assert.Contains("keypoints", Assert.Throws<ArgumentException>(() => Evaluate(Truth(Object(0, Square)), [], new CocoEvaluationOptions { Kind = OverlapKind.Keypoints })).Message);
    }
}
