using System.Text;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Tests.Data.Fetch;

/// <summary>VOC's archives, small, from a server of the test.</summary>
public sealed class VocFetchTests : IDisposable
{
    private static readonly byte[] Trainval = Archives.Tar(Year("VOC2007", "trainval", "000005", "000007"));
    private static readonly byte[] Test = Archives.Tar(Year("VOC2007", "test", "000001"));
    private static readonly byte[] Trainval2012 = Archives.Tar(Year("VOC2012", "trainval", "2008_000008"));

    private static readonly VocArchive[] All =
    [
        new(Archives.Describe("trainval.tar", Trainval), "VOC2007", "trainval", 2),
        new(Archives.Describe("test.tar", Test), "VOC2007", "test", 1),
        new(Archives.Describe("2012.tar", Trainval2012), "VOC2012", "trainval", 1),
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_archives_become_one_devkit_that_the_kit_reads_and_a_second_call_asks_for_nothing()
    {
        using FetchServer server = Serve();

        IReadOnlyList<FetchedSet> first = await RunAsync(server);
        IReadOnlyList<FetchedSet> second = await RunAsync(server);

        Assert.Equal([("VOC2007 trainval", 2, false), ("VOC2007 test", 1, false), ("VOC2012 trainval", 1, false)], first.Select(set => (set.Name, set.Images, set.WasThere)));
        Assert.All(second, set => Assert.True(set.WasThere));
        Assert.Equal(["/trainval.tar", "/test.tar", "/2012.tar"], server.Calls.Select(call => call.Path));
        Assert.Equal(["VOCdevkit"], Directory.GetFileSystemEntries(Out).Select(Path.GetFileName));
        DetectionDataset dataset = VocDataset.Read(Out, "VOC2007:trainval+VOC2012:trainval");
        Assert.Equal(["000005", "000007", "2008_000008"], dataset.Samples.Select(sample => sample.Id));
        Assert.Equal(new Box(9, 4, 30, 20), Assert.Single(dataset.Samples[0].Objects).Box);
        Assert.Equal(["000001"], VocDataset.Read(Out, "VOC2007:test").Samples.Select(sample => sample.Id));
        Assert.Empty(DatasetCheck.Voc(Out, _ => new PlanarImage(40, 30), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_image_that_was_lost_brings_its_archive_again_and_no_other()
    {
        using FetchServer server = Serve();
        await RunAsync(server);
        File.Delete(folder.At("voc", "VOCdevkit", "VOC2007", "JPEGImages", "000001.png"));

        IReadOnlyList<FetchedSet> sets = await RunAsync(server);

        Assert.Equal([true, false, true], sets.Select(set => set.WasThere));
        Assert.Equal("/test.tar", server.Calls[^1].Path);
    }

    [Fact]
    public async Task Archives_stay_when_that_is_wanted()
    {
        using FetchServer server = Serve();

        await VocFetch.RunAsync(Archives.Request(server, Out) with { KeepArchives = true }, All, TestContext.Current.CancellationToken);

        Assert.Equal(["2012.tar", "test.tar", "trainval.tar"], Archives.FilesOf(folder.At("voc", "download")));
    }

    [Fact]
    public async Task A_mirror_with_another_file_is_refused_and_what_came_before_stays()
    {
        using var server = new FetchServer(("trainval.tar", Trainval), ("test.tar", Trainval2012), ("2012.tar", Trainval2012));

        var exception = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server));

        Assert.Contains($"{server.Address}/test.tar: is another file than the published one", exception.Message);
        Assert.Equal(["000005", "000007"], VocDataset.Read(Out, "trainval").Samples.Select(sample => sample.Id));
        Assert.False(Directory.Exists(folder.At("voc", "download")));
    }

    [Fact]
    public async Task An_archive_that_lacks_an_image_is_refused_and_leaves_nothing()
    {
        byte[] tar = Archives.Tar(Year("VOC2007", "trainval", "000005", "000007").Where(file => !file.Name.EndsWith("000007.png", StringComparison.Ordinal)));
        using var server = new FetchServer(("trainval.tar", tar));
        VocArchive archive = All[0] with { Archive = Archives.Describe("trainval.tar", tar) };

        var exception = await Assert.ThrowsAsync<BadInputException>(() => VocFetch.RunAsync(Archives.Request(server, Out), [archive], TestContext.Current.CancellationToken));

        Assert.Contains("trainval.txt: 000007: its image or its annotation is not there", exception.Message);
        Assert.False(Directory.Exists(folder.At("voc", "VOCdevkit")));
    }

    [Fact]
    public async Task Another_number_of_images_is_refused()
    {
        using FetchServer server = Serve();

        var exception = await Assert.ThrowsAsync<BadInputException>(() => VocFetch.RunAsync(
            Archives.Request(server, Out), [All[0] with { Images = 5011 }], TestContext.Current.CancellationToken));

        Assert.Contains("names 2 images, expected 5011", exception.Message);
    }

    [Fact]
    public async Task A_full_disk_is_told_before_anything_is_asked_for()
    {
        using FetchServer server = Serve();
        FetchRequest request = Archives.Request(server, Out) with { FreeBytes = _ => 2_000_000 };

        var exception = await Assert.ThrowsAsync<IOException>(() => VocFetch.RunAsync(request, All, TestContext.Current.CancellationToken));

        Assert.EndsWith("download: 3.0 MB are needed (0.0 MB to download, 3.0 MB unpacked) and 2.0 MB are free; free some space or choose another place", exception.Message);
        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task Two_cannot_fetch_the_same_data_set_at_once()
    {
        using FetchServer server = Serve();
        Directory.CreateDirectory(folder.At("voc", "download"));
        using var held = new FileStream(folder.At("voc", "download", "lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var exception = await Assert.ThrowsAsync<IOException>(() => RunAsync(server));

        Assert.Contains("another process is fetching this data set", exception.Message);
        Assert.Empty(server.Calls);
    }

    [Fact]
    public void The_published_archives_have_the_numbers_of_the_challenges()
    {
        Assert.Equal(9963, VocFetch.Trainval2007.Images + VocFetch.Test2007.Images);
        Assert.All([VocFetch.Trainval2007, VocFetch.Test2007, VocFetch.Trainval2012], archive => AssertPublished(archive.Archive.File));
        Assert.All([CocoFetch.Train2017, CocoFetch.Val2017, CocoFetch.Annotations2017], archive => AssertPublished(archive.Archive.File));

        static void AssertPublished(RemoteFile file)
        {
            Assert.EndsWith("/" + file.Name, file.AddressAt(null).AbsolutePath);
            Assert.Equal($"https://mirror.example/data/{file.Name}", file.AddressAt("https://mirror.example/data/").ToString());
            Assert.Equal(64, file.Sha256!.Length);
            Assert.True(file.Bytes > 0);
        }
    }

    private string Out => folder.At("voc");

    private Task<IReadOnlyList<FetchedSet>> RunAsync(FetchServer server) =>
        VocFetch.RunAsync(Archives.Request(server, Out), All, TestContext.Current.CancellationToken);

    private static FetchServer Serve() => new(("trainval.tar", Trainval), ("test.tar", Test), ("2012.tar", Trainval2012));

    private static IEnumerable<(string Name, byte[] Bytes)> Year(string year, string split, params string[] ids)
    {
        string root = $"VOCdevkit/{year}";
        foreach (string id in ids)
        {
            yield return ($"{root}/JPEGImages/{id}.png", TemporaryFolder.Png(40, 30));
            yield return ($"{root}/Annotations/{id}.xml", Encoding.UTF8.GetBytes($"<annotation>{TemporaryFolder.ObjectXml("dog", "10", "5", "30", "20")}</annotation>"));
        }
        yield return ($"{root}/ImageSets/Main/{split}.txt", Encoding.UTF8.GetBytes(string.Join('\n', ids) + "\n"));
    }
}
