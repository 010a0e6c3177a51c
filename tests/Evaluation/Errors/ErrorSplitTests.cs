using System.Text.Json;
using ScratchDet.Evaluation.Errors;
using ScratchDet.Tests.Golden;
using static ScratchDet.Evaluation.Errors.DetectionErrorKind;

namespace ScratchDet.Tests.Evaluation.Errors;

/// <summary>One or two images whose boxes can be checked by eye; then small random cases against the numbers of TIDE itself.</summary>
public class ErrorSplitTests
{
    // Recall levels 0, 0.01, ... 1: with one of two objects found, the levels up to 0.5.
    private const double HalfRecall = 51 / 101.0;

    [Fact]
    public void A_detection_of_another_class_on_an_object_is_a_class_error_and_its_repair_finds_the_object()
    {
        ErrorSplit split = Split(new Scene(1, 2).Object(0, 0, 0, 0, 10, 10).Object(0, 1, 100, 100, 10, 10)
            .Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(0, 0, 0.8, 100, 100, 10, 8));
        Assert.Equal([new DetectionError(Class, 0, 1, 1, 0.8, false)], split.Errors);
        Assert.Equal(0.5, split.AveragePrecision, 1e-12);
        AssertDelta(split, Class, 0.5);
        Assert.Equal((1, 1, 1, 2), (split.TruePositiveCount, split.FalsePositiveCount, split.FalseNegativeCount, split.ObjectCount));
    }

    [Fact]
    public void A_detection_beside_its_object_is_a_location_error_and_its_repair_finds_the_object()
    {
        // 4 x 10 of 10 x 10 + 10 x 10 - 4 x 10 overlap: 1/4.
        ErrorSplit split = Split(new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Detection(0, 0, 0.9, 6, 0, 10, 10));
        Assert.Equal([new DetectionError(Location, 0, 0, 0, 0.25, false)], split.Errors);
        AssertDelta(split, Location, 1);
        Assert.Equal((0, 0, 1), (split.AveragePrecision, split.FalsePositiveDeltaAp, split.FalseNegativeCount));
    }

    [Fact]
    public void A_detection_beside_an_object_of_another_class_is_both()
    {
        // A hit at 0.9, then the false positive at 0.8 and a hit at 0.7: precisions 1 and 2/3 until the repair takes it away.
        ErrorSplit split = Split(new Scene(1, 2).Object(0, 0, 50, 50, 10, 10).Object(0, 0, 80, 80, 10, 10).Object(0, 1, 0, 0, 10, 10)
            .Detection(0, 1, 0.9, 0, 0, 10, 10).Detection(0, 0, 0.9, 50, 50, 10, 10).Detection(0, 0, 0.8, 6, 0, 10, 10).Detection(0, 0, 0.7, 80, 80, 10, 10));
        Assert.Equal([new DetectionError(Both, 0, 2, 2, 0.25, false)], split.Errors);
        AssertDelta(split, Both, (1 - 2 / 3.0) * (1 - HalfRecall) / 2);
        Assert.Equal(split[Both].DeltaAp, split.FalsePositiveDeltaAp, 1e-12);
    }

    [Fact]
    public void A_second_detection_of_a_found_object_is_a_duplicate()
    {
        ErrorSplit split = Split(new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Object(0, 0, 50, 50, 10, 10)
            .Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(0, 0, 0.8, 0, 0, 10, 9).Detection(0, 0, 0.7, 50, 50, 10, 10));
        Assert.Equal([new DetectionError(Duplicate, 0, 1, 0, 0.9, false)], split.Errors);
        AssertDelta(split, Duplicate, (1 - 2 / 3.0) * (1 - HalfRecall));
    }

    [Fact]
    public void A_detection_where_nothing_is_is_background_and_an_object_that_nothing_touches_is_missed()
    {
        ErrorSplit split = Split(new Scene(2, 1).Object(0, 0, 0, 0, 10, 10).Object(0, 0, 50, 50, 10, 10)
            .Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(1, 0, 0.95, 50, 50, 10, 10));
        Assert.Equal([new DetectionError(Missed, 0, -1, 1, 0, false), new DetectionError(Background, 1, 1, -1, 0, false)], split.Errors);
        Assert.Equal(0.5 * HalfRecall, split.AveragePrecision, 1e-12);
        AssertDelta(split, Background, 0.5 * HalfRecall);
        AssertDelta(split, Missed, 0.5 * (1 - HalfRecall));
        Assert.Equal(split[Missed].DeltaAp, split.FalseNegativeDeltaAp, 1e-12);
    }

    [Fact]
    public void An_object_with_a_misplaced_detection_is_not_missed_but_a_false_negative()
    {
        ErrorSplit split = Split(new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Detection(0, 0, 0.9, 6, 0, 10, 10));
        Assert.Equal((0, 1), (split[Missed].Count, split.FalseNegativeCount));
    }

    [Fact]
    public void Of_two_errors_that_could_find_an_object_only_the_more_confident_is_repaired()
    {
        // The class error is first; repairing the location error alone takes a false positive away and finds nothing.
        ErrorSplit split = Split(new Scene(1, 2).Object(0, 0, 0, 0, 10, 10)
            .Detection(0, 1, 0.9, 0, 0, 10, 10).Detection(0, 0, 0.8, 6, 0, 10, 10));
        Assert.Equal([Class, Location], split.Errors.Select(error => error.Kind));
        AssertDelta(split, Location, 0);
        // The repaired list of class a is a hit, then the misplaced one; class b has nothing left and leaves the mean.
        AssertDelta(split, Class, 1);
        Assert.True(double.IsNaN(split.Categories[1].DeltaAp[(int)Class]));
    }

    [Fact]
    public void A_location_error_comes_before_a_class_error_and_a_class_error_before_a_duplicate()
    {
        Scene scene = new Scene(1, 2).Object(0, 0, 0, 0, 10, 10).Object(0, 1, 6, 0, 10, 10).Detection(0, 0, 0.9, 6, 0, 10, 10);
        Assert.Equal(Location, Split(scene).Errors[0].Kind);
        Scene found = new Scene(1, 2).Object(0, 0, 0, 0, 10, 10).Object(0, 1, 0, 0, 10, 9).Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(0, 0, 0.8, 0, 0, 10, 10);
        Assert.Equal(Class, Split(found).Errors[0].Kind);
    }

    [Fact]
    public void Detections_in_a_crowd_or_on_an_ignored_object_cost_nothing()
    {
        ErrorSplit split = Split(new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Object(0, 0, 100, 100, 50, 50, isCrowd: true).Object(0, 0, 200, 200, 10, 10, ignore: true)
            .Detection(0, 0, 0.9, 110, 110, 10, 10).Detection(0, 0, 0.8, 200, 200, 10, 5).Detection(0, 0, 0.7, 0, 0, 10, 10));
        Assert.Equal((1, 1.0, 2, 0), (split.ObjectCount, split.AveragePrecision, split.IgnoredDetectionCount, split.FalsePositiveCount));
        Assert.Equal((2, 2, 0.0), (split[Background].Count, split[Background].IgnoredCount, split[Background].DeltaAp));
        Assert.All(split.Errors, error => Assert.True(error.IsIgnored));
    }

    [Fact]
    public void Only_the_most_confident_detections_of_an_image_count_whatever_their_class()
    {
        Scene scene = new Scene(1, 2).Object(0, 0, 0, 0, 10, 10);
        for (int i = 0; i < 3; i++) scene.Detection(0, 1, 0.9, 300, 300, 10, 10);
        scene.Detection(0, 0, 0.1, 0, 0, 10, 10);
        Assert.Equal((0, 1), (Split(scene, new() { DetectionsPerImage = 3 }).TruePositiveCount, Split(scene, new() { DetectionsPerImage = 4 }).TruePositiveCount));
    }

    [Fact]
    public void A_class_without_objects_counts_as_0_as_in_TIDE()
    {
        Scene scene = new Scene(1, 2).Object(0, 0, 0, 0, 10, 10).Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(0, 1, 0.9, 50, 0, 10, 10);
        Assert.Equal(0.5, Split(scene).AveragePrecision);
    }

    [Fact]
    public void Without_detections_all_is_lost_to_missed_objects_and_without_anything_there_is_no_average_precision()
    {
        ErrorSplit nothingFound = Split(new Scene(1, 1).Object(0, 0, 0, 0, 10, 10));
        Assert.Equal((0, 1, 1), (nothingFound.AveragePrecision, nothingFound[Missed].DeltaAp, nothingFound.FalseNegativeDeltaAp));
        Assert.True(double.IsNaN(Split(new Scene(2, 1)).AveragePrecision));
        Assert.Empty(Split(new Scene(0, 0)).Errors);
    }

    [Fact]
    public void Detections_without_any_object_have_no_average_precision_that_a_repair_could_raise()
    {
        ErrorSplit split = Split(new Scene(1, 1).Detection(0, 0, 0.9, 0, 0, 10, 10));
        Assert.Equal(1, split[Background].Count);
        Assert.True(double.IsNaN(split.AveragePrecision));
        Assert.All(split.Kinds, kind => Assert.True(double.IsNaN(kind.DeltaAp)));
        Assert.True(double.IsNaN(split.FalsePositiveDeltaAp) && double.IsNaN(split.FalseNegativeDeltaAp));
    }

    [Fact]
    public void Every_detection_is_a_true_positive_or_has_one_error_and_every_object_is_found_or_a_false_negative()
    {
        ErrorSplit split = Split(Scene.Random(new Random(3), 30, 5, 8, 100, crowds: true));
        Assert.Equal(split.Errors.Count(error => error.Kind != Missed), split.FalsePositiveCount + split.IgnoredDetectionCount);
        Assert.Equal(split.ObjectCount, split.TruePositiveCount + split.FalseNegativeCount);
        Assert.Equal(split.Kinds.Select(kind => kind.Count), Enum.GetValues<DetectionErrorKind>().Select(kind => split.Errors.Count(error => error.Kind == kind)));
        Assert.Equal(split.Kinds.Select(kind => kind.Count), Enum.GetValues<DetectionErrorKind>().Select(kind => split.Categories.Sum(one => one.Counts[(int)kind])));
        Assert.Equal(split.AveragePrecision, split.Categories.Average(one => one.AveragePrecision), 1e-12);
    }

    [Theory]
    [InlineData(0.6, 0.5)]
    [InlineData(0, 0.5)]
    [InlineData(0.1, 1.1)]
    public void Thresholds_that_make_no_sense_are_refused(double background, double foreground) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Split(new Scene(1, 1), new() { BackgroundThreshold = background, ForegroundThreshold = foreground }));

    [Fact]
    public void The_numbers_are_those_of_TIDE()
    {
        int cases = 0;
        foreach (JsonElement one in GoldenNumbers.Read("tide.json").GetProperty("cases").EnumerateArray())
        {
            ErrorSplit split = Split(Read(one), new() { ForegroundThreshold = one.GetProperty("foreground").GetDouble(), BackgroundThreshold = one.GetProperty("background").GetDouble() });
            string name = one.GetProperty("name").GetString()!;
            Near(one.GetProperty("ap").GetDouble(), split.AveragePrecision, name);
            foreach ((DetectionErrorKind kind, string key) in new[] { (Class, "Cls"), (Location, "Loc"), (Both, "Both"), (Duplicate, "Dupe"), (Background, "Bkg"), (Missed, "Miss") })
            {
                JsonElement expected = one.GetProperty("kinds").GetProperty(key);
                Assert.True(expected[0].GetInt32() == split[kind].Count, $"{name}, {kind}: {split[kind].Count}, not {expected[0]}");
                Near(expected[1].GetDouble(), split[kind].DeltaAp, $"{name}, {kind}");
            }
            Near(one.GetProperty("special").GetProperty("FalsePos").GetDouble(), split.FalsePositiveDeltaAp, name);
            Near(one.GetProperty("special").GetProperty("FalseNeg").GetDouble(), split.FalseNegativeDeltaAp, name);
            cases++;
        }
        Assert.Equal(9, cases);

        static void Near(double percent, double share, string what) => Assert.True(Math.Abs(percent - (100 * share)) < 1e-9, $"{what}: {100 * share}, not {percent}");
    }

    private static Scene Read(JsonElement one)
    {
        var scene = new Scene(one.GetProperty("images").GetInt32(), one.GetProperty("classes").GetInt32());
        foreach (JsonElement item in one.GetProperty("objects").EnumerateArray())
            scene.Object(item[0].GetInt32(), item[1].GetInt32(), item[2].GetDouble(), item[3].GetDouble(), item[4].GetDouble(), item[5].GetDouble(), isCrowd: item[6].GetInt32() == 1);
        foreach (JsonElement item in one.GetProperty("detections").EnumerateArray())
            scene.Detection(item[0].GetInt32(), item[1].GetInt32(), item[2].GetDouble(), item[3].GetDouble(), item[4].GetDouble(), item[5].GetDouble(), item[6].GetDouble());
        return scene;
    }

    private static ErrorSplit Split(Scene scene, ErrorSplitOptions? options = null) => ErrorSplit.Compute(scene.Truth, scene.Results, options: options);

    private static void AssertDelta(ErrorSplit split, DetectionErrorKind kind, double expected)
    {
        Assert.Equal(expected, split[kind].DeltaAp, 1e-12);
        Assert.Equal(split.Errors.Count(error => error.Kind == kind), split[kind].Count);
    }
}
