using ScratchDet.Data.Coco;
using static ScratchDet.Tests.Data.Coco.CocoFiles;

namespace ScratchDet.Tests.Data.Coco;

public class CocoResultsReaderTests
{
    private const string Head = "\"image_id\": 7, \"category_id\": 0, \"score\": 0.5";

    [Fact]
    public void No_detections_are_fine() => Assert.Empty(ReadResults(" [ ] \n").Detections);

    [Fact]
    public void Boxes_give_the_area_and_the_order_of_the_file_stays() =>
        Assert.Equal(
            [new(1, 1, -2, new(1, 2, 3, 4.5), 13.5), new(0, 0, 0.5, new(0, 0, 0, 9), 0)],
            ReadResults($$"""
                [{"image_id": -3.0, "score": -2, "category_id": 9e9, "bbox": [1, 2, 3, 4.5], "segmentation": []},
                 {{{Head}}, "bbox": [0, 0, 0, 9], "keypoints": "not asked for"}]
                """).Detections);

    [Fact]
    public void With_boxes_in_the_first_detection_the_area_is_the_boxs_and_boxes_stand_in_for_missing_masks()
    {
        CocoResults results = ReadResults($$"""
            [{{{Head}}, "bbox": [1, 1, 2, 3]}, {{{Head}}, "segmentation": {"size": [10, 10], "counts": [99, 1]}, "bbox": [0, 0, 5, 5]}]
            """, CocoParts.Masks);
        Assert.Equal([6, 25], results.Detections.Select(detection => detection.Area));
        Assert.Equal(RunLengthMask.FromPolygon(10, 10, [1, 1, 1, 4, 3, 4, 3, 1]), results.Masks!.Of(0));
        Assert.Equal(1, results.Masks.Of(1).Area);
    }

    [Theory]
    [InlineData(CocoParts.Boxes)]
    [InlineData(CocoParts.Masks)]
    public void With_masks_only_area_and_box_are_the_masks(CocoParts parts)
    {
        // The column x = 1 from row 0 to 9, and the first two rows of the next: 12 pixels. An empty bbox is none.
        CocoResults results = ReadResults($$"""
            [{{{Head}}, "bbox": [], "segmentation": {"size": [10, 10], "counts": [10, 12, 78]} },
             {{{Head}}, "segmentation": [[1, 1, 3, 1, 3, 4, 1, 4]]},
             {{{Head}}, "segmentation": {"size": [10, 10], "counts": "0T3"}, "bbox": [4, 4, 4, 4]}]
            """, parts);
        Assert.Equal(
            [new(0, 0, 0.5, new(1, 0, 2, 10), 12), new(0, 0, 0.5, new(1, 1, 2, 3), 6), new(0, 0, 0.5, new(4, 4, 4, 4), 100)],
            results.Detections);
        Assert.Equal(parts == CocoParts.Masks, results.Masks is not null);
    }

    [Fact]
    public void With_keypoints_only_the_box_is_around_all_of_them_also_those_at_the_origin()
    {
        CocoResults results = ReadResults($$"""[{{{Head}}, "keypoints": [4, 6, 2, 0, 0, 0, 8, 3.5, 1]}]""", CocoParts.Keypoints);
        Assert.Equal(new CocoDetection(0, 0, 0.5, new(0, 0, 8, 6), 48), Assert.Single(results.Detections));
        Assert.Equal([4, 6, 2, 0, 0, 0, 8, 3.5, 1], results.Keypoints!.Of(0).ToArray());
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("[1, NaN, 2]")]
    [InlineData("\"none\"")]
    public void Faulty_keypoints_matter_only_where_keypoints_decide_and_not_by_their_place(string keypoints)
    {
        string box = $$"""{{{Head}}, "keypoints": {{keypoints}}, "bbox": [1, 1, 2, 3]}""";
        string mask = $$"""{{{Head}}, "keypoints": {{keypoints}}, "segmentation": {"size": [10, 10], "counts": [94, 6]} }""";
        Assert.Equal([6, 6], ReadResults($"[{box}, {box}]").Detections.Select(detection => detection.Area));
        Assert.Equal([6, 6], ReadResults($"[{mask}, {mask}]", CocoParts.Masks).Detections.Select(detection => detection.Area));
        Assert.StartsWith("detection 1 ", Assert.Throws<BadInputException>(() => ReadResults($"[{box}]", CocoParts.Keypoints)).Place);
        Assert.StartsWith("detection 1 ", Assert.Throws<BadInputException>(() => ReadResults($$"""[{{{Head}}, "keypoints": {{keypoints}}}]""")).Place);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9000000000)] // a category without objects
    public void Another_number_of_keypoints_is_named_by_its_number_in_the_file(long category)
    {
        string json = $$"""
            [{"image_id": 7, "category_id": 5, "score": 1, "keypoints": [1, 1, 1]}, {{{Head}}, "keypoints": [1, 1, 1]},
             {"image_id": 7, "category_id": {{category}}, "score": 1, "keypoints": [1, 1, 1, 2, 2, 2]}]
            """;
        BadInputException fault = Assert.Throws<BadInputException>(() =>
            ReadResults(json, CocoParts.Keypoints, CocoIdFaults.AsPycocotools, $"[{Annotation(", \"keypoints\": [1, 2, 2]")}]"));
        Assert.StartsWith("detection 3 (counted from 1)", fault.Place);
        Assert.Matches("it has 2 keypoints, others (of its category )?have 1", fault.What);
        Assert.Equal("keypoints is an empty list", Assert.Throws<BadInputException>(() => ReadResults($$"""[{{{Head}}, "keypoints": []}]""", CocoParts.Keypoints)).What);
    }

    [Fact]
    public void Of_an_id_that_is_text_it_is_said_what_to_do()
    {
        BadInputException fault = Assert.Throws<BadInputException>(() => ReadResults("""[{"image_id": "abc", "category_id": 0, "score": 1, "bbox": [1, 1, 1, 1]}]"""));
        Assert.EndsWith("image_id is text, not a whole number; number the images, categories and annotations: ids are whole numbers, the same in annotations and results", fault.Message);
    }

    [Fact]
    public void Detections_of_unknown_categories_are_left_out_when_asked()
    {
        string json = $$"""[{"image_id": 7, "category_id": 3, "score": 1, "bbox": [1, 1, 1, 1]}, {{{Head}}, "bbox": [2, 2, 2, 2]}]""";
        Assert.Equal("category 3 is not in the ground truth", Assert.Throws<BadInputException>(() => ReadResults(json)).What);
        Assert.Equal(4, Assert.Single(ReadResults(json, idFaults: CocoIdFaults.AsPycocotools).Detections).Area);
    }
}
