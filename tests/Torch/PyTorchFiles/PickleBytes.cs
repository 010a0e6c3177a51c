using System.Buffers.Binary;
using System.Text;

namespace ScratchDet.Tests.Torch.PyTorchFiles;

/// <summary>Writes pickles instruction by instruction, as PyTorch would and as it never would.</summary>
internal sealed class PickleBytes
{
    private readonly MemoryStream bytes = new();

    public PickleBytes() => Raw(0x80, 2);

    public PickleBytes Raw(params ReadOnlySpan<byte> values)
    {
        bytes.Write(values);
        return this;
    }

    /// <summary>Instructions of one symbol each, and lines of text.</summary>
    public PickleBytes Raw(string symbols) => Raw(Encoding.Latin1.GetBytes(symbols));

    public PickleBytes Global(string module, string name) => Raw($"c{module}\n{name}\n");

    public PickleBytes Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Raw((byte)'X').Raw(length).Raw(utf8);
    }

    public PickleBytes Number(long number)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, number);
        return Raw(0x8A, 8).Raw(eight);
    }

    public PickleBytes Numbers(params ReadOnlySpan<long> numbers)
    {
        Raw("(");
        foreach (long number in numbers) Number(number);
        return Raw("t");
    }

    /// <summary>A reference to a storage; in the old form with a view, or null in its place.</summary>
    public PickleBytes Storage(string key, long elements, string type = "FloatStorage", bool old = false, (string Key, long Start, long Elements)? view = null)
    {
        Raw("(").Text("storage").Global("torch", type).Text(key).Text("cpu").Number(elements);
        if (view is var (viewKey, start, size)) Raw("(").Text(viewKey).Number(start).Number(size).Raw("t");
        else if (old) Raw("N");
        return Raw("tQ");
    }

    /// <summary>A tensor on the storage that <paramref name="storage"/> writes.</summary>
    public PickleBytes Tensor(Action<PickleBytes> storage, long offset, long[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Raw("(");
        storage(this);
        return Number(offset).Numbers(shape).Numbers(strides).Raw(0x89).Global("collections", "OrderedDict").Raw(")RtR");
    }

    /// <summary>A mapping with one tensor of four numbers, "weight".</summary>
    public static byte[] OneTensor(bool old = false) =>
        new PickleBytes().Raw("}").Text("weight").Tensor(pickle => pickle.Storage("0", 4, old: old), 0, [2, 2], [2, 1]).Raw("s").ToArray();

    public byte[] ToArray() => [.. bytes.ToArray(), (byte)'.'];

    /// <summary>The old form of torch.save around a pickle: floats for each storage.</summary>
    public static byte[] Legacy(byte[] pickle, params (string Key, float[] Numbers)[] storages)
    {
        var keys = new PickleBytes().Raw("](");
        foreach ((string key, _) in storages) keys.Text(key);
        byte[] machine = new PickleBytes().Raw("}").Text("little_endian").Raw(0x88).Raw("s").ToArray();
        byte[] magic = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];
        return
        [
            .. magic, 0x80, 2, (byte)'M', 0xE9, 3, (byte)'.', .. machine, .. pickle, .. keys.Raw("e").ToArray(),
            .. storages.SelectMany(storage => (byte[])[.. BitConverter.GetBytes((long)storage.Numbers.Length), .. storage.Numbers.SelectMany(BitConverter.GetBytes)]),
        ];
    }
}
