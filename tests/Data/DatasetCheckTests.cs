using ScratchDet.Data;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Data;

public sealed class DatasetCheckTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Stands in for the decoder of libtorch: black pixels of the header's size.
    private static PlanarImage Decode(string path)
    {
        ImageHeader header = ImageFiles.ReadHeader(path);
        return new PlanarImage(header.Width, header.Height);
    }

    private string[] Findings(ImageDecoder? decode = null, string[]? classes = null) =>
        [.. DatasetCheck.Voc(folder.At("voc"), decode ?? Decode, classes).Select(finding => finding.ToString().Replace(folder.Path, "", StringComparison.Ordinal))];

    private void Add(string id, string split, string objects = "") =>
        AddSized(id, split, "<size><width>40</width><height>30</height></size>" + objects);

    private void AddSized(string id, string split, string body)
    {
        folder.Write($"voc/JPEGImages/{id}.png", TemporaryFolder.Png(40, 30));
        folder.Write($"voc/Annotations/{id}.xml", $"<annotation>{body}</annotation>");
        string list = folder.At("voc", "ImageSets", "Main", split + ".txt");
        folder.Write($"voc/ImageSets/Main/{split}.txt", (File.Exists(list) ? File.ReadAllText(list) : "") + id + "\n");
    }

    [Fact]
    public void A_sound_data_set_has_no_findings()
    {
        Add("a", "train", TemporaryFolder.ObjectXml("dog", "1", "1", "40", "30"));
        Add("b", "val");
        Add("c", "test");
        folder.Write("voc/ImageSets/Main/trainval.txt", "a\nb\n");
        Assert.Empty(Findings(classes: ["dog"]));
    }

    [Fact]
    public void Every_wrong_box_and_class_is_listed_not_only_the_first()
    {
        Add("a", "train",
            TemporaryFolder.ObjectXml("dog", "1", "1", "400", "30") + TemporaryFolder.ObjectXml("cow", "9", "1", "3", "30") + TemporaryFolder.ObjectXml("dog", "5", "5", "9", "9"));
        string[] findings = Findings(classes: ["dog"]);
        Assert.Equal(3, findings.Length);
        Assert.Contains("object 1 (dog)", findings[0], StringComparison.Ordinal);
        Assert.Contains("outside", findings[0], StringComparison.Ordinal);
        Assert.Contains("'cow' is unknown", findings[1], StringComparison.Ordinal);
        Assert.Contains("swapped corners", findings[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_stated_size_that_differs_from_the_image_is_listed_and_the_image_wins()
    {
        AddSized("a", "train", "<size><width>400</width><height>300</height></size>" + TemporaryFolder.ObjectXml("dog", "1", "1", "200", "200"));
        string[] findings = Findings();
        Assert.Contains("says 400 x 300, the image is 40 x 30", findings[0], StringComparison.Ordinal);
        Assert.Contains("outside the image of 40 x 30", findings[1], StringComparison.Ordinal);
        Assert.Equal(2, findings.Length);
    }

    [Fact]
    public void Bad_files_become_findings_one_by_one()
    {
        Add("a", "train");
        Add("b", "train");
        Add("c", "train");
        Add("d", "train");
        folder.Write("voc/JPEGImages/a.png", "");
        folder.Write("voc/Annotations/b.xml", "<!DOCTYPE annotation []><annotation/>");
        File.Delete(folder.At("voc", "Annotations", "c.xml"));
        File.Delete(folder.At("voc", "JPEGImages", "d.png"));
        folder.Write("voc/JPEGImages/unlisted.jpg", "not an image");
        string[] findings = Findings();
        Assert.Equal(5, findings.Length);
        Assert.Contains("c.xml does not exist", findings[0], StringComparison.Ordinal);
        Assert.Contains("d: no image of that name", findings[1], StringComparison.Ordinal);
        Assert.Contains("the file is empty", findings[2], StringComparison.Ordinal);
        Assert.Contains("DTD", findings[3], StringComparison.Ordinal);
        Assert.Contains("unlisted.jpg: not a JPEG or PNG", findings[4], StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_does_not_decode_is_listed_with_the_reason()
    {
        Add("a", "train");
        Add("b", "train");
        string[] findings = Findings(path => path.EndsWith("a.png", StringComparison.Ordinal) ? throw new FormatException("bad huffman code") : new PlanarImage(7, 7));
        Assert.Contains("a.png: the image cannot be decoded: bad huffman code", findings[0], StringComparison.Ordinal);
        Assert.Contains("b.png: the header says 40 x 30, the pixels are 7 x 7", findings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Splits_that_share_an_image_are_listed()
    {
        Add("a", "train");
        Add("b", "val");
        Add("c", "test");
        folder.Write("voc/ImageSets/Main/test.txt", "c\na\n");
        folder.Write("voc/ImageSets/Main/trainval.txt", "a\nc\n");
        string[] findings = Findings();
        Assert.Contains(findings, finding => finding.Contains("train.txt: a: also in test.txt", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("trainval.txt: c: also in test.txt", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("trainval.txt: b: in train.txt or val.txt but not here", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("trainval.txt: c: neither in train.txt nor in val.txt", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_folder_and_missing_lists_are_findings()
    {
        Assert.Contains("does not exist", Assert.Single(Findings()), StringComparison.Ordinal);
        Add("a", "train");
        File.Delete(folder.At("voc", "ImageSets", "Main", "train.txt"));
        Assert.Contains("no image set", Assert.Single(Findings()), StringComparison.Ordinal);
        folder.Write("voc/ImageSets/Main/train.txt", "\n");
        Assert.Contains("the list is empty", Assert.Single(Findings()), StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_stops_the_check()
    {
        Add("a", "train");
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetCheck.Voc(folder.At("voc"), Decode, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void The_real_circuit_boards_and_blood_cells_have_no_findings()
    {
        string? data = Environment.GetEnvironmentVariable("SCRATCHDET_DATA");
        if (data is null || !Directory.Exists(Path.Combine(data, "deeppcb"))) Assert.Skip("SCRATCHDET_DATA names no folder that holds deeppcb/");
        Assert.Empty(DatasetCheck.Voc(Path.Combine(data, "deeppcb"), Decode, cancellation: TestContext.Current.CancellationToken));
        if (Directory.Exists(Path.Combine(data, "bccd")))
            Assert.Empty(DatasetCheck.Voc(Path.Combine(data, "bccd"), Decode, cancellation: TestContext.Current.CancellationToken));
    }
}
