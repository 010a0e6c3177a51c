using System.Buffers.Binary;
using System.Text;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"scratchdet-{Guid.NewGuid():n}.safetensors");

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_file_is_the_bytes_that_the_format_says()
    {
        using DisposeScope scope = NewDisposeScope();
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, [("b", tensor(new byte[] { 7, 8, 9 })), ("a", tensor([1f, -2f], [2, 1])), ("n", tensor(5L))],
            new Dictionary<string, string> { ["step"] = "3", ["by"] = "us" });
        byte[] header = Encoding.UTF8.GetBytes(
            """{"__metadata__":{"by":"us","step":"3"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}"""
            + ""","a":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},"b":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}""");
        int padded = (header.Length + 7) / 8 * 8;
        byte[] expected =
        [
            .. BitConverter.GetBytes((long)padded), .. header, .. Enumerable.Repeat((byte)' ', padded - header.Length),
            .. BitConverter.GetBytes(5L), .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(-2f), 7, 8, 9,
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Every_type_and_shape_comes_back_as_it_was()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(6);
        var tensors = new List<(string Name, Tensor Tensor)>();
        foreach (ScalarType type in new[] { float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, @bool })
            tensors.Add(($"of {type}", (arange(-3, 4) * 0.75).to(type)));
        tensors.Add(("ä \"quoted\" name", rand(2, 3, 4, 5, generator: generator).ToChannelsLast()));
        tensors.Add(("transposed", rand(3, 4, generator: generator).t()));
        tensors.Add(("with a gradient", rand(2, 2, requires_grad: true, generator: generator)));
        tensors.Add(("nothing", zeros(0, 4)));
        tensors.Add(("number", tensor(2.5)));
        Write(tensors, new Dictionary<string, string> { ["epoch"] = "12" });

        using SafetensorsFile file = SafetensorsFile.Read(path);
        Assert.Equal("12", file.Metadata["epoch"]);
        IReadOnlyDictionary<string, Tensor> loaded = file.LoadAll();
        Assert.Equal(tensors.Count, loaded.Count);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Assert.Equal(tensor.dtype, loaded[name].dtype);
            Assert.Equal(tensor.shape, loaded[name].shape);
            Assert.True(tensor.to(float64).allclose(loaded[name].to(float64), 0, 0), name);
        }
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_order_of_the_tensors()
    {
        using DisposeScope scope = NewDisposeScope();
        (string, Tensor)[] tensors = [("x", ones(3)), ("y", zeros(2, ScalarType.Int64)), ("w", ones(2, ScalarType.Byte))];
        using var forwards = new MemoryStream();
        using var backwards = new MemoryStream();
        SafetensorsFile.Write(forwards, tensors);
        SafetensorsFile.Write(backwards, tensors.Reverse());
        Assert.Equal(forwards.ToArray(), backwards.ToArray());
    }

    [Fact]
    public void A_file_cut_off_at_any_byte_or_with_a_byte_too_many_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Write([("weight", ones(2, 3)), ("count", tensor(4L)), ("mask", tensor([true, false]))], new Dictionary<string, string> { ["a"] = "b" });
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            var error = Assert.Throws<TensorArchiveException>(() => SafetensorsFile.Read(path));
            Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.Contains("1 bytes behind the last tensor", Refusal().Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, whole);
        SafetensorsFile.Read(path).Dispose();
    }

    [Fact]
    public void Any_flipped_byte_of_the_header_is_refused_or_leads_to_a_readable_file()
    {
        using DisposeScope scope = NewDisposeScope();
        Write([("weight", ones(2, 3)), ("mask", tensor([true, false]))], null);
        byte[] whole = File.ReadAllBytes(path);
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        for (int i = 0; i < header; i++)
        {
            foreach (byte change in new byte[] { 0x01, 0x10, 0x80 })
            {
                byte[] damaged = [.. whole];
                damaged[i] ^= change;
                File.WriteAllBytes(path, damaged);
                try
                {
                    using SafetensorsFile file = SafetensorsFile.Read(path);
                    foreach (Tensor tensor in file.LoadAll().Values) Assert.Equal(tensor.numel(), tensor.shape.TotalSize());
                }
                catch (TensorArchiveException error)
                {
                    Assert.Equal(path, error.Path);
                }
            }
        }
    }

    [Theory]
    [InlineData("""[]""", 0, "not a JSON object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]""", 4, "not valid JSON")]
    [InlineData("""{} {}""", 0, "not valid JSON")]
    [InlineData("""{"a":5}""", 0, "not an object")]
    [InlineData("""{"\u001b[2J":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor ?[2J: a name that is empty or not printable")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "not a string")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "the key 'k' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "occurs twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"code":"x"}}""", 4, "'code'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "missing")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1, "dtype 'F8_E4M3'")]
    [InlineData("""{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}""", 4, "dtype is not a string")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,6]}}""", 6, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "absurd")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "absurd")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "9 dimensions")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "4 bytes of data for 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "not a start and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "not a start and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[500000000000],"data_offsets":[0,2000000000000]}}""", 4, "the file ends before")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "belong to no tensor")]
    public void A_header_that_does_not_fit_is_refused_with_the_reason(string header, int dataBytes, string reason)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[dataBytes]]);
        TensorArchiveException error = Refusal();
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.WhatToDo);
    }

    [Fact]
    public void An_announced_header_of_any_absurd_length_is_refused_without_memory()
    {
        foreach (ulong length in new ulong[] { 100_000_001, 1UL << 40, ulong.MaxValue, 99_999_999 })
        {
            File.WriteAllBytes(path, [.. BitConverter.GetBytes(length), .. "{}      "u8]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Refusal();
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        }
    }

    [Fact]
    public void What_is_not_there_is_said()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Contains("no such file", Refusal().Message, StringComparison.Ordinal);
        Write([("a", ones(1))], null);
        using SafetensorsFile file = SafetensorsFile.Read(path);
        Assert.Equal("tensor b", Assert.Throws<TensorArchiveException>(() => file.Load("b")).Place);
        using var stream = new MemoryStream();
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(stream, [("a", ones(1)), ("a", ones(1))]));
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(stream, [("__metadata__", ones(1))]));
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(stream, [("c", zeros([1], ScalarType.ComplexFloat32))]));
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void A_truth_value_that_is_neither_0_nor_1_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Write([("mask", tensor([true, false]))], null);
        byte[] whole = File.ReadAllBytes(path);
        whole[^1] = 2;
        File.WriteAllBytes(path, whole);
        using SafetensorsFile file = SafetensorsFile.Read(path);
        Assert.Contains("neither 0 nor 1", Assert.Throws<TensorArchiveException>(() => file.Load("mask")).Message, StringComparison.Ordinal);
    }

    private TensorArchiveException Refusal() => Assert.Throws<TensorArchiveException>(() => SafetensorsFile.Read(path));

    private void Write(IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using FileStream stream = File.Create(path);
        SafetensorsFile.Write(stream, tensors, metadata);
    }
}
