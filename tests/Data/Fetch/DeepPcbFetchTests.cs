using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Fetch;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Data.Fetch;

/// <summary>The layout of DeepPCB's repository, small, from a server of the test.</summary>
public sealed class DeepPcbFetchTests : IDisposable
{
    private const string Top = "DeepPCB-0123";

    private readonly TemporaryFolder folder = new();

    public DeepPcbFetchTests() =>
        Assert.SkipUnless(TorchVisionLibraries.HasImageOperators, "libtorch came without torchvision's image operators");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Boards_come_as_they_are_with_boxes_from_1()
    {
        using FetchServer server = Serve(Originals());

        FetchedSet set = await RunAsync(server, half: false);

        Assert.Equal((3, 4, false), (set.Images, set.Objects, set.WasThere));
        DetectionDataset dataset = VocDataset.Read(Out, "trainval", new VocReadOptions { ClassNames = DeepPcbFetch.ClassNames });
        Assert.Equal(["00041000", "00041001"], dataset.Samples.Select(sample => sample.Id));
        // Continuous pixels again: what the repository's files say.
        Assert.Equal([(2, new Box(21, 11, 42, 31)), (0, new Box(0, 0, 5, 7))], dataset.Samples[0].Objects.Select(item => (item.ClassIndex, item.Box)));
        Assert.Equal([(5, new Box(50, 40, 64, 48))], dataset.Samples[1].Objects.Select(item => (item.ClassIndex, item.Box)));
        Assert.Equal(["12000001"], VocDataset.Read(Out, "test").Samples.Select(sample => sample.Id));
        Assert.Equal(File.ReadAllText(folder.At("pcb", "ImageSets", "Main", "trainval.txt")), File.ReadAllText(folder.At("pcb", "ImageSets", "Main", "train.txt")));
        Assert.Equal(Board(1), File.ReadAllBytes(folder.At("pcb", "JPEGImages", "00041000.jpg")));
        Assert.Contains("<xmin>22</xmin>", File.ReadAllText(folder.At("pcb", "Annotations", "00041000.xml")).Replace("\t", ""));
        Assert.Empty(DatasetCheck.Voc(Out, ImageFiles.Decode, DeepPcbFetch.ClassNames, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(["LICENSE", "README.txt", "fetched.json"], Directory.GetFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["pcb"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Half_boards_have_boxes_with_all_pixels_that_the_whole_ones_touch()
    {
        using FetchServer server = Serve(Originals());

        await RunAsync(server, half: true);

        DetectionDataset dataset = VocDataset.Read(Out, "trainval", new VocReadOptions { ClassNames = DeepPcbFetch.ClassNames });
        Assert.Equal([(2, new Box(10, 5, 21, 16)), (0, new Box(0, 0, 3, 4))], dataset.Samples[0].Objects.Select(item => (item.ClassIndex, item.Box)));
        ImageHeader header = ImageFiles.ReadHeader(folder.At("pcb", "JPEGImages", "00041000.jpg"));
        Assert.Equal((32, 24, 1), (header.Width, header.Height, header.ChannelCount));
        Assert.Contains("quality 85", File.ReadAllText(folder.At("pcb", "README.txt")));
        Assert.Empty(DatasetCheck.Voc(Out, ImageFiles.Decode, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_set_that_is_there_is_kept_and_one_made_otherwise_is_left_alone()
    {
        using FetchServer server = Serve(Originals());
        await RunAsync(server, half: false);

        FetchedSet again = await RunAsync(server, half: false);
        var otherwise = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server, half: true));
        File.Delete(folder.At("pcb", "JPEGImages", "00041000.jpg"));
        var damaged = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server, half: false));

        Assert.Equal((3, 4, true), (again.Images, again.Objects, again.WasThere));
        Assert.Contains("the set was made otherwise: full of 0123; name another folder, or remove this one", otherwise.Message);
        Assert.Contains("10 of 11 files are left", damaged.Message);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task A_folder_with_something_else_is_left_alone()
    {
        using FetchServer server = Serve(Originals());
        folder.Write("pcb/mine.txt", "mine");

        var exception = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server, half: false));

        Assert.Contains("the folder has something else than deeppcb", exception.Message);
        Assert.Equal(["mine.txt"], Archives.FilesOf(Out));
        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task Another_commit_or_another_content_is_refused_and_nothing_stays()
    {
        using FetchServer server = Serve(Originals());

        var commit = await Assert.ThrowsAsync<BadInputException>(() => DeepPcbFetch.RunAsync(Archives.Request(server, Out), half: false, Source() with { Repository = "Other" }, Stop));
        var content = await Assert.ThrowsAsync<BadInputException>(() => DeepPcbFetch.RunAsync(Archives.Request(server, Out), half: false, Source() with { ContentSha256 = new string('0', 64) }, Stop));

        Assert.Contains("is not the archive of github.com/tangsanli5201/Other @ 0123: it holds DeepPCB-0123, expected the folder Other-0123", commit.Message);
        Assert.Contains("has another content than github.com/tangsanli5201/DeepPCB @ 0123", content.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("1 2 3", "is no box 'x1 y1 x2 y2 type'")]
    [InlineData("10 10 20 20 7", "is no box")]
    [InlineData("20 10 10 20 1", "is no box")]
    [InlineData("a 10 20 20 1", "is no box")]
    public async Task A_line_that_is_no_box_is_named(string line, string expected)
    {
        (string Name, byte[] Bytes)[] files = [.. Originals().Select(file => file.Name.EndsWith("00041001.txt", StringComparison.Ordinal) ? (file.Name, Text("1 1 2 2 1\n" + line)) : file)];
        using FetchServer server = Serve(files);

        var exception = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server, half: false));

        Assert.Contains("00041001.txt: line 2: ", exception.Message);
        Assert.Contains(expected, exception.Message);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void The_content_of_a_folder_has_one_sum_whatever_its_order_and_another_for_another_name()
    {
        folder.Write("a/x/1.txt", "one");
        folder.Write("a/y.txt", "two");
        folder.Write("b/y.txt", "two");
        folder.Write("b/x/1.txt", "one");
        folder.Write("c/x/2.txt", "one");
        folder.Write("c/y.txt", "two");

        Assert.Equal(GitHubArchive.ContentSum(folder.At("a"), Stop), GitHubArchive.ContentSum(folder.At("b"), Stop));
        Assert.NotEqual(GitHubArchive.ContentSum(folder.At("a"), Stop), GitHubArchive.ContentSum(folder.At("c"), Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Out => folder.At("pcb");

    private Task<FetchedSet> RunAsync(FetchServer server, bool half) => DeepPcbFetch.RunAsync(Archives.Request(server, Out), half, Source(), Stop);

    private static GitHubArchive Source() => DeepPcbFetch.Source with { Commit = "0123", ContentSha256 = null };

    private static FetchServer Serve((string, byte[])[] files)
    {
        byte[] archive = Archives.GitHub(Top, files);
        return new((Top + ".tar.gz", archive), ("Other-0123.tar.gz", archive));
    }

    private static (string Name, byte[] Bytes)[] Originals() =>
    [
        ("LICENSE", Text("MIT")),
        ("tools/readme.md", Text("not needed")),
        ("PCBData/trainval.txt", Text("group00041/00041/00041000.jpg group00041/00041_not/00041000.txt\ngroup00041/00041/00041001.jpg group00041/00041_not/00041001.txt")),
        ("PCBData/test.txt", Text("group12000/12000/12000001.jpg group12000/12000_not/12000001.txt\n")),
        ("PCBData/group00041/00041/00041000_test.jpg", Board(1)),
        ("PCBData/group00041/00041/00041000_temp.jpg", Board(2)),
        ("PCBData/group00041/00041_not/00041000.txt", Text("21 11 42 31 3\n0 0 5 7 1\n")),
        ("PCBData/group00041/00041/00041001_test.jpg", Board(3)),
        ("PCBData/group00041/00041_not/00041001.txt", Text("50,40,64,48,6")),
        ("PCBData/group12000/12000/12000001_test.jpg", Board(4)),
        ("PCBData/group12000/12000_not/12000001.txt", Text("5 6 17 18 2\n")),
    ];

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static byte[] Board(int seed)
    {
        var image = new PlanarImage(64, 48);
        new Random(seed).NextBytes(image.Plane(0));
        image.Plane(0).CopyTo(image.Plane(1));
        image.Plane(0).CopyTo(image.Plane(2));
        return ImageFiles.EncodeJpeg(image, grey: true);
    }
}
