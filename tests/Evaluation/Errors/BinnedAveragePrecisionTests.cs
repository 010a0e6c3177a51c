using ScratchDet.Evaluation.Coco;
using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Tests.Evaluation.Errors;

public class BinnedAveragePrecisionTests
{
    private static readonly ObjectBin Everything = new("all", BinQuantity.Area, 0, double.PositiveInfinity, IncludesHigh: true);

    [Fact]
    public void An_object_counts_in_the_bin_of_its_annotated_area_and_elsewhere_its_detection_costs_nothing()
    {
        // A small object found, a large one missed; a false alarm of medium size ranks first.
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 20, 20).Object(0, 0, 100, 100, 200, 200)
            .Detection(0, 0, 0.9, 400, 0, 50, 50).Detection(0, 0, 0.8, 0, 0, 20, 20);
        IReadOnlyList<BinAveragePrecision> sizes = BinnedAveragePrecision.Compute(scene.Truth, scene.Results, ObjectBin.CocoAreas, cancellation: TestContext.Current.CancellationToken).Bins;
        Assert.Equal([1, 0, 1], sizes.Select(one => one.ObjectCount));
        Assert.Equal((1, 1, 1), (sizes[0].Ap, sizes[0].Ap50, sizes[0].Recall50));
        Assert.True(double.IsNaN(sizes[1].Ap) && double.IsNaN(sizes[1].Ap50));
        Assert.Equal((0, 0, 0), (sizes[2].Ap, sizes[2].Ap50, sizes[2].Recall50));
    }

    [Fact]
    public void Small_medium_and_large_are_those_of_the_COCO_evaluator()
    {
        var random = new Random(8);
        for (int round = 0; round < 10; round++)
        {
            Scene scene = Scene.Random(random, 30, 4, 8, 80, crowds: true, scoreSteps: round % 2 == 0 ? 20 : null);
            CocoEvaluation reference = CocoEvaluator.Evaluate(scene.Truth, scene.Results, cancellation: TestContext.Current.CancellationToken);
            foreach (BinAveragePrecision one in BinnedAveragePrecision.Compute(scene.Truth, scene.Results, [.. ObjectBin.CocoAreas, Everything], cancellation: TestContext.Current.CancellationToken).Bins)
            {
                Assert.Equal(reference.AveragePrecision(area: one.Bin.Name), one.Ap, 1e-12);
                Assert.Equal(reference.AveragePrecision(0.5, one.Bin.Name), one.Ap50, 1e-12);
                Assert.Equal(reference.AverageRecall(0.5, one.Bin.Name), one.Recall50, 1e-12);
                Assert.InRange(one.Ap, 0.001, 0.999); // else it would be no test
            }
        }
    }

    [Fact]
    public void A_detection_with_an_overlap_of_two_thirds_is_a_hit_at_four_of_ten_thresholds()
    {
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 30, 30).Detection(0, 0, 0.9, 0, 0, 30, 20); // hit at 0.5, 0.55, 0.6, 0.65
        BinAveragePrecision small = BinnedAveragePrecision.BySize(scene.Truth, scene.Results, cancellation: TestContext.Current.CancellationToken).Bins[0];
        Assert.Equal((1, 0.4), (small.Ap50, small.Ap));
    }

    [Fact]
    public void Aspects_are_of_boxes_and_every_object_with_a_size_is_in_one_bin()
    {
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 10, 40).Object(0, 0, 50, 0, 10, 20).Object(0, 0, 100, 0, 10, 10).Object(0, 0, 150, 0, 20, 10).Object(0, 0, 200, 0, 40, 10)
            .Detection(0, 0, 0.9, 100, 0, 10, 10).Detection(0, 0, 0.8, 200, 0, 40, 10);
        IReadOnlyList<BinAveragePrecision> aspects = BinnedAveragePrecision.ByAspect(scene.Truth, scene.Results, cancellation: TestContext.Current.CancellationToken).Bins;
        Assert.Equal([1, 1, 1, 1, 1], aspects.Select(one => one.ObjectCount));
        Assert.Equal([0, 0, 1, 0, 1], aspects.Select(one => one.Ap50));
    }

    [Fact]
    public void Quantile_bins_hold_each_object_once_and_about_as_many_each()
    {
        Scene scene = Scene.Random(new Random(2), 50, 3, 10, 0, crowds: true);
        IReadOnlyList<BinAveragePrecision> bins = BinnedAveragePrecision.Compute(scene.Truth, scene.Results, ObjectBin.AreaQuantiles(scene.Truth, 5), cancellation: TestContext.Current.CancellationToken).Bins;
        int counting = scene.Truth.Objects.Count(item => !item.IsCrowd && !item.Ignore);
        Assert.Equal(counting, bins.Sum(one => one.ObjectCount));
        Assert.All(bins, one => Assert.InRange(one.ObjectCount, (counting / 5) - 1, (counting / 5) + 1));
        Assert.Equal(5, bins.Select(one => one.Bin.Name).Distinct().Count());
    }

    [Fact]
    public void Equal_areas_make_fewer_bins_and_no_object_makes_none()
    {
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Object(0, 0, 50, 0, 10, 10).Object(0, 0, 100, 0, 20, 20);
        Assert.Equal(["side < 20 px", "side ≥ 20 px"], ObjectBin.AreaQuantiles(scene.Truth, 3).Select(bin => bin.Name));
        Assert.Equal(["any side"], ObjectBin.AreaQuantiles(new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Truth, 3).Select(bin => bin.Name));
        Assert.Empty(ObjectBin.AreaQuantiles(new Scene(1, 1).Truth, 3));
    }
}
