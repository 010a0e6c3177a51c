using ScratchDet.Torch;

namespace ScratchDet.Tests.Torch.PyTorchFiles;

/// <summary>Archives that say one thing to one reader and another to the next, or announce what is not there.</summary>
public sealed class ZipTrickTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"scratchdet-{Guid.NewGuid():n}.pth");

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData(false, false, 8)]
    [InlineData(true, false, 8)]
    [InlineData(true, true, 8)]
    [InlineData(false, true, 0)]
    public void Plain_and_zip64_archives_are_read(bool wideEnd, bool wideParts, int flags)
    {
        ZipPart[] parts = [.. ZipBytes.OneTensor().Select(part => part with { Wide = wideParts, Flags = (ushort)flags })];
        File.WriteAllBytes(path, new ZipBytes(parts) { WideEnd = wideEnd }.ToArray());
        using TensorArchive file = TensorArchive.Read(path);
        using TorchSharp.torch.Tensor weight = file.Load("weight");
        Assert.Equal([1, 2, 3, 4], weight.data<float>().ToArray());
    }

    [Fact]
    public void Numbers_behind_the_first_four_gigabytes_are_found()
    {
        ZipPart[] parts = ZipBytes.OneTensor();
        using (FileStream stream = File.Create(path)) new ZipBytes(parts[0], parts[1] with { Hole = 5L << 30, Wide = true }).WriteTo(stream);
        using TensorArchive file = TensorArchive.Read(path);
        using TorchSharp.torch.Tensor weight = file.Load("weight");
        Assert.Equal([1, 2, 3, 4], weight.data<float>().ToArray());
    }

    [Fact]
    public void A_record_that_lies_is_refused()
    {
        Assert.Contains("holds it twice", Refusal(Changed(part => part with { TwiceInDirectory = true })));
        Assert.Contains("is compressed (method 8)", Refusal(Changed(part => part with { Method = 8 })));
        Assert.Contains("is encrypted", Refusal(Changed(part => part with { Flags = 9 })));
        Assert.Contains("not what the directory says", Refusal(Changed(part => part with { LocalName = "archive/data/9" })));
        Assert.Contains("not what the directory says", Refusal(Changed(part => part with { LocalMethod = 8 })));
        Assert.Contains("not what the directory says", Refusal(Changed(part => part with { Flags = 0, Size = 12 })));
        Assert.Contains("reach beyond the records", Refusal(Changed(part => part with { Size = 1 << 20 })));
        Assert.Contains("reach beyond the records", Refusal(Changed(part => part with { Wide = true, Size = ulong.MaxValue })));
        Assert.Contains("stored for", Refusal(Changed(part => part with { PackedSize = 12 })));
        Assert.Contains("not what the directory says", Refusal(Changed(part => part with { HeaderStart = 7 })));
        Assert.Contains("reach beyond the records", Refusal(Changed(part => part with { HeaderStart = 1 << 24 })));
        Assert.Contains("reach beyond the records", Refusal(Changed(part => part with { Wide = true, HeaderStart = long.MaxValue })));
        Assert.Contains("zip64 numbers are missing", Refusal(Changed(part => part with { Wide = true, WithoutWideNumbers = true })));
        Assert.Contains("16 bytes", Refusal(new ZipBytes([.. ZipBytes.OneTensor(new PickleBytes().Raw("}").Text("w").Tensor(bytes => bytes.Storage("0", 3), 0, [3], [1]).Raw("s").ToArray())])));
    }

    [Fact]
    public void Records_that_share_bytes_are_refused()
    {
        ZipPart[] parts = ZipBytes.OneTensor();
        Assert.Contains("overlaps", Refusal(new ZipBytes(parts[0], parts[1] with { Size = 70 }, parts[2])));
        ZipPart inner = new("archive/data/1", [5, 6, 7, 8]);
        byte[] hidden = new ZipBytes(inner) { WideEnd = false }.ToArray()[..(30 + 14 + 4 + 4)];
        long start = new ZipBytes(parts[0]) { WideEnd = false }.ToArray().Length - 22 - 46 - parts[0].Name.Length + 30 + 14 + 4; // content of data/0
        Assert.Contains("overlaps", Refusal(new ZipBytes(parts[0], new ZipPart("archive/data/0", [.. hidden, 0, 0, 0, 0]), inner with { HeaderStart = start })));
    }

    [Theory]
    [InlineData("/archive/data/1")]
    [InlineData("archive/../../x")]
    [InlineData("archive\\x")]
    [InlineData("archive/\u0001")]
    [InlineData("")]
    public void Names_that_lead_out_are_refused(string name) =>
        Assert.Contains("leads out of the archive", Refusal(new ZipBytes([.. ZipBytes.OneTensor(), new ZipPart(name, [])])));

    [Fact]
    public void A_directory_that_lies_is_refused()
    {
        ZipPart[] parts = ZipBytes.OneTensor();
        Assert.Contains("not at the end of the file", Refusal(new ZipBytes(parts) { Comment = "PK" }));
        Assert.Contains("do not fit into its", Refusal(new ZipBytes(parts) { Count = 1000 }));
        Assert.Contains("records are absurd", Refusal(new ZipBytes(parts) { Count = ulong.MaxValue }));
        Assert.Contains("behind its last record", Refusal(new ZipBytes(parts) { Count = 2 }));
        Assert.Contains("do not fit into its", Refusal(new ZipBytes(parts) { Count = 4 }));
        Assert.Contains("do not end at its end", Refusal(new ZipBytes(parts) { DirectorySize = ulong.MaxValue - 5 }));
        Assert.Contains("do not end at its end", Refusal(new ZipBytes(parts) { DirectoryStart = 0 }));
        Assert.Contains("do not end at its end", Refusal(new ZipBytes(parts) { DirectoryStart = ulong.MaxValue }));
        Assert.Contains("points outside", Refusal(new ZipBytes(parts) { WideEndAt = ulong.MaxValue }));
        Assert.Contains("not where its locator points", Refusal(new ZipBytes(parts) { WideEndAt = 4 }));
        Assert.Contains("zip64 numbers are missing", Refusal(new ZipBytes(parts) { WideEnd = false, DirectorySize = uint.MaxValue }));
    }

    [Fact]
    public void Bytes_that_do_not_have_their_checksum_are_refused_when_they_are_read()
    {
        File.WriteAllBytes(path, Changed(part => part with { Checksum = 5 }).ToArray());
        using TensorArchive file = TensorArchive.Read(path);
        Assert.Contains("checksum", Assert.Throws<TensorArchiveException>(() => file.Load("weight")).Message, StringComparison.Ordinal);
        ZipPart[] parts = ZipBytes.OneTensor();
        Assert.Contains("checksum", Refusal(new ZipBytes(parts[0] with { Checksum = 5 }, parts[1])));
    }

    /// <summary>The usual file with another record of numbers.</summary>
    private static ZipBytes Changed(Func<ZipPart, ZipPart> change)
    {
        ZipPart[] parts = ZipBytes.OneTensor();
        return new ZipBytes(parts[0], change(parts[1]), parts[2]);
    }

    private string Refusal(ZipBytes archive)
    {
        File.WriteAllBytes(path, archive.ToArray());
        return Assert.Throws<TensorArchiveException>(() => TensorArchive.Read(path)).Message;
    }
}
