using ScratchDet.Data.Coco;
using static ScratchDet.Tests.Data.Coco.CocoFiles;

namespace ScratchDet.Tests.Data.Coco;

public class CocoGroundTruthReaderTests
{
    [Fact]
    public void The_lists_stand_in_any_order_ids_are_any_whole_numbers_and_unknown_fields_are_passed_over()
    {
        CocoGroundTruth truth = ReadTruth("""
            {"info": {"year": 2017, "odd": [NaN, null, {"a": [[]]}]},
             "annotations": [
               {"area": 6.5, "bbox": [1, 2.5, 3e0, 0], "category_id": 9000000000.0, "image_id": -3.0, "iscrowd": 1, "id": 9223372036854775807, "segmentation": "not asked for"},
               {"id": -1, "image_id": 7, "category_id": 0, "bbox": [0, 0, 1, 1], "area": 0, "ignore": true, "iscrowd": null}],
             "categories": [{"id": 9000000000}, {"name": "c\u0061t", "id": 0, "supercategory": "animal"}],
             "images": [{"id": -3, "width": 6.0, "height": 4, "file_name": "b.jpg"}, {"id": 7, "height": null}]}
            """);
        Assert.Equal([new(-3, 6, 4, "b.jpg"), new(7, 0, 0, null)], truth.Images);
        Assert.Equal([new(9000000000, "9000000000"), new(0, "cat")], truth.Categories);
        Assert.Equal(
            [new(long.MaxValue, 0, 0, new(1, 2.5, 3, 0), 6.5, IsCrowd: true), new(-1, 1, 1, new(0, 0, 1, 1), 0, Ignore: true)],
            truth.Objects);
        Assert.Null(truth.Masks);
        Assert.Null(truth.Keypoints);
    }

    [Fact]
    public void Masks_are_polygons_lists_of_counts_or_compressed_counts()
    {
        CocoGroundTruth truth = ReadTruth(Truth($$"""
            [{{Annotation(""", "segmentation": [[1, 1, 3, 1, 3, 4, 1, 4], [6, 6, 8, 6, 8, 8, 6, 8]]""")}},
             {{Annotation(""", "segmentation": {"counts": [5, 40, 3, 38, 14.0], "size": [10, 10]}""", id: 2)}},
             {"id": 3, "image_id": 7, "category_id": 0, "area": 81, "segmentation": {"size": [10, 10], "counts": "5X13N;", "more": 0} }]
            """), CocoParts.Masks);
        Assert.Equal(6 + 4, truth.Masks!.Of(0).Area);
        Assert.Equal(new CocoBox(1, 1, 7, 7), truth.Masks.Of(0).Box);
        Assert.Equal([5u, 40, 3, 38, 14], truth.Masks.Of(1).Runs.ToArray());
        Assert.Equal(truth.Masks.Of(1), truth.Masks.Of(2));
        Assert.Equal(default, truth.Objects[2].Box);
    }

    [Fact]
    public void Images_without_a_size_are_fine_but_for_polygons()
    {
        const string unsized = """[{"id": 7}]""";
        string counts = $"[{Annotation(""", "segmentation": {"size": [2, 2], "counts": [1, 3]}""")}]";
        Assert.Equal(3, ReadTruth(Truth(counts, unsized), CocoParts.Masks).Masks!.Of(0).Area);
        string polygons = $"[{Annotation(""", "segmentation": [[1, 1, 2, 2, 3, 1]]""")}]";
        BadInputException fault = Assert.Throws<BadInputException>(() => ReadTruth(Truth(polygons, unsized), CocoParts.Masks));
        Assert.Equal("annotation 1", fault.Place);
        Assert.Equal("it has polygons, but its image has no width and height", fault.What);
    }

    [Fact]
    public void Keypoints_come_with_their_count_which_is_counted_where_the_file_does_not_say()
    {
        CocoGroundTruth truth = ReadTruth(Truth($$"""
            [{{Annotation(""", "keypoints": [1, 2, 2, 0, 0, 0, 3, 4, 1], "num_keypoints": 0""")}}, {{Annotation(""", "keypoints": [1, 2, 2, 0, 0, 0, 3, 4, 1]""", id: 2)}}]
            """), CocoParts.Keypoints);
        Assert.Equal([1, 2, 2, 0, 0, 0, 3, 4, 1], truth.Keypoints!.Of(1).ToArray());
        Assert.Equal([0, 2], [truth.Keypoints.LabelledCount(0), truth.Keypoints.LabelledCount(1)]);
    }

    [Fact]
    public void An_id_used_twice_is_refused_or_becomes_the_last_one_in_each_place_as_in_pycocotools()
    {
        // In image 7: id 1, id 2; in image -3: id 1 again, and id 3.
        string json = Truth($$"""
            [{{Annotation()}}, {{Annotation(id: 2)}},
             {"id": 1, "image_id": -3, "category_id": 9000000000, "bbox": [9, 9, 9, 9], "area": 5}, {"id": 3, "image_id": -3, "category_id": 0, "bbox": [3, 3, 3, 3], "area": 3}]
            """);
        BadInputException fault = Assert.Throws<BadInputException>(() => ReadTruth(json));
        Assert.Equal(("annotation 1", "the id is used twice"), (fault.Place, fault.What));

        CocoGroundTruth truth = ReadTruth(json, idFaults: CocoIdFaults.AsPycocotools);
        // pycocotools goes through the images by rising id: -3, then 7.
        Assert.Equal([1, 3, 1, 2], truth.Objects.Select(item => item.Id));
        Assert.Equal(truth.Objects[0], truth.Objects[2]);
        Assert.Equal(new CocoObject(1, 1, 1, new(9, 9, 9, 9), 5), truth.Objects[0]);
    }

    [Fact]
    public void Masks_and_keypoints_move_with_objects_that_are_chosen()
    {
        const CocoParts parts = CocoParts.Boxes | CocoParts.Masks | CocoParts.Keypoints;
        string json = Truth($$"""
            [{{Annotation(""", "keypoints": [1, 1, 1], "segmentation": {"size": [10, 10], "counts": [99, 1]}""")}},
             {"id": 5, "image_id": 8, "category_id": 0, "bbox": [9, 9, 9, 9], "area": 5, "keypoints": [5, 5, 5, 5, 5, 5], "segmentation": {"size": [3, 3], "counts": [9]} },
             {{Annotation(""", "keypoints": [3, 3, 2], "segmentation": {"size": [10, 10], "counts": [97, 3]}""", id: 3)}}]
            """);
        Assert.Equal("image 8 is unknown", Assert.Throws<BadInputException>(() => ReadTruth(json, parts)).What);

        CocoGroundTruth truth = ReadTruth(json, parts, CocoIdFaults.AsPycocotools);
        Assert.Equal([1, 3], truth.Objects.Select(item => item.Id));
        Assert.Equal(3, truth.Masks!.Of(1).Area);
        Assert.Equal([3, 3, 2], truth.Keypoints!.Of(1).ToArray());
    }

    [Fact]
    public void Equal_entries_of_one_image_or_category_are_one_and_different_ones_are_refused()
    {
        CocoGroundTruth truth = ReadTruth(Truth("[]", """[{"id": 1}, {"id": 2}, {"id": 1}]""", """[{"id": 1, "name": "a"}, {"id": 1, "name": "a"}]"""));
        Assert.Equal([1, 2], truth.Images.Select(image => image.Id));
        Assert.Single(truth.Categories);

        string different = Truth("[]", """[{"id": 1, "width": 3}, {"id": 1, "width": 4}]""");
        Assert.Equal("the id is used twice, for different entries", Assert.Throws<BadInputException>(() => ReadTruth(different)).What);
        Assert.Equal(4, Assert.Single(ReadTruth(different, idFaults: CocoIdFaults.AsPycocotools).Images).Width);
    }
}
