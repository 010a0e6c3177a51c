using ScratchDet.Data.Coco;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Tests.Data.Synthetic;

public class CocoCaseTests
{
    private static readonly CocoCaseSpec Spec = new() { Images = 400, Objects = 2936, Detections = 40_000, HasPolygons = true };

    [Fact]
    public void A_case_has_the_counts_and_the_proportions_of_coco()
    {
        (CocoGroundTruth truth, CocoResults results) = CocoCase.Make(Spec);
        Assert.Equal((400, 80, 2936, 40_000), (truth.Images.Count, truth.Categories.Count, truth.Objects.Count, results.Detections.Count));
        Assert.Equal(400, truth.Images.DistinctBy(image => image.Id).Count());
        Assert.Equal(2936, truth.Objects.DistinctBy(item => item.Id).Count());
        Assert.NotEqual(truth.Images.OrderBy(image => image.Id), truth.Images);
        Assert.All(results.Detections.GroupBy(detection => detection.ImageIndex), ofImage => Assert.Equal(100, ofImage.Count()));

        double Share(Func<CocoObject, bool> holds) => truth.Objects.Count(holds) / 2936.0;
        Assert.InRange(Share(item => item.IsCrowd), 0.004, 0.02);
        Assert.InRange(Share(item => item.Area < 32 * 32), 0.35, 0.6);
        Assert.InRange(Share(item => item.Area > 96 * 96), 0.08, 0.25);
        Assert.InRange(truth.Objects.DistinctBy(item => item.ImageIndex).Count(), 300, 399);
        for (int i = 0; i < truth.Objects.Count; i++)
        {
            CocoObject item = truth.Objects[i];
            CocoImage image = truth.Images[item.ImageIndex];
            Assert.Equal(!item.IsCrowd, truth.Masks!.TryPolygons(i, out _, out _));
            Assert.True(item.Box.X >= 0 && item.Box.Y >= 0 && item.Box.X + item.Box.Width <= image.Width + 0.01 && item.Box.Y + item.Box.Height <= image.Height + 0.01);
            // The outline's area and that of its pixels: near each other, but for the outlines of small objects.
            if (item.Area > 2000) Assert.InRange(truth.Masks.Of(i).Area / item.Area, 0.9, 1.1);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_case_and_another_seed_another()
    {
        (CocoGroundTruth truth, CocoResults results) = CocoCase.Make(Spec with { Objects = 50, Detections = 60 });
        (CocoGroundTruth sameTruth, CocoResults sameResults) = CocoCase.Make(Spec with { Objects = 50, Detections = 60 });
        Assert.Equal(truth.Objects, sameTruth.Objects);
        Assert.Equal(results.Detections, sameResults.Detections);
        Assert.NotEqual(truth.Objects, CocoCase.Make(Spec with { Objects = 50, Detections = 60, Seed = 2 }).Truth.Objects);
    }

    [Fact]
    public void Impossible_cases_are_refused()
    {
        Assert.Throws<ArgumentException>(() => CocoCase.Make(Spec with { Images = 0 }));
        Assert.Throws<ArgumentException>(() => CocoCase.Make(Spec with { Objects = -1 }));
        Assert.Throws<ArgumentException>(() => CocoCase.Make(Spec with { HasPolygons = false, HasDetectionMasks = true }));
        Assert.Empty(CocoCase.Make(new CocoCaseSpec { Images = 0, Objects = 0, Detections = 0 }).Truth.Images);
    }
}
