using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ScratchDet.Data;
using ScratchDet.Data.Coco;
using ScratchDet.Data.Fetch;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Data.Fetch;

/// <summary>The layout of the nuclei's repository, small, from a server of the test.</summary>
public sealed class NucleiFetchTests : IDisposable
{
    private const int Width = 6, Height = 4;

    private static readonly string[] Ids = ["aa", "bb", "cc", "dd", "ee"];

    private readonly TemporaryFolder folder = new();

    public NucleiFetchTests() =>
        Assert.SkipUnless(TorchVisionLibraries.HasImageOperators, "libtorch came without torchvision's image operators");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Masks_become_label_maps_and_run_lengths_and_the_earlier_one_keeps_what_two_have()
    {
        using FetchServer server = Serve(Height);

        FetchedSet set = await RunAsync(server);
        FetchedSet again = await RunAsync(server);

        Assert.Equal((5, 9, false), (set.Images, set.Objects, set.WasThere)); // four images with two nuclei; of the fifth one lies under the other
        Assert.True(again.WasThere);
        Assert.Single(server.Calls);
        CocoGroundTruth train = Read("train"), val = Read("val");
        Assert.Equal((4, 1), (train.Images.Count, val.Images.Count));
        Assert.Equal(FirstByMd5(), SourceIds("val"));
        Assert.Equal(Enumerable.Range(1, 9).Select(id => (long)id), train.Objects.Concat(val.Objects).Select(item => item.Id).Order());

        // Image 1 (aa): columns 1 and 2 of rows 0 and 1, then row 1 of columns 0 to 3 without what the first has.
        CocoGroundTruth one = train.Images[0].Id == 1 ? train : val;
        Assert.Equal((1, "000001.png", Width, Height), (one.Images[0].Id, one.Images[0].FileName, one.Images[0].Width, one.Images[0].Height));
        Assert.Equal(new RunLengthMask(Height, Width, 4, 2, 2, 2, 14), one.Masks!.Of(0));
        Assert.Equal(new RunLengthMask(Height, Width, 1, 1, 11, 1, 10), one.Masks.Of(1));
        Assert.Equal([new CocoBox(1, 0, 2, 2), new CocoBox(0, 1, 4, 1)], one.Objects.Take(2).Select(item => item.Box));
        Assert.Equal([4, 2], one.Objects.Take(2).Select(item => item.Area));
        Assert.Equal([0, 1, 1, 0, 0, 0, 2, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Labels("000001.png"));
        Assert.Empty(CocoCheck.Run(Out, ImageFiles.Decode, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("where masks overlap (5 images)", File.ReadAllText(folder.At("nuclei", "README.txt")));
    }

    [Fact]
    public async Task A_mask_of_another_size_is_named()
    {
        using FetchServer server = Serve(maskHeight: 3);

        var exception = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(server));

        Assert.Contains("the mask is 6 x 3, its image 6 x 4", exception.Message);
        Assert.False(Directory.Exists(Out));
    }

    private string Out => folder.At("nuclei");

    private Task<FetchedSet> RunAsync(FetchServer server) => NucleiFetch.RunAsync(
        Archives.Request(server, Out), NucleiFetch.Source with { Commit = "0123", ContentSha256 = null }, TestContext.Current.CancellationToken);

    private CocoGroundTruth Read(string split) => CocoGroundTruthReader.Read(
        folder.At("nuclei", "annotations", $"instances_{split}.json"), CocoParts.Boxes | CocoParts.Masks, cancellation: TestContext.Current.CancellationToken);

    private string[] SourceIds(string split)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(folder.At("nuclei", "annotations", $"instances_{split}.json")));
        return [.. json.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("source_id").GetString()!)];
    }

    private static string[] FirstByMd5() =>
        [Ids.MinBy(id => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(id))), StringComparer.Ordinal)!];

    /// <summary>The 16-bit pixels of a label map, which no decoder of the kit keeps.</summary>
    private int[] Labels(string name)
    {
        byte[] png = File.ReadAllBytes(folder.At("nuclei", "labels", name));
        Assert.Equal(16, ImageHeader.Read(png, verifySums: true).BitsPerChannel);
        int begin = png.AsSpan().IndexOf("IDAT"u8) + 4;
        using var zlib = new System.IO.Compression.ZLibStream(new MemoryStream(png[begin..]), System.IO.Compression.CompressionMode.Decompress);
        byte[] rows = new byte[Height * (1 + (2 * Width))];
        zlib.ReadExactly(rows);
        var labels = new int[Height * Width];
        for (int y = 0; y < Height; y++)
        {
            Assert.Equal(2, rows[y * (1 + (2 * Width))]); // each row is the difference to the one above
            for (int x = 0; x < Width; x++)
            {
                int at = (y * (1 + (2 * Width))) + 1 + (2 * x);
                int above = y > 0 ? labels[((y - 1) * Width) + x] : 0;
                labels[(y * Width) + x] = ((byte)(rows[at] + (above >> 8)) << 8) | (byte)(rows[at + 1] + above);
            }
        }
        return labels;
    }

    private static FetchServer Serve(int maskHeight)
    {
        byte[] first = Mask(maskHeight, (1, 0), (2, 0), (1, 1), (2, 1)), second = Mask(maskHeight, (0, 1), (1, 1), (2, 1), (3, 1));
        var files = new List<(string, byte[])> { ("README.rst", "CC0"u8.ToArray()) };
        foreach (string id in Ids)
        {
            files.Add(($"stage1_train/{id}/images/{id}.png", ImageFiles.EncodePng(new PlanarImage(Width, Height))));
            files.Add(($"stage1_train/{id}/masks/1.png", first));
            files.Add(($"stage1_train/{id}/masks/2.png", id == "ee" ? first : second));
        }
        const string top = "kaggle-dsbowl-2018-dataset-fixes-0123";
        return new((top + ".tar.gz", Archives.GitHub(top, files)));
    }

    private static byte[] Mask(int height, params (int X, int Y)[] pixels)
    {
        var image = new PlanarImage(Width, height);
        foreach ((int x, int y) in pixels)
            for (int channel = 0; channel < 3; channel++) image.Plane(channel)[(y * Width) + x] = 255;
        return ImageFiles.EncodePng(image, grey: true);
    }
}
