using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Tests.Data;

public sealed class VocDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private DetectionDataset ReadOne(string objectsXml, VocReadOptions? options = null) =>
        VocDataset.Read(folder.VocWith(objectsXml), "train", options);

    private BadInputException Refused(string objectsXml, VocReadOptions? options = null) =>
        Assert.Throws<BadInputException>(() => ReadOne(objectsXml, options));

    [Fact]
    public void One_based_inclusive_pixels_become_continuous_ones()
    {
        DetectionDataset data = ReadOne(TemporaryFolder.ObjectXml("dog", "1", "11", "40", "20.5", "<difficult>1</difficult><truncated>1</truncated>"));
        Sample sample = Assert.Single(data.Samples);
        Assert.Equal(("a", 40, 30), (sample.Id, sample.Width, sample.Height));
        Assert.Equal(new ObjectAnnotation(0, new Box(0, 10, 40, 20.5f), Difficult: true, Truncated: true), Assert.Single(sample.Objects));
    }

    [Fact]
    public void Classes_are_those_of_all_annotations_in_ordinal_order()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("zebra", "1", "1", "9", "9"));
        folder.Write("voc/Annotations/other.xml", $"<annotation>{TemporaryFolder.ObjectXml("Ant", "1", "1", "9", "9")}{TemporaryFolder.ObjectXml("ant", "1", "1", "9", "9")}</annotation>");
        DetectionDataset data = VocDataset.Read(root, "train");
        Assert.Equal(["Ant", "ant", "zebra"], data.ClassNames);
        Assert.Equal(2, data.Samples[0].Objects[0].ClassIndex);
    }

    [Fact]
    public void A_given_list_of_classes_sets_the_order_and_refuses_others()
    {
        var options = new VocReadOptions { ClassNames = ["cat", "dog"] };
        Assert.Equal(1, ReadOne(TemporaryFolder.ObjectXml("dog", "1", "1", "9", "9"), options).Samples[0].Objects[0].ClassIndex);
        BadInputException bad = Refused(TemporaryFolder.ObjectXml("cat", "1", "1", "9", "9") + "\n" + TemporaryFolder.ObjectXml("unicorn", "1", "1", "9", "9"), options);
        Assert.Contains("'unicorn' is unknown", bad.What, StringComparison.Ordinal);
        Assert.Equal("line 4, object 2 (unicorn)", bad.Place);
        Assert.EndsWith("a.xml", bad.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Difficult_objects_can_be_left_out()
    {
        string objects = TemporaryFolder.ObjectXml("dog", "1", "1", "9", "9", "<difficult>1</difficult>") + TemporaryFolder.ObjectXml("dog", "2", "2", "9", "9");
        Assert.Equal(2, ReadOne(objects).Samples[0].Objects.Count);
        Assert.Equal(1, Assert.Single(ReadOne(objects, new VocReadOptions { KeepDifficult = false }).Samples[0].Objects).Box.XMin);
    }

    [Theory]
    [InlineData("0", "0", "41", "31")]    // counted from 0, or one too far: within the tolerance
    [InlineData("1", "1", "40", "30")]
    [InlineData("0.2", "0.9", "40.5", "31")]
    public void Boxes_up_to_a_pixel_outside_are_clipped(string xMin, string yMin, string xMax, string yMax)
    {
        Box box = ReadOne(TemporaryFolder.ObjectXml("dog", xMin, yMin, xMax, yMax)).Samples[0].Objects[0].Box;
        Assert.Equal(new Box(0, 0, 40, 30), box);
    }

    [Theory]
    [InlineData("1", "1", "41.5", "30", "outside")]
    [InlineData("-0.5", "1", "40", "30", "outside")]
    [InlineData("1", "1", "40", "500", "outside")]
    [InlineData("900", "900", "910", "910", "outside")]
    [InlineData("30", "1", "10", "30", "swapped corners")]
    [InlineData("1", "20", "10", "5", "swapped corners")]
    [InlineData("10", "5", "10", "20", "zero area")]
    [InlineData("10", "5", "20", "5", "zero area")]
    [InlineData("41", "5", "41", "9", "zero area")]
    [InlineData("40.5", "5", "41", "9", "")]      // clipped to half a pixel: usable
    [InlineData("NaN", "1", "10", "10", "not finite")]
    [InlineData("1", "1", "Infinity", "10", "not finite")]
    public void Unusable_boxes_are_bad_input_that_names_the_object(string xMin, string yMin, string xMax, string yMax, string what)
    {
        string objects = TemporaryFolder.ObjectXml("dog", xMin, yMin, xMax, yMax);
        if (what.Length == 0)
        {
            Assert.Equal(0.5f, ReadOne(objects).Samples[0].Objects[0].Box.Width);
            return;
        }
        BadInputException bad = Refused(objects);
        Assert.Contains(what, bad.What, StringComparison.Ordinal);
        Assert.Contains("object 1", bad.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void The_size_comes_from_the_image_not_from_the_annotation() =>
        Assert.Equal(40, ReadOne("<size><width>4000</width><height>3</height></size>" + TemporaryFolder.ObjectXml("dog", "1", "1", "9", "9")).Samples[0].Width);

    [Fact]
    public void A_list_that_names_an_absent_image_says_which()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "9", "9"));
        folder.Write("voc/ImageSets/Main/train.txt", "a\nghost\n");
        BadInputException bad = Assert.Throws<BadInputException>(() => VocDataset.Read(root, "train"));
        Assert.EndsWith("train.txt", bad.File, StringComparison.Ordinal);
        Assert.Equal("ghost", bad.Place);
    }

    [Theory]
    [InlineData("\n \n", "empty")]
    [InlineData("a\na\n", "already on line 1")]
    [InlineData("../a\n", "not the name of an image")]
    public void Unusable_lists_are_bad_input(string list, string what)
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "9", "9"));
        folder.Write("voc/ImageSets/Main/train.txt", list);
        Assert.Contains(what, Assert.Throws<BadInputException>(() => VocDataset.Read(root, "train")).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_folders_lists_and_annotations_are_bad_input()
    {
        Assert.Contains("does not exist", Assert.Throws<BadInputException>(() => VocDataset.Read(folder.At("none"), "train")).What, StringComparison.Ordinal);
        Assert.Throws<BadInputException>(() => VocDataset.Read(folder.Path, "train"));   // there, but nothing in it
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "9", "9"));
        BadInputException list = Assert.Throws<BadInputException>(() => VocDataset.Read(root, "test"));
        Assert.EndsWith("test.txt", list.File, StringComparison.Ordinal);
        Assert.Contains("train", list.WhatToDo, StringComparison.Ordinal);
        File.Delete(folder.At("voc", "Annotations", "a.xml"));
        Assert.EndsWith("a.xml", Assert.Throws<BadInputException>(() => VocDataset.Read(root, "train", new VocReadOptions { ClassNames = ["dog"] })).File, StringComparison.Ordinal);
        Directory.Delete(folder.At("voc", "Annotations"), recursive: true);
        Assert.EndsWith("Annotations", Assert.Throws<BadInputException>(() => VocDataset.Read(root, "train")).File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b.jpg")]
    [InlineData("b.JPG")]
    [InlineData("b.Jpeg")]
    [InlineData("b.PNG")]
    public void Images_are_found_whatever_the_case_of_their_extension(string name)
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "9", "9"));
        folder.Write($"voc/JPEGImages/{name}", TemporaryFolder.JpegHeader(64, 48));
        folder.Write("voc/Annotations/b.xml", $"<annotation>{TemporaryFolder.ObjectXml("dog", "1", "1", "64", "48")}</annotation>");
        folder.Write("voc/ImageSets/Main/val.txt", "  b  \r\n");
        Assert.EndsWith(name, Assert.Single(VocDataset.Read(root, "val").Samples).ImagePath, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_sets_of_several_years_are_joined()
    {
        foreach ((string year, string split, string id) in new[] { ("VOC2007", "trainval", "000005"), ("VOC2012", "trainval", "2008_000002"), ("VOC2007", "test", "000001") })
        {
            folder.Write($"VOCdevkit/{year}/JPEGImages/{id}.jpg", TemporaryFolder.JpegHeader(64, 48));
            folder.Write($"VOCdevkit/{year}/Annotations/{id}.xml", $"<annotation>{TemporaryFolder.ObjectXml("dog", "1", "1", "64", "48")}</annotation>");
            folder.Write($"VOCdevkit/{year}/ImageSets/Main/{split}.txt", id + "\n");
        }
        var options = new VocReadOptions { ClassNames = VocDataset.PascalClassNames };
        string[] Ids(string split) => [.. VocDataset.Read(folder.Path, split, options).Samples.Select(sample => sample.Id)];
        Assert.Equal(["000005", "2008_000002"], Ids("trainval"));
        Assert.Equal(["2008_000002"], Ids("VOC2012:trainval"));
        Assert.Equal(["2008_000002", "000005"], Ids("VOC2012:trainval+VOC2007:trainval"));
        Assert.Equal(["000001"], Ids("test"));
        Assert.Equal(["test", "trainval"], VocDataset.Splits(folder.Path));
        Assert.Throws<BadInputException>(() => Ids("VOC2010:trainval"));
        Assert.Throws<BadInputException>(() => Ids("minival"));
        Assert.Throws<BadInputException>(() => Ids("trainval+VOC2007:trainval"));   // the same image twice
        Assert.Throws<ArgumentException>(() => Ids("a/b"));
    }

    [Fact]
    public void Of_several_bad_files_the_first_of_the_list_is_reported()
    {
        string root = folder.VocWith(TemporaryFolder.ObjectXml("dog", "1", "1", "9", "9"));
        string[] ids = [.. Enumerable.Range(0, 40).Select(i => $"img{i:d2}")];
        foreach (string id in ids)
        {
            folder.Write($"voc/JPEGImages/{id}.png", TemporaryFolder.Png(10, 10));
            folder.Write($"voc/Annotations/{id}.xml", $"<annotation>{TemporaryFolder.ObjectXml("dog", "1", "1", id is "img07" or "img31" ? "99" : "9", "9")}</annotation>");
        }
        VocWriter.WriteImageSet(root, "train", ids);
        for (int round = 0; round < 5; round++)
            Assert.EndsWith("img07.xml", Assert.Throws<BadInputException>(() => VocDataset.Read(root, "train")).File, StringComparison.Ordinal);
    }

    [Fact]
    public void The_real_circuit_boards_are_read()
    {
        string? data = Environment.GetEnvironmentVariable("SCRATCHDET_DATA");
        if (data is null || !Directory.Exists(Path.Combine(data, "deeppcb"))) Assert.Skip("SCRATCHDET_DATA names no folder that holds deeppcb/");
        DetectionDataset train = VocDataset.Read(Path.Combine(data, "deeppcb"), "trainval");
        DetectionDataset test = VocDataset.Read(Path.Combine(data, "deeppcb"), "test");
        Assert.Equal(["copper", "mousebite", "open", "pin-hole", "short", "spur"], train.ClassNames);
        Assert.Equal((1000, 500), (train.Samples.Count, test.Samples.Count));
        Assert.Equal(10_013, train.Samples.Sum(sample => sample.Objects.Count) + test.Samples.Sum(sample => sample.Objects.Count));
        Assert.All(train.Samples, sample => Assert.Equal((320, 320), (sample.Width, sample.Height)));
    }
}
