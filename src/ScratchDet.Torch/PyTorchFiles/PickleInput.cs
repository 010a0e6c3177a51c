using System.Text;

namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>A part of a file, read from front to back; nothing is taken before it is known to be there.</summary>
internal sealed class PickleInput
{
    /// <summary>Names, numbers and tensors' descriptions of the largest checkpoints take less than a hundredth of this.</summary>
    public const long ByteLimit = 1 << 26;

    private const int BufferBytes = 1 << 16;
    private const int LineLimit = 1 << 12;

    private readonly ArchiveBytes file;
    private readonly long start;
    private readonly long end;
    private readonly string? within;
    private readonly byte[] buffer;
    private long filledFrom;
    private int filled;
    private int next;

    /// <param name="within">The record of the archive, as a place for people; null: offsets are those of the file.</param>
    public PickleInput(ArchiveBytes file, long start, long end, string? within)
    {
        (this.file, this.start, this.end, this.within) = (file, start, end, within);
        buffer = new byte[(int)Math.Min(BufferBytes, Math.Max(end - start, 1))];
        filledFrom = start;
    }

    /// <summary>Place in the file.</summary>
    public long Position => filledFrom + next;

    /// <summary>Place in the record, or in the file where there are no records.</summary>
    public long Offset => within is null ? Position : Position - start;

    public long Remaining => end - Position;

    public TensorArchiveException Bad(long at, string what, string whatToDo = ArchiveBytes.Again) =>
        file.Bad(within is null ? $"byte {at}" : $"{within}, byte {at}", what, whatToDo);

    public byte Byte() => Take(1)[0];

    /// <summary>The next bytes; valid until the next call.</summary>
    /// <exception cref="TensorArchiveException">There are fewer.</exception>
    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)Remaining)
            throw Bad(Offset, Remaining == 0 ? "it ends in the middle of the pickle" : $"{count} bytes announced, {Remaining} present");
        int wanted = (int)count; // at most ByteLimit
        if (wanted > buffer.Length)
        {
            byte[] large = new byte[wanted];
            file.ReadExactly(large, Position, within);
            (filledFrom, filled, next) = (Position + wanted, 0, 0);
            return large;
        }
        if (wanted > filled - next)
        {
            (filledFrom, next) = (Position, 0);
            filled = (int)Math.Min(buffer.Length, end - filledFrom);
            file.ReadExactly(buffer.AsSpan(0, filled), filledFrom, within);
        }
        ReadOnlySpan<byte> taken = buffer.AsSpan(next, wanted);
        next += wanted;
        return taken;
    }

    /// <summary>Text up to the end of the line, which is taken too.</summary>
    public string Line()
    {
        long at = Offset;
        var bytes = new List<byte>();
        for (byte value = Byte(); value != (byte)'\n'; value = Byte())
        {
            if (bytes.Count == LineLimit) throw Bad(at, $"a line of more than {LineLimit} bytes");
            bytes.Add(value);
        }
        return Encoding.Latin1.GetString([.. bytes]);
    }
}
