using System.Text;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch.PyTorchFiles;

/// <summary>Files built byte by byte: what is read, and that damage of any kind is refused.</summary>
public sealed class PyTorchFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"scratchdet-{Guid.NewGuid():n}.pth");

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_tensor_is_read(bool isZip)
    {
        using DisposeScope scope = NewDisposeScope();
        using TensorArchive file = Open(Whole(isZip));
        Assert.Equal(isZip ? "pytorch-zip" : "pytorch-legacy", file.Format);
        TensorEntry entry = Assert.Single(file.Entries);
        Assert.Equal(("weight", ScalarType.Float32), (entry.Name, entry.Type));
        Assert.Equal([2, 2], entry.Shape);
        Assert.Equal([1, 2, 3, 4], file.Load("weight").data<float>().ToArray());
        Assert.Contains("no such tensor", Assert.Throws<TensorArchiveException>(() => file.Load("bias")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_cut_off_at_any_byte_or_with_a_byte_too_many_is_refused(bool isZip)
    {
        byte[] whole = Whole(isZip);
        for (int length = 0; length < whole.Length; length++) Refusal(whole[..length]);
        Refusal([.. whole, 0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_flipped_byte_is_refused_or_does_no_harm(bool isZip)
    {
        byte[] whole = Whole(isZip);
        for (int i = 0; i < whole.Length; i++)
        {
            foreach (byte change in new byte[] { 0x01, 0x10, 0x80, 0xFF })
            {
                byte[] damaged = [.. whole];
                damaged[i] ^= change;
                AssertHarmless(damaged, sameNumbers: isZip);
            }
        }
    }

    [Fact]
    public void Random_damage_is_refused_or_does_no_harm()
    {
        var random = new Random(5);
        for (int round = 0; round < 600; round++)
        {
            byte[] damaged = Whole(isZip: round % 2 == 0);
            for (int change = random.Next(1, 9); change > 0; change--)
            {
                int at = random.Next(damaged.Length), count = random.Next(1, 5);
                random.NextBytes(damaged.AsSpan(at, Math.Min(count, damaged.Length - at)));
            }
            AssertHarmless(damaged, sameNumbers: false);
        }
    }

    [Fact]
    public void Views_of_old_files_are_parts_of_their_storage()
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] pickle = new PickleBytes().Raw("}")
            .Text("tail").Tensor(bytes => bytes.Storage("7", 6, view: ("8", 2, 4)), 1, [3], [1]).Raw("s")
            .Text("all").Tensor(bytes => bytes.Storage("7", 6, old: true), 0, [3, 2], [1, 3]).Raw("s").ToArray();
        using TensorArchive file = Open(PickleBytes.Legacy(pickle, ("7", [0, 1, 2, 3, 4, 5])));
        Assert.Equal([3, 4, 5], file.Load("tail").data<float>().ToArray());
        Assert.Equal([0, 3, 1, 4, 2, 5], file.Load("all").data<float>().ToArray());
        Assert.Contains("a view beyond", Refusal(PickleBytes.Legacy(
            new PickleBytes().Raw("}").Text("tail").Tensor(bytes => bytes.Storage("7", 6, view: ("8", 4, 4)), 0, [1], [1]).Raw("s").ToArray(), ("7", [0, 1, 2, 3, 4, 5]))));
    }

    [Fact]
    public void A_state_dictionary_of_python_2_is_read()
    {
        using DisposeScope scope = NewDisposeScope();
        // OrderedDict([["weight", tensor]]) with short strings of bytes, and the tensors of before 0.4: no gradient, no hooks.
        byte[] pickle = new PickleBytes().Global("collections", "OrderedDict").Raw("(](](U\u0006weight").Global("torch._utils", "_rebuild_tensor").Raw("(")
            .Storage("0", 4, old: true).Number(0).Numbers(4).Numbers(1).Raw("tReetR").ToArray();
        using TensorArchive file = Open(PickleBytes.Legacy(pickle, ("0", [1, 2, 3, 4])));
        Assert.Equal([1, 2, 3, 4], file.Load("weight").data<float>().ToArray());
    }

    [Theory]
    [InlineData(0, new long[] { 5 }, new long[] { 1 }, "reaches 5 elements into a storage of 4")]
    [InlineData(1, new long[] { 2, 2 }, new long[] { 2, 1 }, "reaches 5 elements into a storage of 4")]
    [InlineData(-1, new long[] { 2 }, new long[] { 1 }, "below 0")]
    [InlineData(0, new long[] { -2 }, new long[] { 1 }, "below 0")]
    [InlineData(0, new long[] { 2 }, new long[] { -1 }, "below 0")]
    [InlineData(long.MaxValue, new long[] { 1 }, new long[] { 1 }, "reaches")]
    [InlineData(0, new long[] { 2 }, new long[] { long.MaxValue }, "reaches")]
    [InlineData(0, new long[] { 1L << 62, 4 }, new long[] { 0, 0 }, "absurd")]
    [InlineData(0, new long[] { 0, 1L << 62, 4 }, new long[] { 0, 0, 0 }, "absurd")]
    [InlineData(0, new long[] { 1L << 40 }, new long[] { 0 }, "repeats 1 elements")]
    [InlineData(0, new long[] { 2 }, new long[] { 1, 1 }, "1 sizes and 2 strides")]
    [InlineData(0, new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "9 dimensions")]
    public void A_tensor_that_does_not_lie_in_its_storage_is_refused(long offset, long[] shape, long[] strides, string reason)
    {
        byte[] pickle = new PickleBytes().Raw("}").Text("weight").Tensor(bytes => bytes.Storage("0", 4), offset, shape, strides).Raw("s").ToArray();
        string message = Refusal(new ZipBytes(ZipBytes.OneTensor(pickle)).ToArray());
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("data.pkl, byte ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 5, "16 bytes for 5 numbers")]
    [InlineData("0", -4, "a storage of -4 elements")]
    [InlineData("0", long.MaxValue, "a storage of 9223372036854775807 elements")]
    [InlineData("1", 4, "does not hold its numbers")]
    [InlineData("../0", 4, "does not hold its numbers")]
    public void A_storage_that_is_not_as_described_is_refused(string key, long elements, string reason)
    {
        byte[] pickle = new PickleBytes().Raw("}").Text("weight").Tensor(bytes => bytes.Storage(key, elements), 0, [1], [1]).Raw("s").ToArray();
        Assert.Contains(reason, Refusal(new ZipBytes(ZipBytes.OneTensor(pickle)).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Types_that_are_not_read_are_named()
    {
        byte[] pickle = new PickleBytes().Raw("}").Text("weight").Tensor(bytes => bytes.Storage("0", 2, "ComplexFloatStorage"), 0, [2], [1]).Raw("s").ToArray();
        Assert.Contains("numbers of type ComplexFloat", Refusal(new ZipBytes(ZipBytes.OneTensor(pickle)).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_key_used_many_times_costs_no_copies()
    {
        // 2 MB of a key, ten thousand times: 20 GB of paths if each were put together.
        var pickle = new PickleBytes().Raw("}").Text("weight").Tensor(bytes => bytes.Storage("0", 4), 0, [4], [1]).Raw("s").Text("more").Raw("]");
        pickle.Text(new string('k', 2_000_000)).Raw("q\x05").Raw("0");
        pickle.Raw("(");
        for (int i = 0; i < 10_000; i++) pickle.Raw("}").Raw("h\x05").Raw("}s");
        byte[] bytes = pickle.Raw("es").ToArray();
        long before = GC.GetTotalAllocatedBytes();
        using TensorArchive file = Open(PickleBytes.Legacy(bytes, ("0", [1, 2, 3, 4])));
        Assert.Equal("weight", Assert.Single(file.Entries).Name);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200_000_000);
    }

    [Fact]
    public void A_name_of_a_million_prefixes_is_refused_and_not_stripped()
    {
        byte[] pickle = new PickleBytes().Raw("}").Text(string.Concat(Enumerable.Repeat("module.", 1_000_000)) + "w").Tensor(bytes => bytes.Storage("0", 4), 0, [4], [1]).Raw("s").ToArray();
        long before = GC.GetTotalAllocatedBytes();
        Assert.Contains("too long", Refusal(PickleBytes.Legacy(pickle, ("0", [1, 2, 3, 4]))));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 300_000_000);
    }

    [Fact]
    public void An_announced_size_of_any_absurd_length_is_refused_without_memory()
    {
        byte[][] pickles =
        [
            [0x80, 2, (byte)'X', 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 4, 0x8D, 0, 0, 0, 0, 0, 0, 0, 0x40], [0x80, 2, (byte)'T', 0, 0, 0, 0x7F],
            [0x80, 4, 0x8E, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 1], [0x80, 2, 0x8B, 0, 0, 0, 0x40],
        ];
        foreach (byte[] pickle in pickles)
        {
            byte[] file = new ZipBytes(ZipBytes.OneTensor(pickle)).ToArray();
            File.WriteAllBytes(path, file);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<TensorArchiveException>(() => TensorArchive.Read(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        }
    }

    [Fact]
    public void Values_without_end_are_refused()
    {
        byte[] pickle = [0x80, 2, (byte)']', .. Enumerable.Repeat((byte)'2', 5_100_000)];
        Assert.Contains("more than 5000000 values", Refusal(new ZipBytes(ZipBytes.OneTensor(pickle)).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_mappings_in_each_other_are_no_danger_to_the_stack()
    {
        var pickle = new PickleBytes();
        const int Depth = 100_000;
        for (int i = 0; i < Depth; i++) pickle.Raw("}").Text("x");
        pickle.Raw("N");
        for (int i = 0; i < Depth; i++) pickle.Raw("s");
        Assert.Contains("holds no tensors", Refusal(new ZipBytes(ZipBytes.OneTensor(pickle.ToArray())).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_that_holds_itself_is_read_once()
    {
        byte[] pickle = new PickleBytes().Raw("}q\0").Text("self").Raw("h\0s").Text("weight").Tensor(bytes => bytes.Storage("0", 4), 0, [4], [1]).Raw("s").ToArray();
        using TensorArchive file = Open(new ZipBytes(ZipBytes.OneTensor(pickle)).ToArray());
        Assert.Equal("weight", Assert.Single(file.Entries).Name);
    }

    [Fact]
    public void A_thousand_names_for_one_large_storage_are_refused()
    {
        var pickle = new PickleBytes().Raw("}");
        for (int i = 0; i < 1000; i++) pickle.Text($"t{i}").Tensor(bytes => bytes.Storage("0", 4), 0, [1 << 22], [0]).Raw("s");
        Assert.Contains("are absurd", Refusal(new ZipBytes(ZipBytes.OneTensor(pickle.ToArray())).ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u0007b")]
    public void Names_that_nobody_can_print_are_refused(string name)
    {
        byte[] pickle = new PickleBytes().Raw("}").Text(name).Tensor(bytes => bytes.Storage("0", 4), 0, [4], [1]).Raw("s").ToArray();
        Assert.Contains("a name that is", Refusal(new ZipBytes(ZipBytes.OneTensor(pickle)).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_something_else_is_named()
    {
        byte[] tar = new byte[1024];
        "ustar"u8.CopyTo(tar.AsSpan(257));
        tar[0] = (byte)'s';
        Assert.Contains("tar archive", Refusal(tar));
        Assert.Contains("gzip", Refusal([0x1F, 0x8B, 8, 0]));
        Assert.Contains("Git LFS", Refusal(Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\n")));
        Assert.Contains("a page", Refusal(Encoding.ASCII.GetBytes("<!DOCTYPE html>")));
        Assert.Contains("empty zip", Refusal(new ZipBytes { WideEnd = false }.ToArray()));
        Assert.Contains("not one that torch.save wrote", Refusal(new PickleBytes().Raw("}").ToArray()));
        Assert.Contains("without data.pkl", Refusal(new ZipBytes(new ZipPart("a/b.npy", [1])).ToArray()));
        Assert.Contains("2 times data.pkl", Refusal(new ZipBytes([.. ZipBytes.OneTensor(), new ZipPart("other/data.pkl", PickleBytes.OneTensor())]).ToArray()));
        Assert.Contains("TorchScript", Refusal(new ZipBytes([.. ZipBytes.OneTensor(), new ZipPart("archive/constants.pkl", [0x80, 2])]).ToArray()));
        Assert.Contains("big-endian", Refusal(new ZipBytes([.. ZipBytes.OneTensor(), new ZipPart("archive/byteorder", "big"u8.ToArray())]).ToArray()));
        using TensorArchive little = Open(new ZipBytes([.. ZipBytes.OneTensor(), new ZipPart("archive/byteorder", "little"u8.ToArray())]).ToArray());
        Assert.Single(little.Entries);
    }

    private static byte[] Whole(bool isZip) =>
        isZip ? new ZipBytes(ZipBytes.OneTensor()).ToArray() : PickleBytes.Legacy(PickleBytes.OneTensor(old: true), ("0", [1, 2, 3, 4]));

    private TensorArchive Open(byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return TensorArchive.Read(path);
    }

    private string Refusal(byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        var fault = Assert.Throws<TensorArchiveException>(() => TensorArchive.Read(path));
        Assert.StartsWith(path + ": ", fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(fault.WhatToDo);
        return fault.Message;
    }

    private void AssertHarmless(byte[] bytes, bool sameNumbers)
    {
        using DisposeScope scope = NewDisposeScope();
        try
        {
            using TensorArchive file = Open(bytes);
            IReadOnlyDictionary<string, Tensor> tensors = file.LoadAll();
            Assert.All(tensors.Values, tensor => Assert.Equal(tensor.numel(), tensor.shape.TotalSize()));
            if (sameNumbers) Assert.Equal([1, 2, 3, 4], tensors["weight"].data<float>().ToArray()); // its checksums hold
        }
        catch (TensorArchiveException fault)
        {
            Assert.Equal(path, fault.Path);
        }
    }
}
