using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Tests.Evaluation.Errors;

public class PairedBootstrapTests
{
    [Theory]
    [InlineData(BootstrapMetric.CocoAp50)]
    [InlineData(BootstrapMetric.CocoAp)]
    [InlineData(BootstrapMetric.VocArea)]
    public void A_weighted_image_counts_as_often_as_copies_of_it_would(BootstrapMetric metric)
    {
        var random = new Random(11);
        for (int round = 0; round < 10; round++)
        {
            Scene scene = Scene.Random(random, 12, 3, 6, 30, crowds: true);
            int[] weights = [.. Enumerable.Range(0, 12).Select(_ => random.Next(4))];
            (CocoGroundTruth truth, CocoResults results) = Copied(scene, weights);
            double weighted = Metric(scene.Truth, scene.Results, metric).Of(weights);
            Assert.Equal(BruteForce(truth, results, metric), weighted, 1e-12);
            Assert.InRange(weighted, 0.01, 0.99); // else it would be no test
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_voc_metric_is_that_of_the_voc_evaluator_which_takes_crowds_and_ignored_objects_for_difficult_ones(bool crowds)
    {
        Scene scene = Scene.Random(new Random(4), 30, 4, 6, 60, crowds: crowds);
        var evaluator = new VocEvaluator([.. scene.Truth.Categories.Select(one => one.Name)]);
        for (int image = 0; image < 30; image++)
            evaluator.Add($"{image}", [.. scene.Truth.Objects.Where(item => item.ImageIndex == image).Select(item => new ObjectAnnotation(item.CategoryIndex, ToBox(item.Box), Difficult: item.IsCrowd || item.Ignore))],
                [.. scene.Results.Detections.Where(found => found.ImageIndex == image).Select(found => new Detection(found.CategoryIndex, (float)found.Score, ToBox(found.Box)))]);
        int[] once = [.. Enumerable.Repeat(1, 30)];
        Assert.Equal(evaluator.Compute().MapArea!.Value, Metric(scene.Truth, scene.Results, BootstrapMetric.VocArea).Of(once), 1e-9);

        static Box ToBox(CocoBox box) => new((float)box.X, (float)box.Y, (float)(box.X + box.Width), (float)(box.Y + box.Height));
    }

    [Fact]
    public void A_small_box_in_a_crowd_is_a_false_positive_for_voc_and_nothing_for_coco()
    {
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Object(0, 0, 100, 100, 100, 100, isCrowd: true)
            .Detection(0, 0, 0.9, 110, 110, 10, 10).Detection(0, 0, 0.8, 0, 0, 10, 10);
        Assert.Equal(0.5, Metric(scene.Truth, scene.Results, BootstrapMetric.VocArea).Of([1]), 1e-12);
        Assert.Equal(1, Metric(scene.Truth, scene.Results, BootstrapMetric.CocoAp50).Of([1]), 1e-12);
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_a_run_does_not_differ_from_itself()
    {
        Scene scene = Scene.Random(new Random(6), 40, 3, 5, 50);
        var options = new BootstrapOptions { ResampleCount = 150 };
        PairedBootstrap first = Compare(scene.Truth, [scene.Results, scene.Results], Seeds.Generator(1, "bootstrap"), options);
        PairedBootstrap second = Compare(scene.Truth, [scene.Results, scene.Results], Seeds.Generator(1, "bootstrap"), options);
        Assert.Equal(first.Runs, second.Runs);
        Assert.Equal(first.Runs[0], first.Runs[1]);
        Assert.True(first.Runs[0].Low < first.Runs[0].Value && first.Runs[0].Value < first.Runs[0].High);
        BootstrapDifference difference = Assert.Single(first.Differences);
        Assert.Equal((new BootstrapEstimate(0, 0, 0), 1.0, 1.0), (difference.Difference, difference.SignFlipShare, difference.PValue));
        Assert.Equal(150, difference.Samples.Count);
    }

    [Fact]
    public void A_run_that_finds_more_in_every_image_differs_beyond_doubt()
    {
        Scene good = new(30, 1), bad = new(30, 1);
        for (int image = 0; image < 30; image++)
        {
            foreach (Scene scene in new[] { good, bad }) scene.Object(image, 0, 0, 0, 10, 10).Object(image, 0, 50, 0, 10, 10).Detection(image, 0, 0.9, 0, 0, 10, 10);
            good.Detection(image, 0, 0.8, 50, 0, 10, 10);
        }
        PairedBootstrap compared = Compare(good.Truth, [bad.Results, good.Results, bad.Results], new Random(1), new() { ResampleCount = 200 });
        Assert.Equal([(0, 1), (0, 2), (1, 2)], compared.Differences.Select(one => (one.First, one.Second)));
        BootstrapDifference better = compared.Differences[0];
        Assert.Equal(1 - (51 / 101.0), better.Difference.Value, 1e-12);
        Assert.Equal((0.0, 2.0 / 201), (better.SignFlipShare, better.PValue));
        Assert.True(better.Difference.Low > 0);
        Assert.Equal(-better.Difference.Value, compared.Differences[2].Difference.Value, 1e-12);
    }

    [Fact]
    public void Intervals_of_two_equally_good_runs_contain_0_about_nineteen_times_in_twenty()
    {
        var random = new Random(17);
        int contained = 0;
        const int Rounds = 300;
        for (int round = 0; round < Rounds; round++)
        {
            Scene first = new(60, 1), second = new(60, 1);
            for (int image = 0; image < 60; image++)
            {
                for (int o = 0; o < 3; o++)
                {
                    foreach (Scene scene in new[] { first, second })
                    {
                        scene.Object(image, 0, 100 * o, 0, 10, 10);
                        if (random.NextDouble() < 0.7) scene.Detection(image, 0, 0.3 + (0.7 * random.NextDouble()), 100 * o, 0, 10, 10);
                        if (random.NextDouble() < 0.3) scene.Detection(image, 0, 0.7 * random.NextDouble(), 100 * o, 100, 10, 10);
                    }
                }
            }
            PairedBootstrap compared = Compare(first.Truth, [first.Results, second.Results], random, new() { ResampleCount = 200 });
            BootstrapEstimate difference = compared.Differences[0].Difference;
            if (difference.Low <= 0 && 0 <= difference.High) contained++;
        }
        Assert.InRange(contained / (double)Rounds, 0.91, 0.98);
    }

    [Fact]
    public void Resamples_without_objects_are_left_out_and_without_any_object_there_is_no_number()
    {
        Scene one = new Scene(3, 1).Object(0, 0, 0, 0, 10, 10).Detection(0, 0, 0.9, 0, 0, 10, 10);
        PairedBootstrap rare = Compare(one.Truth, [one.Results, new CocoResults(null, [])], new Random(1), new() { ResampleCount = 100 });
        Assert.Equal(new BootstrapEstimate(-1, -1, -1), rare.Differences[0].Difference);
        Assert.Contains(rare.Differences[0].Samples, double.IsNaN);
        Scene empty = new(2, 1);
        PairedBootstrap nothing = Compare(empty.Truth, [empty.Results, empty.Results], new Random(1), new() { ResampleCount = 10 });
        Assert.True(double.IsNaN(nothing.Runs[0].Value) && double.IsNaN(nothing.Differences[0].PValue) && double.IsNaN(nothing.Differences[0].SignFlipShare));
    }

    [Fact]
    public void One_run_no_resample_and_a_confidence_of_1_are_refused()
    {
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 10, 10);
        Assert.Throws<ArgumentException>(() => Compare(scene.Truth, [scene.Results], new Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Compare(scene.Truth, [scene.Results, scene.Results], new Random(1), new() { ResampleCount = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Compare(scene.Truth, [scene.Results, scene.Results], new Random(1), new() { Confidence = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Compare(scene.Truth, [scene.Results, scene.Results], new Random(1), new() { Kind = OverlapKind.Keypoints }));
    }

    private static WeightedMetric Metric(CocoGroundTruth truth, CocoResults results, BootstrapMetric metric) =>
        new(truth, results, OverlapKind.Boxes, metric, 100, TestContext.Current.CancellationToken);

    private static PairedBootstrap Compare(CocoGroundTruth truth, IReadOnlyList<CocoResults> runs, Random random, BootstrapOptions? options = null) =>
        PairedBootstrap.Compute(truth, runs, random, options, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Every image as often as it weighs, each copy an image of its own.</summary>
    private static (CocoGroundTruth Truth, CocoResults Results) Copied(Scene scene, int[] weights)
    {
        var images = new List<CocoImage>();
        var objects = new List<CocoObject>();
        var detections = new List<CocoDetection>();
        for (int image = 0; image < weights.Length; image++)
        {
            for (int copy = 0; copy < weights[image]; copy++)
            {
                objects.AddRange(scene.Truth.Objects.Where(item => item.ImageIndex == image).Select(item => item with { ImageIndex = images.Count }));
                detections.AddRange(scene.Results.Detections.Where(found => found.ImageIndex == image).Select(found => found with { ImageIndex = images.Count }));
                images.Add(new CocoImage(images.Count + 1, 640, 480, null));
            }
        }
        return (new CocoGroundTruth(null, images, scene.Truth.Categories, objects), new CocoResults(null, detections));
    }

    /// <summary>A whole evaluation of the copied images: by the COCO evaluator, or matched anew and unweighted.</summary>
    private static double BruteForce(CocoGroundTruth truth, CocoResults results, BootstrapMetric metric)
    {
        if (metric == BootstrapMetric.VocArea) return Metric(truth, results, metric).Of([.. Enumerable.Repeat(1, truth.Images.Count)]);
        return CocoEvaluator.Evaluate(truth, results, cancellation: TestContext.Current.CancellationToken).AveragePrecision(metric == BootstrapMetric.CocoAp ? null : 0.5);
    }
}
