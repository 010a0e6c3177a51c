namespace ScratchDet.Data.Synthetic;

/// <summary>A point in continuous pixel coordinates: x right, y down, the centre of pixel (0, 0) at (0.5, 0.5).</summary>
internal readonly record struct Point(double X, double Y)
{
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(Point a, double factor) => new(a.X * factor, a.Y * factor);

    public double Length => Math.Sqrt(X * X + Y * Y);

    /// <summary>A quarter turn from x to y (clockwise on the screen).</summary>
    public Point Normal => new(-Y, X);

    public static Point Unit(double angle) => new(Math.Cos(angle), Math.Sin(angle));

    public Point Rotate(double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        return new(X * cos - Y * sin, X * sin + Y * cos);
    }
}

/// <summary>Pixels <c>[Start, End)</c> of one row.</summary>
internal readonly record struct PixelSpan(int Y, int Start, int End);

/// <summary>
/// A figure as rows of pixels whose centres it covers, clipped to a canvas. Spans may overlap. Rasterising once gives a
/// footprint that can be tested against a canvas, painted, and undone.
/// </summary>
internal sealed class PixelSpans(int width, int height)
{
    private readonly List<PixelSpan> spans = [];

    public int Width => width;

    public int Height => height;

    public ReadOnlySpan<PixelSpan> Rows => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(spans);

    public PixelSpans Clear()
    {
        spans.Clear();
        return this;
    }

    public PixelSpans AddDisc(Point center, double radius) => AddEllipse(center, radius, radius);

    public PixelSpans AddEllipse(Point center, double radiusX, double radiusY)
    {
        int first = Math.Max(0, (int)Math.Ceiling(center.Y - radiusY - 0.5));
        int last = Math.Min(height - 1, (int)Math.Floor(center.Y + radiusY - 0.5));
        for (int y = first; y <= last; y++)
        {
            double dy = (y + 0.5 - center.Y) / radiusY;
            double half = radiusX * Math.Sqrt(Math.Max(0, 1 - dy * dy));
            AddRow(y, center.X - half, center.X + half);
        }
        return this;
    }

    /// <summary>A line of the given radius (half its width) with round ends.</summary>
    public PixelSpans AddCapsule(Point from, Point to, double radius)
    {
        AddDisc(from, radius);
        Point along = to - from;
        double length = along.Length;
        if (length < 1e-9) return this;
        AddDisc(to, radius);
        Point side = along.Normal * (radius / length);
        return AddPolygon([from + side, to + side, to - side, from - side]);
    }

    public PixelSpans AddRectangle(double left, double top, double right, double bottom) =>
        AddPolygon([new(left, top), new(right, top), new(right, bottom), new(left, bottom)]);

    /// <summary>A closed polygon, filled by the even-odd rule.</summary>
    public PixelSpans AddPolygon(ReadOnlySpan<Point> corners)
    {
        double top = double.MaxValue, bottom = double.MinValue;
        foreach (Point corner in corners)
            (top, bottom) = (Math.Min(top, corner.Y), Math.Max(bottom, corner.Y));
        int first = Math.Max(0, (int)Math.Ceiling(top - 0.5));
        int last = Math.Min(height - 1, (int)Math.Floor(bottom - 0.5));
        Span<double> crossings = stackalloc double[corners.Length];
        for (int y = first; y <= last; y++)
        {
            double middle = y + 0.5;
            int count = 0;
            Point previous = corners[^1];
            foreach (Point corner in corners)
            {
                // Half-open in y, so that a corner on the line is counted once.
                if (previous.Y <= middle != corner.Y <= middle)
                    crossings[count++] = previous.X + (middle - previous.Y) / (corner.Y - previous.Y) * (corner.X - previous.X);
                previous = corner;
            }
            crossings[..count].Sort();
            for (int i = 0; i + 1 < count; i += 2)
                AddRow(y, crossings[i], crossings[i + 1]);
        }
        return this;
    }

    private void AddRow(int y, double left, double right)
    {
        int start = Math.Max(0, (int)Math.Ceiling(left - 0.5));
        int end = Math.Min(width, (int)Math.Floor(right - 0.5) + 1);
        if (start < end) spans.Add(new(y, start, end));
    }
}
