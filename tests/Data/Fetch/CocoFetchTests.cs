using System.Text;
using ScratchDet.Data;
using ScratchDet.Data.Coco;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Tests.Data.Fetch;

/// <summary>COCO's archives, small, from a server of the test.</summary>
public sealed class CocoFetchTests : IDisposable
{
    private static readonly byte[] Annotations = Archives.Zip(
        ("annotations/instances_train2017.json", Instances(9, "000000000009.jpg")),
        ("annotations/instances_val2017.json", Instances(139, "000000000139.jpg")));

    private static readonly byte[] Val = Archives.Zip(("val2017/", []), ("val2017/000000000139.jpg", TemporaryFolder.JpegHeader(40, 30)));
    private static readonly byte[] Train = Archives.Zip(("train2017/000000000009.jpg", TemporaryFolder.JpegHeader(40, 30)));

    private static readonly CocoArchive[] All =
    [
        new(Archives.Describe("annotations.zip", Annotations), null, 0),
        new(Archives.Describe("val.zip", Val), "val2017", 1),
        new(Archives.Describe("train.zip", Train), "train2017", 1),
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_archives_become_a_folder_that_the_kit_reads_and_a_second_call_asks_for_nothing()
    {
        using FetchServer server = Serve(Val);

        IReadOnlyList<FetchedSet> first = await RunAsync(server, All);
        IReadOnlyList<FetchedSet> second = await RunAsync(server, All);

        Assert.Equal([("annotations", 0, false), ("val2017", 1, false), ("train2017", 1, false)], first.Select(set => (set.Name, set.Images, set.WasThere)));
        Assert.All(second, set => Assert.True(set.WasThere));
        Assert.Equal(3, server.Calls.Length);
        Assert.Equal(
            ["annotations/instances_train2017.json", "annotations/instances_val2017.json", "train2017/000000000009.jpg", "val2017/000000000139.jpg"], Archives.FilesOf(Out));
        Assert.Empty(CocoCheck.Run(Out, _ => new PlanarImage(40, 30), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_split_is_enough()
    {
        using FetchServer server = Serve(Val);

        await RunAsync(server, All[..2]);

        Assert.Equal(["/annotations.zip", "/val.zip"], server.Calls.Select(call => call.Path));
    }

    [Fact]
    public async Task Images_that_the_annotations_do_not_name_are_found_out()
    {
        byte[] other = Archives.Zip(("val2017/000000000140.jpg", TemporaryFolder.JpegHeader(40, 30)));
        using FetchServer server = Serve(other);

        var exception = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server, [All[0], All[1] with { Archive = Archives.Describe("val.zip", other) }]));

        Assert.Contains("image 139: 000000000139.jpg is not in", exception.Message);
    }

    [Fact]
    public async Task An_archive_of_another_layout_is_refused()
    {
        byte[] other = Archives.Zip(("images/000000000139.jpg", TemporaryFolder.JpegHeader(40, 30)));
        using FetchServer server = Serve(other);

        var exception = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server, [All[1] with { Archive = Archives.Describe("val.zip", other) }]));

        Assert.Contains("val.zip: has not the layout of COCO: expected 1 images in val2017", exception.Message);
        Assert.Empty(Archives.FilesOf(folder.At("coco", "val2017")));
    }

    private string Out => folder.At("coco");

    private Task<IReadOnlyList<FetchedSet>> RunAsync(FetchServer server, IReadOnlyList<CocoArchive> archives) =>
        CocoFetch.RunAsync(Archives.Request(server, Out), archives, TestContext.Current.CancellationToken);

    private static FetchServer Serve(byte[] val) => new(("annotations.zip", Annotations), ("val.zip", val), ("train.zip", Train));

    private static byte[] Instances(int id, string name) => Encoding.UTF8.GetBytes(
        $$"""
        {"images":[{"id":{{id}},"file_name":"{{name}}","width":40,"height":30}],
         "annotations":[{"id":{{id}},"image_id":{{id}},"category_id":1,"bbox":[1,2,3,4],"area":12,"iscrowd":0}],
         "categories":[{"id":1,"name":"person"}]}
        """);
}
