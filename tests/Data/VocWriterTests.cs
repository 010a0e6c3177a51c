using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Tests.Data;

public sealed class VocWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        string root = folder.At("voc");
        folder.Write("voc/JPEGImages/a&b.png", TemporaryFolder.Png(40, 30));
        var written = new Sample("a&b", "a&b.png", 40, 30,
        [
            new ObjectAnnotation(1, new Box(0, 0, 40, 30), Difficult: true),
            new ObjectAnnotation(0, new Box(2.5f, 3, 10.25f, 17), Truncated: true),
        ]);
        string[] classes = ["<cat>", "dog"];
        VocWriter.WriteAnnotation(root, written.Id, VocWriter.ToAnnotation(written, classes));
        VocWriter.WriteImageSet(root, "train", [written.Id]);
        Sample read = Assert.Single(VocDataset.Read(root, "train", new VocReadOptions { ClassNames = classes }).Samples);
        Assert.Equal(written.Objects, read.Objects);
        Assert.Equal("a&b.png", VocAnnotationReader.Read(folder.At("voc", "Annotations", "a&b.xml")).FileName);
    }

    [Fact]
    public void Pixels_are_one_based_and_whole_numbers_have_no_fraction()
    {
        string xml = VocWriter.ToXml(VocWriter.ToAnnotation(new Sample("a", "/x/a.png", 40, 30, [new ObjectAnnotation(0, new Box(0, 10, 40, 20.5f))]), ["dog"]));
        Assert.Contains("<xmin>1</xmin>", xml, StringComparison.Ordinal);
        Assert.Contains("<ymin>11</ymin>", xml, StringComparison.Ordinal);
        Assert.Contains("<xmax>40</xmax>", xml, StringComparison.Ordinal);
        Assert.Contains("<ymax>20.5</ymax>", xml, StringComparison.Ordinal);
        Assert.Contains("<width>40</width>", xml, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_file_is_replaced_and_no_temporary_file_is_left()
    {
        string root = folder.At("voc");
        VocWriter.WriteImageSet(root, "train", ["one", "two"]);
        VocWriter.WriteImageSet(root, "train", ["three"]);
        Assert.Equal("three\n", File.ReadAllText(folder.At("voc", "ImageSets", "Main", "train.txt")));
        Assert.Single(Directory.GetFiles(folder.At("voc", "ImageSets", "Main")));
    }

    [Fact]
    public void A_failed_write_leaves_the_older_file()
    {
        string root = folder.At("voc");
        Directory.CreateDirectory(folder.At("voc", "ImageSets", "Main", "train.txt"));   // the target cannot be replaced
        Assert.ThrowsAny<Exception>(() => VocWriter.WriteImageSet(root, "train", ["one"]));
        Assert.Empty(Directory.GetFiles(folder.At("voc", "ImageSets", "Main")));
    }
}
