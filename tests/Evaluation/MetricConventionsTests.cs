using ScratchDet.Data.Coco;
using ScratchDet.Evaluation;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Evaluation;

public class MetricConventionsTests
{
    private static readonly CocoBox Place = new(10, 10, 10, 10);

    [Fact]
    public void A_detection_beside_a_taken_object_is_a_duplicate_for_voc_and_takes_the_next_one_for_coco()
    {
        // Two objects 3 pixels apart; both detections overlap the first one best.
        IReadOnlyList<MetricConvention> rows = Compare(
            [Object(Place), Object(Place with { X = 13 })],
            [Found(0.9, Place), Found(0.8, Place with { X = 11 })]);

        Assert.Equal(0.5, Value(rows, "VOC 2010 on: area under the curve"));
        Assert.Equal(51.0 / 101, Value(rows, "VOC's matching, COCO's 101 levels"), 1e-12);
        Assert.Equal(1, Value(rows, "COCO AP50"), 1e-12);
    }

    [Fact]
    public void An_overlap_of_exactly_one_half_divides_the_devkit_from_py_faster_rcnn()
    {
        IReadOnlyList<MetricConvention> rows = Compare([Object(Place)], [Found(0.9, Place with { Height = 5 })]);

        Assert.Equal(1, Value(rows, "VOC 2007: 11 recall levels"));
        Assert.Equal(0, Value(rows, "VOC 2007 as in py-faster-rcnn"));
    }

    [Fact]
    public void Without_the_one_pixel_a_small_box_falls_below_the_threshold()
    {
        // 10 x 10 against 10 x 5.4 pixels: 0.54. One pixel less each way: 9 x 4.4 / 81 = 0.489.
        IReadOnlyList<MetricConvention> rows = Compare([Object(Place)], [Found(0.9, Place with { Height = 5.4 })]);

        Assert.Equal(1, Value(rows, "VOC 2010 on: area under the curve"));
        Assert.Equal(0, Value(rows, "area, pixels without the + 1"));
    }

    [Fact]
    public void Difficult_objects_absent_classes_and_a_score_cut_each_have_their_row()
    {
        // Class 1: an object found at 0.9 and one at 0.2; a difficult one that is missed. Class 2 has no object.
        IReadOnlyList<MetricConvention> rows = Compare(
            [Object(Place), Object(Place with { X = 50 }), Object(Place with { X = 90 }) with { Ignore = true }],
            [Found(0.9, Place), Found(0.2, Place with { X = 50 })]);

        Assert.Equal(1, Value(rows, "VOC 2010 on: area under the curve"));
        Assert.Equal(2.0 / 3, Value(rows, "area, difficult objects count"), 1e-12);
        Assert.Equal(0.5, Value(rows, "area, absent classes count as 0"));
        Assert.Equal(0.5, Value(rows, "area, scores from 0.3"));
    }

    [Fact]
    public void One_list_for_all_classes_lets_the_frequent_class_decide_and_a_detection_needs_its_own_class()
    {
        // Class 1: three objects, all found. Class 2: one object, which only a detection of class 1 hits. By class 1 and 0.
        CocoBox[] places = [Place, Place with { X = 50 }, Place with { X = 90 }];
        IReadOnlyList<MetricConvention> rows = Compare(
            [.. places.Select(place => Object(place)), Object(Place with { X = 130 }) with { CategoryIndex = 1 }],
            [.. places.Select(place => Found(0.9, place)), Found(0.1, Place with { X = 130 })]);

        Assert.Equal(0.5, Value(rows, "VOC 2010 on: area under the curve"));
        Assert.Equal(0.75, Value(rows, "area, all classes in one list"));
    }

    [Fact]
    public void The_text_has_a_line_and_a_reason_for_every_row_and_nothing_measured_is_a_dash()
    {
        IReadOnlyList<MetricConvention> rows = Compare([], []);
        Assert.All(rows, row => Assert.Null(row.Value));
        string text = new ConventionsView(rows).ToText();
        Assert.All(rows, row => Assert.Contains($"{row.Name}: {row.Reason}", text));
        Assert.All(rows.Skip(1), row => Assert.Contains(rows, other => other.Name == row.ComparedWith));

        string scored = new ConventionsView(Compare([Object(Place)], [Found(0.9, Place with { Height = 5 })])).ToText();
        Assert.Matches(@"VOC 2007 as in py-faster-rcnn +0\.0 +-100\.0 +VOC 2007: 11 recall levels", scored);
    }

    private static CocoObject Object(CocoBox box) => new(1, 0, 0, box, box.Area);

    private static CocoDetection Found(double score, CocoBox box) => new(0, 0, score, box, box.Area);

    private static IReadOnlyList<MetricConvention> Compare(IReadOnlyList<CocoObject> objects, IReadOnlyList<CocoDetection> detections) =>
        MetricConventions.Compare(
            new CocoGroundTruth(null, [new CocoImage(1, 200, 100, null)], [new CocoCategory(1, "one"), new CocoCategory(2, "two")], objects),
            new CocoResults(null, detections));

    private static double Value(IReadOnlyList<MetricConvention> rows, string name) => Assert.Single(rows, row => row.Name == name).Value!.Value;
}
