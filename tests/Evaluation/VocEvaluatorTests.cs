using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Evaluation;

namespace ScratchDet.Tests.Evaluation;

public class VocEvaluatorTests
{
    private static readonly Box Left = new(0, 0, 10, 10);
    private static readonly Box Right = new(20, 0, 30, 10);
    private static readonly Box Nowhere = new(100, 100, 110, 110);

    [Fact]
    public void Six_detections_worked_by_hand()
    {
        // Objects: image 1 Left and Right, image 2 Left, and Right which is difficult. So 3 count.
        //  score  image  box                        so            tp  fp  precision  recall
        //  0.9    1      Left                       hit           1   0   1          1/3
        //  0.8    1      Left again                 duplicate     1   1   1/2        1/3
        //  0.7    2      Right, difficult           ignored       1   1   1/2        1/3
        //  0.6    2      upper half of Left, 0.5    hit           2   1   2/3        2/3
        //  0.5    1      Nowhere                    miss          2   2   1/2        2/3
        //  0.4    1      Right                      hit           3   2   3/5        1
        // 11-point: 0 to 0.3 have 1, 0.4 to 0.6 have 2/3, 0.7 to 1 have 3/5: (4 + 2 + 2.4) / 11.
        // Area: (1 + 2/3 + 3/5) / 3.
        var evaluator = new VocEvaluator(["part"]);
        evaluator.Add(
            "1", [new(0, Left), new(0, Right)],
            [new(0, 0.4f, Right), new(0, 0.9f, Left), new(0, 0.5f, Nowhere), new(0, 0.8f, Left)]);
        evaluator.Add(
            "2", [new(0, Left), new(0, Right, Difficult: true)], [new(0, 0.6f, new Box(0, 0, 10, 5)), new(0, 0.7f, Right)]);
        VocResult result = evaluator.Compute();
        VocClassResult part = Assert.Single(result.Classes);
        Assert.Equal(("part", 3), (part.ClassName, part.ObjectCount));
        Assert.Equal([0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f], part.Scores.Select(score => (float)score));
        Assert.Equal([1, 1.0 / 2, 1.0 / 2, 2.0 / 3, 1.0 / 2, 3.0 / 5], part.Precision);
        Assert.Equal([1.0 / 3, 1.0 / 3, 1.0 / 3, 2.0 / 3, 2.0 / 3, 1], part.Recall);
        Assert.Equal(8.4 / 11, part.Ap07!.Value, 1e-15);
        Assert.Equal((1 + 2.0 / 3 + 3.0 / 5) / 3, part.ApArea!.Value, 1e-15);
        Assert.Equal((part.Ap07, part.ApArea), (result.Map07, result.MapArea));
    }

    [Fact]
    public void An_iou_of_exactly_one_half_matches_and_a_little_less_does_not()
    {
        Assert.Equal(1, Score([new(0, Left)], [new(0, 1, new Box(0, 0, 10, 20))]).MapArea); // 100 / 200
        Assert.Equal(0, Score([new(0, Left)], [new(0, 1, new Box(0, 0, 10, 20.001f))]).MapArea);
    }

    [Fact]
    public void The_inclusive_corners_of_the_devkit_give_the_same_iou()
    {
        // Devkit boxes [1 1 10 10] and [1 1 10 5], counted with + 1: 10 x 5 / 100 = 0.5. Ours: (0, 0, 10, 10), (0, 0, 10, 5).
        // Without the + 1 it would be 9 x 4 / 81 = 0.44.
        Assert.Equal(1, Score([new(0, Left)], [new(0, 1, new Box(0, 0, 10, 5))]).MapArea);
    }

    [Fact]
    public void A_detection_belongs_to_its_largest_overlap_even_when_that_is_taken()
    {
        // IoU of the second detection (1, 0, 11, 10): with a (0, 0, 10, 10) 90 / 110 = 0.82, with b (3, 0, 13, 10)
        // 80 / 120 = 0.67. a is taken, so it is a duplicate although b is free.
        VocResult result = Score(
            [new(0, new Box(0, 0, 10, 10)), new(0, new Box(3, 0, 13, 10))],
            [new(0, 0.9f, new Box(0, 0, 10, 10)), new(0, 0.8f, new Box(1, 0, 11, 10))]);
        Assert.Equal([1, 0.5], result.Classes[0].Precision);
        Assert.Equal([0.5, 0.5], result.Classes[0].Recall);
    }

    [Fact]
    public void A_detection_whose_largest_overlap_is_difficult_is_ignored_each_time()
    {
        ObjectAnnotation[] objects = [new(0, Left, Difficult: true), new(0, Right)];
        VocResult result = Score(objects, [new(0, 0.9f, Left), new(0, 0.8f, Left), new(0, 0.7f, Right)]);
        Assert.Equal([0, 0, 1], result.Classes[0].Precision);
        Assert.Equal((1, 1), (result.Map07!.Value, result.MapArea!.Value));
    }

    [Fact]
    public void Equal_scores_count_in_the_order_they_were_added()
    {
        ObjectAnnotation[] objects = [new(0, Left)];
        Assert.Equal(1, Score(objects, [new(0, 0.5f, Left), new(0, 0.5f, Nowhere)]).MapArea);
        Assert.Equal(0.5, Score(objects, [new(0, 0.5f, Nowhere), new(0, 0.5f, Left)]).MapArea);
        Assert.Equal(0.5, Score(objects, [new(0, -0f, Nowhere), new(0, 0f, Left)]).MapArea); // the two zeros are equal
    }

    [Fact]
    public void Equal_scores_across_images_keep_the_order_of_a_detection_file()
    {
        var evaluator = new VocEvaluator(["part"]);
        evaluator.AddImage("1");
        evaluator.AddImage("2");
        evaluator.AddObject("2", 0, VocCorners.From(Left), isDifficult: false);
        evaluator.AddDetection("2", 0, 0.5, VocCorners.From(Left)); // before the one of image 1
        evaluator.AddDetection("1", 0, 0.5, VocCorners.From(Left));
        Assert.Equal(1, evaluator.Compute().MapArea);
    }

    [Fact]
    public void Many_equal_scores_stay_in_order()
    {
        // 200 misses and then 1 hit of one score: precision 1 / 201, whatever a sort does with equal keys.
        Detection[] detections = [.. Enumerable.Repeat(new Detection(0, 0.5f, Nowhere), 200), new(0, 0.5f, Left)];
        Assert.Equal(1.0 / 201, Score([new(0, Left)], detections).MapArea!.Value, 1e-15);
    }

    [Fact]
    public void A_class_without_objects_has_no_precision_and_is_left_out_of_the_mean()
    {
        var evaluator = new VocEvaluator(["found", "absent", "only difficult", "missed"]);
        evaluator.Add(
            "1", [new(0, Left), new(2, Left, Difficult: true), new(3, Right)],
            [new(0, 0.9f, Left), new(1, 0.9f, Left), new(2, 0.9f, Left)]);
        VocResult result = evaluator.Compute();
        Assert.Equal([1, null, null, 0], result.Classes.Select(c => c.Ap07));
        Assert.Equal([1, null, null, 0], result.Classes.Select(c => c.ApArea));
        Assert.Equal([1, 0, 0, 1], result.Classes.Select(c => c.ObjectCount));
        Assert.Equal((0.5, 0.5), (result.Map07!.Value, result.MapArea!.Value));
        Assert.Empty(result.Classes[1].Precision);
        Assert.Empty(result.Classes[3].Precision);
    }

    [Fact]
    public void Without_any_object_there_is_no_mean()
    {
        Assert.Null(Score([], [new(0, 0.9f, Left)]).Map07);
        Assert.Null(new VocEvaluator(["part"]).Compute().MapArea);
    }

    [Fact]
    public void A_detection_in_an_image_without_its_class_is_a_false_positive()
    {
        var evaluator = new VocEvaluator(["a", "b"]);
        evaluator.Add("1", [new(0, Left)], [new(0, 0.8f, Left)]);
        evaluator.Add("2", [new(1, Left)], [new(0, 0.9f, Left)]);
        Assert.Equal(0.5, evaluator.Compute().Classes[0].ApArea);
    }

    [Fact]
    public void Images_may_follow_after_a_first_result()
    {
        var evaluator = new VocEvaluator(["part"]);
        evaluator.Add("1", [new(0, Left)], [new(0, 0.8f, Left)]);
        Assert.Equal(1, evaluator.Compute().MapArea);
        Assert.Equal(1, evaluator.Compute().MapArea); // asking changes nothing
        evaluator.Add("2", [new(0, Left)], []);
        Assert.Equal(0.5, evaluator.Compute().MapArea);
        Assert.Equal(2, evaluator.ImageCount);
    }

    [Fact]
    public void A_higher_threshold_asks_for_more_overlap()
    {
        var evaluator = new VocEvaluator(["part"], iouThreshold: 0.75);
        evaluator.Add("1", [new(0, Left)], [new(0, 0.8f, new Box(0, 0, 10, 7))]);
        Assert.Equal(0, evaluator.Compute().MapArea);
        Assert.Throws<ArgumentOutOfRangeException>(() => new VocEvaluator(["part"], 0));
    }

    [Fact]
    public void Wrong_additions_are_refused_and_change_nothing()
    {
        var evaluator = new VocEvaluator(["part"]);
        evaluator.Add("1", [new(0, Left)], [new(0, 0.8f, Left)]);
        Assert.Contains("image 1", Assert.Throws<ArgumentException>(() => evaluator.AddImage("1")).Message);
        Assert.Contains("image 2", Assert.Throws<ArgumentException>(() => evaluator.AddDetection("2", 0, 0.5, VocCorners.From(Left))).Message);
        Assert.Contains("class index 1", Assert.Throws<ArgumentException>(() => evaluator.Add("2", [new(1, Left)], [])).Message);
        Assert.Throws<ArgumentException>(() => evaluator.AddDetection("1", -1, 0.5, VocCorners.From(Left)));
        Assert.Throws<ArgumentException>(() => evaluator.AddDetection("1", 0, double.NaN, VocCorners.From(Left)));
        Assert.Equal((1, 1.0), (evaluator.ImageCount, evaluator.Compute().MapArea!.Value));
    }

    [Fact]
    public void An_iou_of_exactly_the_threshold_is_no_match_by_the_rules_of_py_faster_rcnn()
    {
        var evaluator = new VocEvaluator(["part"], rules: VocRules.PyFasterRcnn);
        evaluator.Add("1", [new(0, Left)], [new(0, 0.8f, new Box(0, 0, 10, 5)), new(0, 0.7f, new Box(0, 0, 10, 5.1f))]);
        VocClassResult part = evaluator.Compute().Classes[0];
        Assert.Equal([0, 0.5], part.Precision);
    }

    [Theory]
    [InlineData(3, 3, 3)] // the level 3 * 0.1 is above 3 / 10 in both
    [InlineData(6, 7, 6)] // 1 - 4 * 0.1 is 0.6; 6 * 0.1 is above it
    [InlineData(7, 8, 7)]
    [InlineData(8, 9, 9)]
    public void Recall_levels_counted_up_from_0_miss_six_and_seven_tenths(int found, int levelsOfDevkit, int levelsOfPyFasterRcnn)
    {
        // Ten objects of which the best detections find some: precision 1 up to that recall.
        var boxes = Enumerable.Range(0, 10).Select(i => new Box(20 * i, 0, 20 * i + 10, 10)).ToArray();
        foreach ((VocRules rules, int levels) in new[] { (VocRules.Devkit, levelsOfDevkit), (VocRules.PyFasterRcnn, levelsOfPyFasterRcnn) })
        {
            var evaluator = new VocEvaluator(["part"], rules: rules);
            evaluator.Add("1", [.. boxes.Select(box => new ObjectAnnotation(0, box))], [.. boxes.Take(found).Select(box => new Detection(0, 0.5f, box))]);
            Assert.Equal(levels / 11.0, evaluator.Compute().Map07!.Value, 1e-15);
        }
    }

    [Fact]
    public void Scores_and_coordinates_that_differ_beyond_single_precision_are_different()
    {
        // 0.3 and the next double: as floats they would be equal, and the miss, added first, would come first.
        var evaluator = new VocEvaluator(["part"]);
        evaluator.AddImage("1");
        evaluator.AddObject("1", 0, new VocCorners(1, 1, 10, 10), isDifficult: false);
        evaluator.AddDetection("1", 0, 0.3, new VocCorners(101, 1, 110, 10));
        evaluator.AddDetection("1", 0, Math.BitIncrement(0.3), new VocCorners(1, 1, 10, 10));
        Assert.Equal(1, evaluator.Compute().MapArea);

        // A height of 20.000000001 makes the IoU 0.49999999997: no match, and as a float it would be 0.5.
        evaluator = new VocEvaluator(["part"]);
        evaluator.AddImage("1");
        evaluator.AddObject("1", 0, new VocCorners(1, 1, 10, 10), isDifficult: false);
        evaluator.AddDetection("1", 0, 0.3, new VocCorners(1, 1, 10, 20.000000001));
        Assert.Equal(0, evaluator.Compute().MapArea);
    }

    [Fact]
    public void The_classes_that_the_mean_leaves_out_are_named()
    {
        var evaluator = new VocEvaluator(["cat", "dog", "cow"]);
        evaluator.Add("1", [new(1, Left), new(2, Left, Difficult: true)], []);
        Assert.Equal("left out of the mean, having no objects that count: cat, cow", evaluator.Compute().LeftOut);
        evaluator.Add("2", [new(0, Left), new(2, Left)], []);
        Assert.Null(evaluator.Compute().LeftOut);
    }

    private static VocResult Score(IReadOnlyList<ObjectAnnotation> objects, IReadOnlyList<Detection> detections)
    {
        var evaluator = new VocEvaluator(["part"]);
        evaluator.Add("1", objects, detections);
        return evaluator.Compute();
    }
}
