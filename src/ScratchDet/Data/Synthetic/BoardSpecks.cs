namespace ScratchDet.Data.Synthetic;

/// <summary>Removes pieces of copper, and fills bare pieces, that are too small to have been meant.</summary>
internal static class BoardSpecks
{
    private const int Side = BoardCanvas.Side;

    /// <summary>Flips every connected piece (four neighbours) of fewer than <paramref name="smallest"/> cells.</summary>
    public static void Remove(BoardCanvas canvas, int smallest)
    {
        // Runs of equal cells, row by row, joined with the runs of equal value they touch in the row above.
        var runs = new List<PixelSpan>(16 * Side);
        var parents = new List<int>(16 * Side);
        ReadOnlySpan<byte> cells = canvas.Cells;
        int aboveStart = 0, aboveEnd = 0;
        for (int y = 0; y < Side; y++)
        {
            ReadOnlySpan<byte> row = cells.Slice(y * Side, Side);
            int first = runs.Count, above = aboveStart;
            for (int x = 0; x < Side;)
            {
                int length = row[x..].IndexOfAnyExcept(row[x]);
                int end = length < 0 ? Side : x + length;
                int index = runs.Count;
                runs.Add(new(y, x, end));
                parents.Add(index);
                while (above < aboveEnd && runs[above].End <= x) above++;
                for (int i = above; i < aboveEnd && runs[i].Start < end; i++)
                {
                    if (cells[(y - 1) * Side + runs[i].Start] == row[x]) Join(parents, i, index);
                }
                x = end;
            }
            (aboveStart, aboveEnd) = (first, runs.Count);
        }

        var areas = new int[runs.Count];
        for (int i = 0; i < areas.Length; i++) areas[Root(parents, i)] += runs[i].End - runs[i].Start;
        for (int i = 0; i < areas.Length; i++)
        {
            if (areas[Root(parents, i)] >= smallest) continue;
            Span<byte> span = canvas.Cells.AsSpan(runs[i].Y * Side + runs[i].Start, runs[i].End - runs[i].Start);
            span.Fill((byte)(1 - span[0]));
        }
    }

    private static int Root(List<int> parents, int index)
    {
        while (parents[index] != index)
            index = parents[index] = parents[parents[index]];
        return index;
    }

    private static void Join(List<int> parents, int a, int b)
    {
        (a, b) = (Root(parents, a), Root(parents, b));
        parents[Math.Max(a, b)] = Math.Min(a, b);
    }
}
