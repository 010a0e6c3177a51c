using System.Text;
using ScratchDet.Data;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Tests.Data.Fetch;

/// <summary>The layout of BCCD's repository, small, from a server of the test.</summary>
public sealed class BccdFetchTests : IDisposable
{
    private const string Cell = "\t<object>\n\t\t<name>RBC</name>\n\t\t<bndbox>\n\t\t\t<xmin>3</xmin>\n\t\t\t<ymin>4</ymin>\n\t\t\t<xmax>20</xmax>\n\t\t\t<ymax>21</ymax>\n\t\t</bndbox>\n\t</object>\n";

    private static readonly string EmptyCell = Cell.Replace("<xmax>20<", "<xmax>3<", StringComparison.Ordinal);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Cells_without_an_area_are_dropped_and_all_else_is_as_it_was()
    {
        using FetchServer server = Serve(with => with);

        FetchedSet set = await RunAsync(server);
        FetchedSet again = await RunAsync(server);

        Assert.Equal((2, 3, false), (set.Images, set.Objects, set.WasThere));
        Assert.True(again.WasThere);
        Assert.Single(server.Calls);
        Assert.Equal(Xml(Cell), File.ReadAllText(folder.At("bccd", "Annotations", "a.xml")));
        Assert.Equal(Xml(Cell + Cell), File.ReadAllText(folder.At("bccd", "Annotations", "b.xml")));
        Assert.Empty(DatasetCheck.Voc(Out, _ => new PlanarImage(40, 30), cancellation: TestContext.Current.CancellationToken));
        Assert.Equal([1, 2], VocDataset.Read(Out, "train+test").Samples.Select(sample => sample.Objects.Count));
        Assert.Contains("boxes without an area dropped (b)", File.ReadAllText(folder.At("bccd", "README.txt")));
    }

    [Fact]
    public async Task A_repository_of_another_layout_is_named()
    {
        using FetchServer server = Serve(name => name.Replace("BCCD/JPEGImages", "BCCD/Images"));

        var exception = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server));

        Assert.Contains("JPEGImages: the folder does not exist", exception.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private string Out => folder.At("bccd");

    private Task<FetchedSet> RunAsync(FetchServer server) => BccdFetch.RunAsync(
        Archives.Request(server, Out), BccdFetch.Source with { Commit = "0123", ContentSha256 = null }, TestContext.Current.CancellationToken);

    private static FetchServer Serve(Func<string, string> rename)
    {
        (string Name, byte[] Bytes)[] files =
        [
            ("LICENSE", Text("MIT")),
            ("BCCD/JPEGImages/a.png", TemporaryFolder.Png(40, 30)),
            ("BCCD/JPEGImages/b.png", TemporaryFolder.Png(40, 30)),
            ("BCCD/Annotations/a.xml", Text(Xml(Cell))),
            ("BCCD/Annotations/b.xml", Text(Xml(Cell + EmptyCell + Cell))),
            ("BCCD/ImageSets/Main/train.txt", Text("a\n")),
            ("BCCD/ImageSets/Main/test.txt", Text("b\n")),
        ];
        return new(("BCCD_Dataset-0123.tar.gz", Archives.GitHub("BCCD_Dataset-0123", files.Select(file => (rename(file.Name), file.Bytes)))));
    }

    private static string Xml(string objects) => $"<annotation>\n{objects}</annotation>\n";

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
