namespace ScratchDet.Data.Synthetic;

/// <summary>
/// A small rectangle of a board in which connections are looked at: which cells hang together (four neighbours), and
/// into how many pieces copper and bare board fall.
/// </summary>
internal sealed class BoardWindow
{
    private readonly int left, top, width, height;
    private readonly int[] labels;

    /// <summary>Labels the cells of <paramref name="area"/> grown by a margin, clipped to the board.</summary>
    public BoardWindow(BoardCanvas canvas, CellBounds area, int margin)
    {
        left = Math.Max(0, area.Left - margin);
        top = Math.Max(0, area.Top - margin);
        width = Math.Min(BoardCanvas.Side, area.Right + margin) - left;
        height = Math.Min(BoardCanvas.Side, area.Bottom + margin) - top;
        labels = new int[width * height];
        var stack = new int[width * height];
        int last = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] != 0) continue;
            byte value = Cell(canvas, i);
            Flood(canvas, i, ++last, value, stack);
            if (value == 1) CopperPieces++;
            else BarePieces++;
        }
    }

    public int CopperPieces { get; private set; }

    public int BarePieces { get; private set; }

    /// <summary>Whether two cells of the same kind hang together inside the window; false when one lies outside of it.</summary>
    public bool Connects(Point a, Point b)
    {
        int first = LabelAt(a), second = LabelAt(b);
        return first != 0 && first == second;
    }

    private int LabelAt(Point point)
    {
        int x = (int)Math.Floor(point.X) - left, y = (int)Math.Floor(point.Y) - top;
        return (uint)x < width && (uint)y < height ? labels[y * width + x] : 0;
    }

    private byte Cell(BoardCanvas canvas, int index) => canvas[left + index % width, top + index / width];

    private void Flood(BoardCanvas canvas, int seed, int label, byte value, int[] stack)
    {
        int depth = 0;
        labels[seed] = label;
        stack[depth++] = seed;
        while (depth > 0)
        {
            int i = stack[--depth], x = i % width;
            if (x > 0) Visit(i - 1);
            if (x < width - 1) Visit(i + 1);
            if (i >= width) Visit(i - width);
            if (i < labels.Length - width) Visit(i + width);
        }

        void Visit(int next)
        {
            if (labels[next] != 0 || Cell(canvas, next) != value) return;
            labels[next] = label;
            stack[depth++] = next;
        }
    }
}

/// <summary>A rectangle of cells; <see cref="Right"/> and <see cref="Bottom"/> are exclusive.</summary>
internal readonly record struct CellBounds(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;

    public bool Overlaps(CellBounds other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

    public CellBounds Grow(int margin) => new(Left - margin, Top - margin, Right + margin, Bottom + margin);
}
