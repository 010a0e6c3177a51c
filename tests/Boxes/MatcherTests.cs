using FsCheck.Fluent;
using ScratchDet.Boxes;
using ScratchDet.Models;

namespace ScratchDet.Tests.Boxes;

public class MatcherTests
{
    /// <summary>Four boxes of 50 x 50 pixels that tile an image of 100 x 100: 0 left top, 1 right top, 2 left bottom, 3 right bottom.</summary>
    private static readonly DefaultBoxSet Tiles = new(new DefaultBoxSpec(100, 100, [DefaultBoxMap.Square(2, 50, 50, null, [])]));

    /// <summary>348 boxes, no multiple of the vector width, with many equal shapes.</summary>
    private static readonly DefaultBoxSet Grid = new((BoxLayout.Of(10, 20, 40) with { BoxesPerCell = [6] }).ForMaps(64, [7, 3]));

    public static TheoryData<IBoxMatcher> Matchers => [new ReferenceMatcher(), new TorchvisionMatcher()];

    [Theory]
    [MemberData(nameof(Matchers))]
    public void Without_objects_nothing_is_matched(IBoxMatcher matcher)
    {
        (int[] matched, float[] iou) = Match(matcher, Tiles);
        Assert.Equal([-1, -1, -1, -1], matched);
        Assert.Equal<float>([0, 0, 0, 0], iou);
    }

    [Theory]
    [MemberData(nameof(Matchers))]
    public void An_iou_of_exactly_the_threshold_matches(IBoxMatcher matcher)
    {
        // Object 0 fills tile 0. Object 1, 50 x 25 in tile 1: IoU 1250 / 2500 = 0.5 there; object 2 is twice tile 2 and 3:
        // 100 x 50, IoU 2500 / 5000 = 0.5 with both: one by its best fit, the other by the threshold.
        (int[] matched, float[] iou) = Match(matcher, Tiles, new Box(0, 0, 50, 50), new Box(50, 0, 100, 25), new Box(0, 50, 100, 100));
        Assert.Equal([0, 1, 2, 2], matched);
        Assert.Equal<float>([1, 0.5f, 0.5f, 0.5f], iou);
    }

    [Fact]
    public void Two_objects_with_the_same_best_box_both_get_one_in_the_reference()
    {
        // Object 1 overlaps tile 0 with 45 x 50 / (2500 + 2500 - 2250) = 0.818 and tile 1 with 5 x 50 / 4750 = 0.0526.
        Box[] objects = [new(0, 0, 50, 50), new(5, 0, 55, 50)];
        Assert.Equal([0, 1, -1, -1], Match(new ReferenceMatcher(), Tiles, objects).Matched);
        Assert.Equal([0, 1, -1, -1], Match(new ReferenceMatcher(), Tiles, [.. objects.Reverse()]).Matched.Select(o => o < 0 ? o : 1 - o));
    }

    [Fact]
    public void Two_objects_with_the_same_best_box_leave_the_first_without_one_in_torchvision() =>
        Assert.Equal([1, -1, -1, -1], Match(new TorchvisionMatcher(), Tiles, new Box(0, 0, 50, 50), new Box(5, 0, 55, 50)).Matched);

    [Fact]
    public void Equal_ious_are_given_by_box_and_then_by_object()
    {
        // All at 1250 / 3750 = 1/3: object 0 with tile 0, object 1 with tiles 0 and 1, object 2 with tile 1. Tile 0 goes to
        // object 0 before object 1; then tile 1 to object 1 before object 2, although object 2 wanted it from the start.
        Box[] objects = [new(0, -25, 50, 25), new(25, 0, 75, 50), new(50, -25, 100, 25)];
        Assert.Equal([0, 1, -1, -1], Match(new ReferenceMatcher(), Tiles, objects).Matched);
    }

    [Fact]
    public void A_small_object_is_matched_below_the_threshold_by_its_best_fit()
    {
        // 10 x 10 in tile 3: IoU 100 / 2500 = 0.04
        foreach (IBoxMatcher matcher in new IBoxMatcher[] { new ReferenceMatcher(), new TorchvisionMatcher() })
        {
            (int[] matched, float[] iou) = Match(matcher, Tiles, new Box(60, 60, 70, 70));
            Assert.Equal([-1, -1, -1, 0], matched);
            Assert.Equal(0.04f, iou[3], 1e-6f);
        }
    }

    [Fact]
    public void An_object_that_overlaps_no_box_gets_none_in_the_reference_and_the_first_in_torchvision()
    {
        var outside = new Box(200, 200, 210, 210);
        Assert.Equal([-1, -1, -1, -1], Match(new ReferenceMatcher(), Tiles, outside).Matched);
        Assert.Equal([0, -1, -1, -1], Match(new TorchvisionMatcher(), Tiles, outside).Matched); // argmax of zeros is 0
    }

    [Fact]
    public void More_objects_than_boxes_leave_the_worst_fitting_without_one()
    {
        Box[] objects = [.. Enumerable.Range(1, 6).Select(k => new Box(40, 40, 60 - k, 60 - k))];
        int[] matched = Match(new ReferenceMatcher(), Tiles, objects).Matched;
        Assert.Equal(4, matched.Distinct().Count());
        Assert.DoesNotContain(-1, matched);
    }

    [Fact]
    public void The_reference_gives_every_object_a_box_when_boxes_suffice() =>
        BoxArbitraries.Hold(
            BoxArbitraries.Box(64).ArrayOf(12),
            objects =>
            {
                // Every place is covered by more than 12 boxes, so one that overlaps is always left.
                int[] matched = Match(new ReferenceMatcher(), Grid, objects).Matched;
                return Enumerable.Range(0, objects.Length).All(o => matched.Contains(o));
            });

    [Fact]
    public void The_reference_equals_a_search_over_all_pairs() =>
        BoxArbitraries.Hold(
            BoxArbitraries.Box(64).ArrayOf(9),
            objects =>
            {
                (int[] matched, float[] iou) = Match(new ReferenceMatcher(), Grid, objects);
                (int[] expected, float[] expectedIou) = SearchAllPairs(Grid, objects, 0.5f);
                return matched.SequenceEqual(expected) && iou.SequenceEqual(expectedIou);
            });

    [Fact]
    public void Clustered_objects_that_fight_for_the_same_boxes_equal_a_search_over_all_pairs() =>
        BoxArbitraries.Hold(
            BoxArbitraries.Box(5).ArrayOf(20).Select(boxes => boxes.Select(box => new Box(20, 20, 30, 30).Shift(box.XMin, box.YMin)).ToArray()),
            objects => Match(new ReferenceMatcher(), Grid, objects).Matched.SequenceEqual(SearchAllPairs(Grid, objects, 0.5f).Matched));

    [Fact]
    public void Output_spans_of_the_wrong_length_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ReferenceMatcher().Match(Tiles, [], new int[3], new float[4]));
        Assert.Throws<ArgumentException>(() => new TorchvisionMatcher().Match(Tiles, [], new int[4], new float[5]));
    }

    private static (int[] Matched, float[] Iou) Match(IBoxMatcher matcher, DefaultBoxSet boxes, params Box[] objects)
    {
        int[] matched = new int[boxes.Count];
        float[] iou = new float[boxes.Count];
        matcher.Match(boxes, objects, matched, iou);
        return (matched, iou);
    }

    /// <summary>The reference rule as it is written: take the largest of all free pairs, again and again.</summary>
    private static (int[] Matched, float[] Iou) SearchAllPairs(DefaultBoxSet boxes, Box[] objects, float threshold)
    {
        var iou = new float[boxes.Count, objects.Length];
        var best = new float[boxes.Count];
        for (int i = 0; i < boxes.Count; i++)
        {
            for (int o = 0; o < objects.Length; o++)
            {
                iou[i, o] = objects[o].Iou(boxes[i]);
                best[i] = MathF.Max(best[i], iou[i, o]);
            }
        }
        int[] matched = [.. Enumerable.Repeat(-1, boxes.Count)];
        var waiting = new List<int>(Enumerable.Range(0, objects.Length));
        while (true)
        {
            (int Box, int Object, float Iou) top = (-1, -1, 1e-6f);
            for (int i = 0; i < boxes.Count; i++)
            {
                if (matched[i] >= 0) continue;
                foreach (int o in waiting)
                {
                    if (iou[i, o] > top.Iou) top = (i, o, iou[i, o]);
                }
            }
            if (top.Box < 0) break;
            matched[top.Box] = top.Object;
            waiting.Remove(top.Object);
        }
        for (int i = 0; i < boxes.Count; i++)
        {
            if (matched[i] >= 0 || best[i] < threshold) continue;
            matched[i] = Enumerable.Range(0, objects.Length).First(o => iou[i, o] == best[i]);
        }
        return (matched, best);
    }
}
