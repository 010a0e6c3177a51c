using System.Buffers.Binary;
using System.Text;
using ScratchDet.Torch;

namespace ScratchDet.Tests.Torch.PyTorchFiles;

/// <summary>One record of a <see cref="ZipBytes"/>; what is not said is true.</summary>
internal sealed record ZipPart(string Name, byte[] Content)
{
    public ushort Method { get; init; }

    public ushort Flags { get; init; } = 8; // as torch.save: sizes behind the content

    public string? LocalName { get; init; }

    public ushort? LocalMethod { get; init; }

    public uint? Checksum { get; init; }

    public ulong? Size { get; init; }

    public ulong? PackedSize { get; init; }

    public long? HeaderStart { get; init; }

    /// <summary>The directory gives 64 bits for sizes and place.</summary>
    public bool Wide { get; init; }

    public bool WithoutWideNumbers { get; init; }

    public bool TwiceInDirectory { get; init; }

    /// <summary>Bytes in front of it that belong to nothing; in a file they take no room.</summary>
    public long Hole { get; init; }
}

/// <summary>Writes zip archives as torch.save does, and such that lie.</summary>
internal sealed class ZipBytes(params ZipPart[] parts)
{
    public bool WideEnd { get; init; } = true;

    public ulong? Count { get; init; }

    public ulong? DirectorySize { get; init; }

    public ulong? DirectoryStart { get; init; }

    public ulong? WideEndAt { get; init; }

    public string Comment { get; init; } = "";

    /// <summary>The usual file: one tensor "weight" of 1, 2, 3, 4.</summary>
    public static ZipPart[] OneTensor(byte[]? pickle = null) =>
    [
        new("archive/data.pkl", pickle ?? PickleBytes.OneTensor()),
        new("archive/data/0", [.. new[] { 1f, 2, 3, 4 }.SelectMany(BitConverter.GetBytes)]),
        new("archive/version", "3\n"u8.ToArray()),
    ];

    public byte[] ToArray()
    {
        var file = new MemoryStream();
        WriteTo(file);
        return file.ToArray();
    }

    public void WriteTo(Stream file)
    {
        var directory = new MemoryStream();
        ulong count = 0;
        foreach (ZipPart part in parts)
        {
            file.Position += part.Hole;
            long start = file.Position;
            Local(file, part);
            for (int i = 0; i < (part.TwiceInDirectory ? 2 : 1); i++, count++) Central(directory, part, start);
        }
        ulong directoryStart = DirectoryStart ?? (ulong)file.Position, directorySize = DirectorySize ?? (ulong)directory.Length;
        file.Write(directory.ToArray());
        long end = file.Position;
        if (WideEnd)
        {
            Write(file, 0x06064B50u, 44UL, (ushort)45, (ushort)45, 0u, 0u, Count ?? count, Count ?? count, directorySize, directoryStart);
            Write(file, 0x07064B50u, 0u, WideEndAt ?? (ulong)end, 1u);
        }
        byte[] comment = Encoding.ASCII.GetBytes(Comment);
        ushort shortCount = (ushort)Math.Min(Count ?? count, ushort.MaxValue);
        Write(file, 0x06054B50u, 0u, shortCount, shortCount, Narrow(directorySize), Narrow(directoryStart), (ushort)comment.Length);
        file.Write(comment);
    }

    private static void Local(Stream file, ZipPart part)
    {
        byte[] name = Encoding.UTF8.GetBytes(part.LocalName ?? part.Name);
        bool follows = (part.Flags & 8) != 0;
        uint checksum = part.Checksum ?? Crc32.Of(part.Content), size = (uint)part.Content.Length;
        Write(file, 0x04034B50u, (ushort)0, part.Flags, part.LocalMethod ?? part.Method, 0u, follows ? 0 : checksum, follows ? 0 : size, follows ? 0 : size, (ushort)name.Length, (ushort)4);
        file.Write(name);
        Write(file, (ushort)0x4246, (ushort)0);
        file.Write(part.Content);
        if (follows) Write(file, 0x08074B50u, checksum, size, size);
    }

    private static void Central(Stream directory, ZipPart part, long start)
    {
        byte[] name = Encoding.UTF8.GetBytes(part.Name);
        ulong size = part.Size ?? (ulong)part.Content.Length, packed = part.PackedSize ?? size, headerStart = (ulong)(part.HeaderStart ?? start);
        bool extra = part.Wide && !part.WithoutWideNumbers;
        Write(directory, 0x02014B50u, 0u, part.Flags, part.Method, 0u, part.Checksum ?? Crc32.Of(part.Content));
        Write(directory, part.Wide ? uint.MaxValue : (uint)packed, part.Wide ? uint.MaxValue : (uint)size, (ushort)name.Length, (ushort)(extra ? 28 : 0));
        Write(directory, (ushort)0, (ushort)0, (ushort)0, 0u, part.Wide ? uint.MaxValue : (uint)headerStart);
        directory.Write(name);
        if (extra) Write(directory, (ushort)1, (ushort)24, size, packed, headerStart);
    }

    private static uint Narrow(ulong value) => (uint)Math.Min(value, uint.MaxValue);

    /// <summary>Little-endian, each in the width of its type.</summary>
    private static void Write(Stream to, params ReadOnlySpan<object> values)
    {
        Span<byte> eight = stackalloc byte[8];
        foreach (object value in values)
        {
            int width = value switch { ushort => 2, uint => 4, _ => 8 };
            BinaryPrimitives.WriteUInt64LittleEndian(eight, Convert.ToUInt64(value, System.Globalization.CultureInfo.InvariantCulture));
            to.Write(eight[..width]);
        }
    }
}
