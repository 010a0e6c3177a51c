using ScratchDet.Data;
using ScratchDet.Data.Coco;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Data.Coco;

public sealed class CocoCheckTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public CocoCheckTests() => folder.Write("images/a.png", TemporaryFolder.Png(40, 30));

    public void Dispose() => folder.Dispose();

    private static PlanarImage Decode(string path)
    {
        ImageHeader header = ImageFiles.ReadHeader(path);
        return new PlanarImage(header.Width, header.Height);
    }

    private string[] Findings() => [.. CocoCheck.Run(folder.Path, Decode).Select(finding => finding.ToString())];

    private void Train(string annotations, string images = """{"id": 1, "file_name": "a.png", "width": 40, "height": 30}""", string categories = """{"id": 3, "name": "dog"}""") =>
        folder.Write("annotations/instances_train.json", $$"""{"info": {"x": [1, {"y": null}]}, "images": [{{images}}], "annotations": [{{annotations}}], "categories": [{{categories}}]}""");

    private static string Annotation(string box, long id = 900100000001, long image = 1, long category = 3) =>
        $$"""{"id": {{id}}, "image_id": {{image}}, "category_id": {{category}}, "segmentation": {"counts": "abc", "size": [30, 40]}, "bbox": {{box}}}""";

    [Fact]
    public void A_sound_data_set_has_no_findings_and_ids_may_exceed_32_bits()
    {
        Train(Annotation("[0, 0, 40, 30]"));
        Assert.Empty(Findings());
    }

    [Theory]
    [InlineData("[0, 0, 42, 30]", "outside")]
    [InlineData("[-2, 0, 10, 10]", "outside")]
    [InlineData("[5, 5, 0, 10]", "no area")]
    [InlineData("[5, 5, 10, -1]", "no area")]
    [InlineData("[5, 5, 10]", "3 numbers")]
    [InlineData("null", "no bbox")]
    [InlineData("[1e999, 5, 10, 10]", "not")]
    [InlineData("[NaN, 5, 10, 10]", "not COCO JSON")]
    [InlineData("\"big\"", "not COCO JSON")]
    public void Unusable_boxes_are_listed(string box, string what)
    {
        Train(Annotation(box));
        Assert.Contains(what, Assert.Single(Findings()), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_ids_and_ids_used_twice_are_listed()
    {
        Train(
            $"{Annotation("[0, 0, 9, 9]", id: 7)}, {Annotation("[0, 0, 9, 9]", id: 7)}, {Annotation("[0, 0, 9, 9]", id: 8, image: 99)}, {Annotation("[0, 0, 9, 9]", id: 9, category: 4)}",
            categories: """{"id": 3, "name": "dog"}, {"id": 3, "name": "cat"}, {"id": 5}""");
        string[] findings = Findings();
        Assert.Contains(findings, finding => finding.Contains("annotation 7: the id is used twice", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("annotation 8: image 99 is unknown", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("annotation 9: category 4 is unknown", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("category 3: the id is used twice", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("category 5: has no name", StringComparison.Ordinal));
        Assert.Equal(5, findings.Length);
    }

    [Fact]
    public void Images_that_are_absent_foreign_damaged_or_of_another_size_are_listed()
    {
        folder.Write("images/train/b.png", TemporaryFolder.Png(10, 10));   // in the split's own folder
        folder.Write("images/c.jpg", "not an image");
        Train("", """
            {"id": 1, "file_name": "a.png", "width": 41, "height": 30}, {"id": 2, "file_name": "b.png", "width": 10, "height": 10},
            {"id": 3, "file_name": "c.jpg", "width": 10, "height": 10}, {"id": 4, "file_name": "none.png", "width": 10, "height": 10},
            {"id": 5, "file_name": "../a.png", "width": 10, "height": 10}, {"id": 6, "width": 10, "height": 10},
            {"id": 1, "file_name": "a.png", "width": 41, "height": 30}
            """);
        string[] findings = Findings();
        Assert.Contains(findings, finding => finding.Contains("image 1: says 41 x 30, a.png is 40 x 30", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("c.jpg: not a JPEG or PNG image", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("image 4: none.png is neither in", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("image 5: file_name '../a.png'", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("image 6: file_name ''", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("image 1: the id is used twice", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("image 1: a.png is named twice", StringComparison.Ordinal));
        Assert.Equal(7, findings.Length);
    }

    [Fact]
    public void Splits_that_share_an_image_are_listed()
    {
        Train("");
        File.Copy(folder.At("annotations", "instances_train.json"), folder.At("annotations", "instances_val.json"));
        Assert.Contains("also in instances_train.json", Assert.Single(Findings()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"images": [null], "annotations": [], "categories": []}""")]
    [InlineData("""{"images": [{"file_name": "a.png"}], "annotations": [], "categories": []}""")]
    [InlineData("""{"images": [], "annotations": [{"id": 1}], "categories": []}""")]
    public void A_file_that_is_not_coco_is_one_finding(string json)
    {
        folder.Write("annotations/instances_train.json", json);
        Assert.Contains("instances_train.json", Assert.Single(Findings()), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_annotations_are_a_finding()
    {
        Assert.Contains("does not exist", Assert.Single(Findings()), StringComparison.Ordinal);
        folder.Write("annotations/captions.json", "{}");
        Assert.Contains("no instances_", Assert.Single(Findings()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_layout_is_told_by_the_files()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Train(Annotation("[0, 0, 42, 30]"));
        Assert.Contains("outside", Assert.Single(DatasetCheck.Run(folder.Path, Decode, cancellation: stop)).What, StringComparison.Ordinal);
        string voc = folder.VocWith(TemporaryFolder.ObjectXml("dog", "9", "1", "3", "30"));
        Assert.Contains("swapped corners", Assert.Single(DatasetCheck.Run(voc, Decode, cancellation: stop)).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_coco_images_have_no_findings()
    {
        string? data = Environment.GetEnvironmentVariable("SCRATCHDET_DATA");
        if (data is null || !Directory.Exists(Path.Combine(data, "coco-mini"))) Assert.Skip("SCRATCHDET_DATA names no folder that holds coco-mini/");
        Assert.Empty(CocoCheck.Run(Path.Combine(data, "coco-mini"), Decode, cancellation: TestContext.Current.CancellationToken));
    }
}
