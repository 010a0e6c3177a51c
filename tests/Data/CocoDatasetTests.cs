using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Tests.Data;

public sealed class CocoDatasetTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-coco-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Shapes_in_coco_s_layout_have_the_boxes_and_classes_of_the_same_shapes_in_voc_s()
    {
        string coco = Path.Combine(root, "coco"), voc = Path.Combine(root, "voc");
        ShapesDataset.Write(coco, 20, 64, 3, ShapesLayout.Coco, ImageFiles.Write, cancellation: TestContext.Current.CancellationToken);
        ShapesDataset.Write(voc, 20, 64, 3, ShapesLayout.Voc, ImageFiles.Write, cancellation: TestContext.Current.CancellationToken);
        Assert.True(CocoDataset.IsFolder(coco));
        Assert.False(CocoDataset.IsFolder(voc));

        DetectionDataset ours = FolderDataset.Read(coco, "train"), theirs = FolderDataset.Read(voc, "train");
        Assert.Equal(SyntheticShapes.ClassNames, ours.ClassNames);
        Assert.Equal(theirs.Samples.Count, ours.Samples.Count);
        for (int i = 0; i < ours.Samples.Count; i++)
            Assert.Equal(
                theirs.Samples[i].Objects.Select(item => (theirs.ClassNames[item.ClassIndex], item.Box)).ToHashSet(),
                ours.Samples[i].Objects.Select(item => (ours.ClassNames[item.ClassIndex], item.Box)).ToHashSet());
    }

    [Fact]
    public void Crowds_are_difficult_and_left_out_of_training_and_boxes_are_clipped()
    {
        Write("""
            [{"id":1,"image_id":7,"category_id":5,"bbox":[-2,1,6,30],"area":60,"iscrowd":0},
             {"id":2,"image_id":7,"category_id":5,"bbox":[1,1,4,4],"area":16,"iscrowd":1},
             {"id":3,"image_id":7,"category_id":5,"bbox":[3,3,0,4],"area":0,"iscrowd":0}]
            """);
        ObjectAnnotation[] scored = [.. CocoDataset.Read(root, "val").Samples.Single().Objects];
        Assert.Equal([new ObjectAnnotation(0, new Box(0, 1, 4, 16)), new ObjectAnnotation(0, new Box(1, 1, 5, 5), Difficult: true)], scored);
        Assert.Single(FolderDataset.Read(root, "val", forTraining: true).Samples.Single().Objects);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Write("[]");
        Assert.Contains("choose among val", Assert.Throws<BadInputException>(() => CocoDataset.Read(root, "test")).Message);
        Assert.Contains("the class 'cell' is not among", Assert.Throws<BadInputException>(() => CocoDataset.Read(root, "val", ["other"])).Message);
        File.Delete(Path.Combine(root, "images", "val", "a.png"));
        Assert.Contains("a.png is in none of", Assert.Throws<BadInputException>(() => CocoDataset.Read(root, "val")).Message);
    }

    [Theory]
    [InlineData("../a.png", "leaves the folder")]
    [InlineData("/tmp/a.png", "leaves the folder")]
    [InlineData("a.jpg", "image 7 has the name a too")]
    public void A_file_name_that_leaves_the_folder_or_is_another_s_is_refused(string second, string problem)
    {
        Write("[]", second);
        Assert.Contains(problem, Assert.Throws<BadInputException>(() => CocoDataset.Read(root, "val")).Message);
    }

    [Fact]
    public void Images_of_the_same_name_in_two_folders_are_two()
    {
        Directory.CreateDirectory(Path.Combine(root, "images", "val", "b"));
        ImageFiles.Write(Path.Combine(root, "images", "val", "b", "a.png"), new PlanarImage(16, 16));
        Write("[]", "b/a.png");
        Assert.Equal(["a", "b/a"], CocoDataset.Read(root, "val").Samples.Select(sample => sample.Id));
    }

    [Fact]
    public void The_small_coco_set_is_read_whole()
    {
        string? data = Environment.GetEnvironmentVariable("SCRATCHDET_DATA");
        if (data is null || !Directory.Exists(Path.Combine(data, "coco-mini")))
            Assert.Skip("SCRATCHDET_DATA does not name a folder with coco-mini");
        DetectionDataset train = FolderDataset.Read(Path.Combine(data!, "coco-mini"), "train2017", forTraining: true);
        Assert.Equal((80, 133), (train.ClassNames.Count, train.Samples.Count));
        Assert.DoesNotContain(train.Samples.SelectMany(sample => sample.Objects), item => item.Difficult);
    }

    /// <param name="second">File name of another image; null: there is one image.</param>
    private void Write(string annotations, string? second = null)
    {
        Directory.CreateDirectory(Path.Combine(root, "images", "val"));
        Directory.CreateDirectory(Path.Combine(root, "annotations"));
        ImageFiles.Write(Path.Combine(root, "images", "val", "a.png"), new PlanarImage(16, 16));
        string more = second is null ? "" : $$""",{"id":8,"width":16,"height":16,"file_name":"{{second}}"}""";
        File.WriteAllText(Path.Combine(root, "annotations", "instances_val.json"),
            $$"""{"images":[{"id":7,"width":16,"height":16,"file_name":"a.png"}{{more}}],"categories":[{"id":5,"name":"cell"}],"annotations":{{annotations}}}""");
    }
}
