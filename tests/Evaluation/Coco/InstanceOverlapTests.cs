using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Tests.Evaluation.Coco;

public class InstanceOverlapTests
{
    private static readonly CocoImage[] Images = [new(1, 4, 4, null)];
    private static readonly CocoCategory[] Categories = [new(1, "thing")];

    private static CocoGroundTruth Truth(params CocoObject[] objects) => new(null, Images, Categories, objects);

    private static CocoResults Results(int count) => new(null, [.. Enumerable.Range(0, count).Select(_ => new CocoDetection(0, 0, 0.5, default, 0))]);

    private static double[] Compute(InstanceOverlap overlap, int detections, int objects)
    {
        var overlaps = new double[detections * objects];
        overlap.Compute([.. Enumerable.Range(0, detections)], [.. Enumerable.Range(0, objects)], overlaps);
        return overlaps;
    }

    [Theory]
    [InlineData(0, 0, 10, 10, false, 1)]
    [InlineData(5, 0, 10, 10, false, 50 / 150.0)]
    [InlineData(10, 0, 10, 10, false, 0)]       // only touch
    [InlineData(2, 2, 0, 5, false, 0)]          // no area
    [InlineData(5, 0, 10, 10, true, 0.5)]       // half of the detection is in the crowd
    [InlineData(2, 2, 3, 3, true, 1)]
    [InlineData(2, 2, 0, 5, true, 0)]
    public void Overlap_of_boxes(double x, double y, double width, double height, bool isCrowd, double expected) =>
        Assert.Equal(expected, new CocoBox(x, y, width, height).IntersectionOverUnion(new CocoBox(0, 0, 10, 10), isCrowd));

    [Fact]
    public void A_row_for_each_detection_and_a_column_for_each_object()
    {
        CocoGroundTruth truth = Truth(new CocoObject(1, 0, 0, new(0, 0, 2, 2), 4), new CocoObject(2, 0, 0, new(0, 0, 4, 2), 8, IsCrowd: true));
        var results = new CocoResults(null, [new CocoDetection(0, 0, 1, new(0, 0, 4, 4), 16), new CocoDetection(0, 0, 1, new(1, 0, 1, 2), 2)]);
        Assert.Equal([0.25, 0.5, 0.5, 1], Compute(new BoxOverlap(truth, results), 2, 2));
    }

    [Fact]
    public void Overlap_of_masks_counts_pixels()
    {
        // 4 x 4, column after column: the left half; the left column; the middle two columns; nothing; another size.
        RunLengthMask left = new(4, 4, 0, 8, 8), column = new(4, 4, 0, 4, 12), middle = new(4, 4, 4, 8, 4), empty = new(4, 4, 16), other = new(2, 8, 0, 16);
        CocoMasks items = new(), found = new();
        foreach (RunLengthMask mask in (RunLengthMask[])[left, left, empty, other]) items.Add(mask);
        foreach (RunLengthMask mask in (RunLengthMask[])[left, column, middle, empty]) found.Add(mask);
        CocoGroundTruth truth = Truth([.. Enumerable.Range(1, 4).Select(id => new CocoObject(id, 0, 0, default, 1, IsCrowd: id == 2))]) with { Masks = items };
        CocoResults results = Results(4) with { Masks = found };

        Assert.Equal([1, 1, 0, 0, 0.5, 1, 0, 0, 4 / 12.0, 0.5, 0, 0, 0, 0, 0, 0], Compute(new MaskOverlap(truth, results), 4, 4));
        // What is below 0.6 for sure need not be counted; what is not, is.
        double[] atLeast = Compute(new MaskOverlap(truth, results, smallestNeeded: 0.6), 4, 4);
        Assert.Equal([1, 1, 0, 0, 0, 1, 0, 0], atLeast[..8]);
    }

    [Fact]
    public void A_bound_never_hides_an_overlap_that_is_needed()
    {
        Random random = Seeds.Generator(1, "mask overlap test");
        CocoMasks items = new(), found = new();
        const int count = 60;
        for (int i = 0; i < count; i++)
        {
            foreach (CocoMasks masks in (CocoMasks[])[items, found])
            {
                int begin = random.Next(20), end = random.Next(begin, 36), hole = random.Next(begin, end + 1), after = random.Next(hole, end + 1);
                masks.Add(new RunLengthMask(6, 6, (uint)begin, (uint)(hole - begin), (uint)(after - hole), (uint)(end - after), (uint)(36 - end)));
            }
        }
        CocoGroundTruth truth = Truth([.. Enumerable.Range(1, count).Select(id => new CocoObject(id, 0, 0, default, 1, IsCrowd: id % 3 == 0))]) with { Masks = items };
        CocoResults results = Results(count) with { Masks = found };

        double[] all = Compute(new MaskOverlap(truth, results), count, count), needed = Compute(new MaskOverlap(truth, results, 0.5), count, count);

        Assert.Equal(all.Select(value => value >= 0.5 ? value : 0), needed.Select(value => value >= 0.5 ? value : 0));
        Assert.Contains(all, value => value == 0.5);
        Assert.True(needed.Count(value => value == 0) > all.Count(value => value == 0));
    }

    [Fact]
    public void Similarity_of_keypoints_falls_with_the_distance()
    {
        // Area 2, sigma 0.5: a keypoint off by 1 has exp(-1 / (2 x 2 x 1)); the one without label does not count.
        CocoKeypoints items = new(), found = new();
        items.Add([1, 1, 2, 5, 5, 1, 9, 9, 0]);
        found.Add([1, 2, 0, 5, 5, 0, 0, 0, 0]);
        CocoGroundTruth truth = Truth(new CocoObject(1, 0, 0, new(0, 0, 9, 9), 2)) with { Keypoints = items };
        double similarity = Assert.Single(Compute(new KeypointOverlap(truth, Results(1) with { Keypoints = found }, [0.5]), 1, 1));
        Assert.Equal((Math.Exp(-0.25) + 1) / 2, similarity, 1e-14);
    }

    [Fact]
    public void Without_labelled_keypoints_the_distance_is_that_to_twice_the_box()
    {
        // The box 4..6 doubled on each side: 2..8. One keypoint inside, one 3 to the left and 4 above its corner.
        CocoKeypoints items = new(), found = new();
        items.Add([0, 0, 0, 0, 0, 0]);
        items.Add([]);
        found.Add([5, 5, 1, -1, -2, 1]);
        CocoObject item = new(1, 0, 0, new(4, 4, 2, 2), 4);
        CocoGroundTruth truth = Truth(item, item with { Id = 2 }) with { Keypoints = items };
        double expected = (1 + Math.Exp(-25 / 4.0 / 2)) / 2;
        Assert.All(Compute(new KeypointOverlap(truth, Results(1) with { Keypoints = found }, [0.5, 0.5]), 1, 2), similarity => Assert.Equal(expected, similarity, 1e-14));
    }

    [Fact]
    public void Other_numbers_of_keypoints_are_refused_by_name()
    {
        CocoKeypoints items = new(), found = new(), odd = new();
        items.Add([1, 1, 2, 5, 5, 1]);
        found.Add([1, 1, 1, 1, 1, 1]);
        odd.Add([1, 1, 1]);
        CocoGroundTruth truth = Truth(new CocoObject(41, 0, 0, new(0, 0, 9, 9), 2)) with { File = "gt.json", Keypoints = items };
        CocoResults results = Results(1) with { File = "dt.json", Keypoints = found };

        Assert.Contains("17 sigmas for 2", Assert.Throws<ArgumentException>(() => new KeypointOverlap(truth, results)).Message);
        Assert.Contains("above 0", Assert.Throws<ArgumentException>(() => new KeypointOverlap(truth, results, [0.5, 0])).Message);
        Assert.Equal("dt.json: detection 1 (counted from 1): it has 1 keypoints, others have 2; give all the same keypoints",
            Assert.Throws<BadInputException>(() => new KeypointOverlap(truth, results with { Keypoints = odd }, [0.5])).Message);
        items.Add([1, 1, 1]);
        CocoGroundTruth uneven = truth with { Objects = [.. truth.Objects, truth.Objects[0] with { Id = 42 }] };
        Assert.StartsWith("gt.json: annotation 42: it has 1 keypoints, others have 2", Assert.Throws<BadInputException>(() => new KeypointOverlap(uneven, results, [0.5])).Message);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(17)]
    [InlineData(300)]
    public void Sums_are_exact_where_every_order_is(int count) =>
        Assert.Equal(count * (count + 1) / 2, KeypointOverlap.PairwiseSum([.. Enumerable.Range(1, count).Select(value => (double)value)]));
}
