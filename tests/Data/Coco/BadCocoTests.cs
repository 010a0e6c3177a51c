using System.Text;
using ScratchDet.Data.Coco;
using static ScratchDet.Tests.Data.Coco.CocoFiles;

namespace ScratchDet.Tests.Data.Coco;

public class BadCocoTests
{
    private const CocoParts All = CocoParts.Boxes | CocoParts.Masks | CocoParts.Keypoints;

    [Theory]
    [InlineData("[]", null, "the file is a list, not an object")]
    [InlineData("NaN", null, "the file is NaN")]
    [InlineData("""{"images": [], "categories": []}""", null, "the list 'annotations' is missing")]
    [InlineData("""{"images": [], "annotations": []}""", null, "the list 'categories' is missing")]
    [InlineData("""{"annotations": [], "categories": []}""", null, "the list 'images' is missing")]
    [InlineData("""{"images": {}, "annotations": [], "categories": []}""", "'images'", "it is an object, not a list")]
    [InlineData("""{"images": [5]}""", "entry 1 of images (byte 12)", "it is a number, not an object")]
    [InlineData("""{"images": [{"width": 5}]}""", "entry 1 of images (byte 12)", "id is missing")]
    [InlineData("""{"images": [{"id": 5, "width": -1}]}""", "image 5 (byte 12)", "width is -1")]
    [InlineData("""{"images": [{"id": 5, "width": "640"}]}""", "image 5 (byte 12)", "width is text, not a whole number")]
    [InlineData("""{"categories": [{"id": "cat"}]}""", "entry 1 of categories (byte 16)", "id is text, not a whole number")]
    public void A_wrong_ground_truth_is_named(string json, string? place, string what)
    {
        BadInputException fault = Assert.Throws<BadInputException>(() => ReadTruth(json));
        Assert.Equal((place, what), (fault.Place, fault.What));
    }

    [Theory]
    [InlineData("""{"id": 12, "category_id": 0, "bbox": [1, 2, 3, 4], "area": 1}""", "image_id is missing")]
    [InlineData("""{"id": 12, "image_id": 7, "bbox": [1, 2, 3, 4], "area": 1}""", "category_id is missing")]
    [InlineData("""{"id": 12, "image_id": 7, "category_id": 0, "bbox": [1, 2, 3, 4]}""", "area is missing")]
    [InlineData("""{"id": 12, "image_id": 7, "category_id": 0, "area": 1}""", "bbox is missing")]
    [InlineData("""{"bbox": [1, 2, 3], "id": 12}""", "bbox has 3 numbers, not 4")]
    [InlineData("""{"bbox": [1, 2, 3, 4, 5], "id": 12}""", "bbox has 5 numbers, not 4")]
    [InlineData("""{"bbox": [1, 2, -3, 4], "id": 12}""", "bbox has the negative size -3 x 4")]
    [InlineData("""{"bbox": [1, NaN, 3, 4], "id": 12}""", "number 2 of bbox is NaN")]
    [InlineData("""{"bbox": [1, 2, 1e999, 4], "id": 12}""", "number 3 of bbox is 1e999, more than a double holds")]
    [InlineData("""{"bbox": [1, 2, "3", 4], "id": 12}""", "number 3 of bbox is text, not a number")]
    [InlineData("""{"bbox": "1 2 3 4", "id": 12}""", "bbox is text, not a list")]
    [InlineData("""{"area": "9", "id": 12}""", "area is text, not a number")]
    [InlineData("""{"area": -Infinity, "id": 12}""", "area is minus infinite")]
    [InlineData("""{"area": -1, "id": 12, "image_id": 7, "category_id": 0, "bbox": [1, 2, 3, 4]}""", "area is negative")]
    [InlineData("""{"image_id": null, "id": 12}""", "image_id is null, not a whole number")]
    [InlineData("""{"iscrowd": 2, "id": 12}""", "iscrowd is 2, neither 0 nor 1")]
    [InlineData("""{"ignore": "no", "id": 12}""", "ignore is text, not a number")]
    public void A_wrong_annotation_is_named_by_its_id_wherever_that_stands(string annotation, string what)
    {
        BadInputException fault = Assert.Throws<BadInputException>(() => ReadTruth(Truth($"[{annotation}]")));
        Assert.Equal(what, fault.What);
        Assert.StartsWith("annotation 12 (byte ", fault.Place);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Theory]
    [InlineData("null", "segmentation is missing")]
    [InlineData("5", "segmentation is a number, not a list or an object")]
    [InlineData("[]", "segmentation: it has no polygon")]
    [InlineData("[1, 1, 2, 2, 3, 3]", "entry 1 of segmentation is a number, not a list")]
    [InlineData("[[1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 3, 3, 4]]", "segmentation: polygon 2 has 7 numbers, an odd count")]
    [InlineData("[[1, 1, 2, 2]]", "segmentation: polygon 1 has 4 numbers, fewer than the 6 of a triangle")]
    [InlineData("[[1, 1, 2, 2, 3, Infinity]]", "polygon 1 of segmentation has a coordinate that is infinite")]
    [InlineData("[[1, 1, 2, 2, 3, 1e9]]", "segmentation: polygon 1 has the coordinate 1000000000, not within 1e8 pixels")]
    [InlineData("""{"counts": [100]}""", "segmentation has no size")]
    [InlineData("""{"size": [10, 10]}""", "segmentation has no counts")]
    [InlineData("""{"size": [10], "counts": [100]}""", "segmentation has a size of 1 numbers, not of height and width")]
    [InlineData("""{"size": [10, 0], "counts": [100]}""", "segmentation has a size with a number that is 0")]
    [InlineData("""{"size": [10, 10], "counts": 100}""", "segmentation has counts that is a number, not a list or text")]
    [InlineData("""{"size": [10, 10], "counts": [90, 9]}""", "segmentation: the counts sum to 99 pixels, a mask of 10 x 10 has 100")]
    [InlineData("""{"size": [10, 10], "counts": [90, 11]}""", "segmentation: the counts sum to 101 pixels, a mask of 10 x 10 has 100")]
    [InlineData("""{"size": [10, 10], "counts": []}""", "segmentation: the counts sum to 0 pixels, a mask of 10 x 10 has 100")]
    [InlineData("""{"size": [10, 10], "counts": [101, -1]}""", "number 2 of the counts of segmentation is -1")]
    [InlineData("""{"size": [10, 10], "counts": [99.5, 0.5]}""", "number 1 of the counts of segmentation is 99.5, not a whole number")]
    [InlineData("""{"size": [10, 10], "counts": "5X13N"}""", "segmentation: the counts sum to 86 pixels, a mask of 10 x 10 has 100")]
    [InlineData("""{"size": [10, 10], "counts": "5X"}""", "segmentation: the compressed counts end in the middle of a number")]
    [InlineData("""{"size": [10, 10], "counts": "5X 1"}""", "segmentation: the compressed counts have an illegal character (code 32) as character 3")]
    [InlineData("""{"size": [10, 11], "counts": [110]}""", "its mask is of 10 x 11 pixels, its image of 10 x 10")]
    [InlineData("""{"size": [100000, 100000], "counts": [4294967295]}""", "segmentation: a mask of 100000 x 100000 pixels is too large")]
    public void A_wrong_mask_is_named_in_annotations_and_in_results(string segmentation, string what)
    {
        string fields = $", \"segmentation\": {segmentation}";
        BadInputException fault = Assert.Throws<BadInputException>(() => ReadTruth(Truth($"[{Annotation(fields, id: 12)}]"), CocoParts.Masks));
        Assert.Equal(what, fault.What);
        Assert.StartsWith("annotation 12", fault.Place);

        string result = $$"""{"image_id": 7, "category_id": 0, "score": 1{{fields}}}""";
        fault = Assert.Throws<BadInputException>(() => ReadResults($"[{result}]", CocoParts.Masks));
        if (segmentation != "null") Assert.Equal(what, fault.What);
        Assert.StartsWith("detection 1 (counted from 1)", fault.Place);
    }

    [Theory]
    [InlineData("[1, 2]", "keypoints has 2 numbers, not a multiple of 3")]
    [InlineData("[1, 2, NaN]", "number 3 of keypoints is NaN")]
    [InlineData("null", "keypoints is missing")]
    [InlineData("{}", "keypoints is an object, not a list")]
    [InlineData("[1, 2, 0, 3, 4, 2]", "it has 2 keypoints, others of its category have 1")]
    public void Wrong_keypoints_are_named_in_annotations_and_in_results(string keypoints, string what)
    {
        string good = Annotation(", \"keypoints\": [1, 2, 2]"), bad = Annotation($", \"keypoints\": {keypoints}", id: 12);
        BadInputException fault = Assert.Throws<BadInputException>(() => ReadTruth(Truth($"[{good}, {bad}]"), CocoParts.Keypoints));
        Assert.Equal(what, fault.What);
        Assert.StartsWith("annotation 12", fault.Place);

        string result = $$"""{"image_id": 7, "category_id": 0, "score": 1, "bbox": [1, 1, 1, 1], "keypoints": {{keypoints}}}""";
        fault = Assert.Throws<BadInputException>(() => ReadResults($"[{result}]", CocoParts.Keypoints, annotations: $"[{good}]"));
        Assert.Equal(what, fault.What);
        Assert.StartsWith("detection 1 ", fault.Place);
    }

    [Theory]
    [InlineData("{}", null, "the file is an object, not a list")]
    [InlineData("[[]]", "entry 1 of detections (byte 1)", "it is a list, not an object")]
    [InlineData("""[{"image_id": 7, "category_id": 0, "bbox": [1, 2, 3, 4]}]""", "detection 1 (counted from 1) (byte 1)", "score is missing")]
    [InlineData("""[{"image_id": 7, "score": 1, "bbox": [1, 2, 3, 4]}]""", "detection 1 (counted from 1) (byte 1)", "category_id is missing")]
    [InlineData("""[{"category_id": 0, "score": 1, "bbox": [1, 2, 3, 4]}]""", "detection 1 (counted from 1) (byte 1)", "image_id is missing")]
    [InlineData("""[{"image_id": 7, "category_id": 0, "score": NaN, "bbox": [1, 2, 3, 4]}]""", "detection 1 (counted from 1) (byte 1)", "the score is NaN")]
    [InlineData("""[{"image_id": 7, "category_id": 0, "score": Infinity, "bbox": [1, 2, 3, 4]}]""", "detection 1 (counted from 1) (byte 1)", "the score is infinite")]
    [InlineData("""[{"image_id": 7, "category_id": 0, "score": "0.5", "bbox": [1, 2, 3, 4]}]""", "detection 1 (counted from 1) (byte 1)", "the score is text, not a number")]
    [InlineData("""[{"image_id": 7, "category_id": 0, "score": 1, "bbox": [1, 2, 3, -4]}]""", "detection 1 (counted from 1) (byte 1)", "bbox has the negative size 3 x -4")]
    [InlineData("""[{"image_id": 8, "category_id": 0, "score": 1, "bbox": [1, 2, 3, 4]}]""", "detection 1 (counted from 1) (byte 1)", "image 8 is not in the ground truth")]
    [InlineData("""[{"image_id": 7, "category_id": 1, "score": 1, "bbox": [1, 2, 3, 4]}]""", "detection 1 (counted from 1) (byte 1)", "category 1 is not in the ground truth")]
    [InlineData("""[{"image_id": 7, "category_id": 0, "score": 1}]""", "detection 1 (counted from 1) (byte 1)", "it has neither bbox nor segmentation nor keypoints")]
    [InlineData("""[{"image_id": 7, "category_id": 0, "score": 1, "bbox": [1, 2, 3, 4]}, {"image_id": 7, "category_id": 0, "score": 1, "bbox": []}]""",
        "detection 2 (counted from 1) (byte 70)", "bbox is missing")]
    public void A_wrong_detection_is_named_by_its_number(string json, string? place, string what)
    {
        BadInputException fault = Assert.Throws<BadInputException>(() => ReadResults(json));
        Assert.Equal((place, what), (fault.Place, fault.What));
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void A_file_cut_off_at_any_byte_is_bad_input_that_names_the_byte()
    {
        (byte[] truth, byte[] results) = EveryKindOfField();
        CocoGroundTruth whole = Read(truth);
        Assert.Equal(3, Read(results, whole).Detections.Count);
        for (int length = 1; length < truth.Length; length++) AssertCutOff(length, () => Read(truth[..length]));
        for (int length = 1; length < results.Length; length++) AssertCutOff(length, () => Read(results[..length], whole));
    }

    [Fact]
    public void A_file_with_any_bytes_changed_is_read_or_bad_input()
    {
        (byte[] truth, byte[] results) = EveryKindOfField();
        CocoGroundTruth whole = Read(truth);
        byte[] letters = "0123456789-+.eE\"\\[]{},: NIntfx"u8.ToArray();
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 6000; i++)
        {
            byte[] changed = [.. i % 2 == 0 ? truth : results];
            for (int count = random.Next(1, 4); count > 0; count--)
            {
                // Mostly letters that mean something in JSON.
                changed[random.Next(changed.Length)] = random.Next(4) == 0 ? (byte)random.Next(256) : letters[random.Next(letters.Length)];
            }
            try
            {
                if (i % 2 == 0) Read(changed);
                else Read(changed, whole);
            }
            catch (BadInputException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 3000, 5999);
    }

    private static void AssertCutOff(int length, Func<object> read)
    {
        BadInputException fault = Assert.Throws<BadInputException>(read);
        Assert.Equal($"byte {length}", fault.Place);
        Assert.Equal("the JSON is cut off: the file ends here, in the middle", fault.What);
    }

    private static (byte[] Truth, byte[] Results) EveryKindOfField()
    {
        string truth = Truth($$"""
            [{{Annotation(""", "segmentation": [[1, 1, 3.5, 1e0, -3, 4]], "keypoints": [1, 2, 2], "num_keypoints": 1, "other": [true, false, null, NaN, -Infinity]""")}},
             {{Annotation(""", "segmentation": {"size": [10, 10], "counts": [5, 40, 3, 38, 14]}, "keypoints": [1, 2, 2], "iscrowd": 1, "ignore": true""", id: 2)}}]
            """, """[{"id": 7, "width": 10, "height": 10, "file_name": "a\u00e9\"😀.jpg"}]""");
        const string head = "\"image_id\": 7, \"category_id\": 0, \"bbox\": [1, 2, 3.25, 4], \"score\": 0.5, \"keypoints\": [1, 2, 3]";
        string results = $$"""
            [{{{head}}}, {{{head}}, "segmentation": {"size": [10, 10], "counts": "5X13N;"} },
             {{{head}}, "segmentation": [[1, 1, 3.5, 1e0, -3, 4]]}]
            """;
        return (Encoding.UTF8.GetBytes(truth), Encoding.UTF8.GetBytes(results));
    }

    private static CocoGroundTruth Read(byte[] bytes)
    {
        using var json = new JsonFileReader(new MemoryStream(bytes), "truth.json", bufferBytes: 64);
        return new GroundTruthReading(json, All, CocoIdFaults.Refused).Read();
    }

    private static CocoResults Read(byte[] bytes, CocoGroundTruth truth)
    {
        using var json = new JsonFileReader(new MemoryStream(bytes), "results.json", bufferBytes: 64);
        return new ResultsReading(json, truth, All, CocoIdFaults.Refused).Read();
    }
}
