using System.Text;

namespace ScratchDet.Data.Coco;

public sealed partial class RunLengthMask
{
    /// <param name="counts">The compressed counts of a COCO file.</param>
    /// <exception cref="FormatException">The text is none, or its runs do not fill the mask.</exception>
    public static RunLengthMask FromCompressed(int height, int width, string counts)
    {
        byte[] letters = Encoding.UTF8.GetBytes(counts);
        var runs = new uint[letters.Length];
        string? fault = CompressedRuns.Decode(letters, runs, out int count) ?? FaultOf(height, width, runs.AsSpan(0, count), out _);
        return fault is null ? new(height, width, runs[..count]) : throw new FormatException(fault);
    }

    /// <summary>The compressed counts of a COCO file.</summary>
    public string ToCompressed()
    {
        var text = new NumberBuffer<byte>();
        CompressedRuns.Encode(runs, text);
        return Encoding.ASCII.GetString(text.Span);
    }
}
