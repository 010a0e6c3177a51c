namespace ScratchDet.Data.Coco;

/// <summary>
/// A binary mask as lengths of runs, column after column from the left, each column from the top, beginning with a run of
/// zeros (which may be empty): the encoding of COCO files. Never changes; two masks are equal when their runs are.
/// </summary>
public sealed partial class RunLengthMask : IEquatable<RunLengthMask>
{
    private readonly uint[] runs;
    private object? box; // a CocoBox once somebody asked; a reference is read and written whole by any thread

    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="runs">Kept, not copied.</param>
    /// <exception cref="ArgumentException">The runs do not fill the mask, or overflow it.</exception>
    public RunLengthMask(int height, int width, params uint[] runs)
    {
        if (FaultOf(height, width, runs, out long area) is { } fault) throw new ArgumentException(fault, nameof(runs));
        this.runs = runs;
        (Height, Width, Area) = (height, width, area);
    }

    /// <summary>In pixels.</summary>
    public int Height { get; }

    /// <summary>In pixels.</summary>
    public int Width { get; }

    /// <summary>Zeros, ones, zeros, and so on.</summary>
    public ReadOnlySpan<uint> Runs => runs;

    /// <summary>Pixels that are set.</summary>
    public long Area { get; }

    /// <summary>The smallest box around the pixels that are set; 0, 0, 0, 0 when none is.</summary>
    public CocoBox Box => (CocoBox)(box ??= BoxOf(Height, runs));

    /// <param name="pixels">Row after row from the top, height x width; 0 is not set, anything else is.</param>
    /// <exception cref="ArgumentException">The length is not height x width.</exception>
    public static RunLengthMask FromBitmap(int height, int width, ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length != (long)height * width) throw new ArgumentException($"{pixels.Length} pixels are not {height} x {width}", nameof(pixels));
        var runs = new RunList(stackalloc uint[256]);
        bool isSet = false;
        uint length = 0;
        for (int x = 0; x < width; x++)
        {
            for (int index = x; index < pixels.Length; index += width)
            {
                if (pixels[index] != 0 == isSet)
                {
                    length++;
                    continue;
                }
                runs.Add(length);
                (isSet, length) = (!isSet, 1);
            }
        }
        runs.Add(length);
        return new(height, width, runs.Take());
    }

    /// <summary>Row after row from the top, height x width; 1 where the mask is set.</summary>
    public byte[] ToBitmap()
    {
        var pixels = new byte[checked(Height * Width)];
        (int x, int y) = (0, 0);
        for (int i = 0; i < runs.Length; i++)
        {
            for (uint left = runs[i]; left > 0;)
            {
                int length = (int)Math.Min(left, (uint)(Height - y));
                if ((i & 1) != 0) FillColumn(pixels.AsSpan(x + (y * Width)), length);
                left -= (uint)length;
                y += length;
                if (y == Height) (x, y) = (x + 1, 0);
            }
        }
        return pixels;
    }

    public bool Equals(RunLengthMask? other) =>
        other is not null && Height == other.Height && Width == other.Width && runs.AsSpan().SequenceEqual(other.runs);

    public override bool Equals(object? obj) => Equals(obj as RunLengthMask);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Height);
        hash.Add(Width);
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(runs.AsSpan()));
        return hash.ToHashCode();
    }

    public override string ToString() => $"{Height} x {Width}, {Area} pixels set";

    private void FillColumn(Span<byte> pixels, int length)
    {
        for (int i = 0; i < length; i++) pixels[i * Width] = 1;
    }

    /// <summary>What is wrong with runs as a mask of that size, or null.</summary>
    internal static string? FaultOf(long height, long width, ReadOnlySpan<uint> runs, out long area)
    {
        area = 0;
        if (height < 1 || width < 1) return $"a mask of {height} x {width} pixels has no pixel";
        if (height > int.MaxValue || width > int.MaxValue || height * width > int.MaxValue) return $"a mask of {height} x {width} pixels is too large";
        long sum = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            sum += runs[i];
            if ((i & 1) != 0) area += runs[i];
        }
        return sum == height * width ? null : $"the counts sum to {sum} pixels, a mask of {height} x {width} has {height * width}";
    }

    /// <summary>As <see cref="Box"/>, of runs alone.</summary>
    internal static CocoBox BoxOf(int height, ReadOnlySpan<uint> runs)
    {
        uint rows = (uint)height, left = uint.MaxValue, right = 0, top = uint.MaxValue, bottom = 0;
        uint begin = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            uint run = runs[i];
            if ((i & 1) != 0 && run != 0)
            {
                (uint firstColumn, uint firstRow) = Math.DivRem(begin, rows);
                (uint lastColumn, uint lastRow) = Math.DivRem(begin + run - 1, rows);
                left = Math.Min(left, firstColumn);
                right = lastColumn;
                // A run that goes on into another column reaches the bottom of this one and the top of that one.
                bool isOneColumn = firstColumn == lastColumn;
                top = isOneColumn ? Math.Min(top, firstRow) : 0;
                bottom = isOneColumn ? Math.Max(bottom, lastRow) : rows - 1;
            }
            begin += run;
        }
        return left == uint.MaxValue ? default : new(left, top, right - left + 1, bottom - top + 1);
    }
}
