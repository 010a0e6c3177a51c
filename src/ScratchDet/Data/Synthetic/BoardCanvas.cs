namespace ScratchDet.Data.Synthetic;

/// <summary>
/// A binary board, <see cref="Side"/> x <see cref="Side"/> cells: 1 is copper (dark in the picture), 0 is bare board.
/// Boards are always drawn at this size, that of the scans in DeepPCB, and averaged down to the size that is asked for.
/// </summary>
internal sealed class BoardCanvas
{
    public const int Side = 640;

    public byte[] Cells { get; } = new byte[Side * Side];

    public byte this[int x, int y] => Cells[y * Side + x];

    public static bool Contains(int x, int y) => (uint)x < Side && (uint)y < Side;

    public BoardCanvas Copy()
    {
        var copy = new BoardCanvas();
        Cells.CopyTo(copy.Cells, 0);
        return copy;
    }

    public void Fill(PixelSpans figure, byte value)
    {
        foreach (PixelSpan span in figure.Rows)
            Cells.AsSpan(span.Y * Side + span.Start, span.End - span.Start).Fill(value);
    }

    /// <summary>Whether any cell of the figure has this value.</summary>
    public bool Touches(PixelSpans figure, byte value)
    {
        foreach (PixelSpan span in figure.Rows)
        {
            if (Cells.AsSpan(span.Y * Side + span.Start, span.End - span.Start).Contains(value))
                return true;
        }
        return false;
    }

    /// <summary>Fills every cell of the area that is farther (in rows or columns) than <paramref name="clearance"/> from copper.</summary>
    public void Pour(PixelSpans area, int clearance)
    {
        byte[] grown = Grow(clearance);
        foreach (PixelSpan span in area.Rows)
        {
            int offset = span.Y * Side;
            for (int x = offset + span.Start; x < offset + span.End; x++)
                Cells[x] |= (byte)(grown[x] ^ 1);
        }
    }

    /// <summary>Makes edges uneven by one cell, the mark that binarising a line scan leaves.</summary>
    public void RoughenEdges(Random random, double strength)
    {
        const int tile = 64, chunk = 32;
        Span<byte> noise = stackalloc byte[tile * tile];
        random.NextBytes(noise);
        byte threshold = (byte)Math.Clamp(255 * (1 - strength), 0, 255);
        byte[] before = (byte[])Cells.Clone();
        for (int y = 1; y < Side - 1; y++)
        {
            int row = y * Side;
            // Runs of three along an edge change together, as in the scans.
            ReadOnlySpan<byte> across = noise.Slice(y % tile * tile, tile);
            for (int x = 1; x < Side - 1; x++)
            {
                int i = row + x;
                if (x % chunk == 0 && IsPlain(before, i, chunk))
                {
                    x += chunk - 1;
                    continue;
                }
                byte here = before[i];
                bool horizontalEdge = here != before[i + Side] || here != before[i - Side];
                bool verticalEdge = here != before[i + 1] || here != before[i - 1];
                if (!horizontalEdge && !verticalEdge) continue;
                byte draw = horizontalEdge ? across[x / 3 % tile] : noise[y / 3 % tile * tile + x % tile];
                if (draw > threshold) Cells[i] ^= 1;
            }
        }
    }

    /// <summary>Whether the cells from an index on, with the cells above, below and beside them, are all equal.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> cells, int index, int length)
    {
        byte value = cells[index];
        return !cells.Slice(index - 1, Math.Min(length + 2, Side - index % Side + 1)).ContainsAnyExcept(value)
            && !cells.Slice(index - Side, length).ContainsAnyExcept(value)
            && !cells.Slice(index + Side, length).ContainsAnyExcept(value);
    }

    /// <summary>Grey levels at size x size: copper 0, bare board 255, by exact area averages.</summary>
    public byte[] ToGrey(int size)
    {
        double scale = (double)Side / size;
        var grey = new byte[size * size];
        var rowSums = new float[Side];
        float toLevel = (float)(255 / (scale * scale));
        for (int y = 0; y < size; y++)
        {
            rowSums.AsSpan().Clear();
            double top = y * scale, bottom = (y + 1) * scale;
            for (int sourceY = (int)top; sourceY < Side && sourceY < bottom; sourceY++)
            {
                float weight = (float)(Math.Min(bottom, sourceY + 1) - Math.Max(top, sourceY));
                ReadOnlySpan<byte> source = Cells.AsSpan(sourceY * Side, Side);
                for (int x = 0; x < source.Length; x++)
                    rowSums[x] += weight * (1 - source[x]);
            }
            for (int x = 0; x < size; x++)
            {
                double left = x * scale, right = (x + 1) * scale;
                float sum = 0;
                for (int sourceX = (int)left; sourceX < Side && sourceX < right; sourceX++)
                    sum += (float)(Math.Min(right, sourceX + 1) - Math.Max(left, sourceX)) * rowSums[sourceX];
                grey[y * size + x] = (byte)Math.Clamp(MathF.Round(sum * toLevel), 0, 255);
            }
        }
        return grey;
    }

    /// <summary>Copper dilated by a square of the given radius: two one-dimensional passes.</summary>
    private byte[] Grow(int radius)
    {
        var wide = new byte[Cells.Length];
        var grown = new byte[Cells.Length];
        Span<int> lastSeen = stackalloc int[Side];
        for (int y = 0; y < Side; y++)
        {
            int row = y * Side;
            int x = 0;
            while (x < Side)
            {
                int next = Cells.AsSpan(row + x, Side - x).IndexOf((byte)1);
                if (next < 0) break;
                int start = x + next;
                int run = Cells.AsSpan(row + start, Side - start).IndexOf((byte)0);
                int end = run < 0 ? Side : start + run;
                wide.AsSpan(row).Slice(Math.Max(0, start - radius), Math.Min(Side, end + radius) - Math.Max(0, start - radius)).Fill(1);
                x = end;
            }
        }
        lastSeen.Fill(-Side);
        for (int y = 0; y < Side + radius; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                if (y < Side && wide[y * Side + x] != 0) lastSeen[x] = y;
                int target = y - radius;
                if (target >= 0 && lastSeen[x] >= target - radius) grown[target * Side + x] = 1;
            }
        }
        return grown;
    }
}
