namespace ScratchDet.Data.Synthetic;

/// <summary>A shape at its place in the picture, in front of nothing yet: coverage of each pixel in a square window.</summary>
internal sealed class PlacedShape
{
    /// <summary>Samples a pixel in each direction.</summary>
    private const int Samples = 4;

    public const int FullCoverage = Samples * Samples;

    private readonly byte[] coverage;

    private PlacedShape(int classIndex, Point center, double length, int left, int top, int side, byte[] coverage, (int X, int Y)[] keypoints)
    {
        (ClassIndex, Center, Length, Left, Top, Side) = (classIndex, center, length, left, top, side);
        (this.coverage, Keypoints) = (coverage, keypoints);
    }

    public int ClassIndex { get; }

    public Point Center { get; }

    /// <summary>The longer side of the box around the outline, in pixels.</summary>
    public double Length { get; }

    /// <summary>The window's place in the picture; it may reach over the border.</summary>
    public int Left { get; }

    public int Top { get; }

    public int Side { get; }

    /// <summary>The pixels of the shape that are nearest to the named places, in picture coordinates, also when hidden or outside.</summary>
    public (int X, int Y)[] Keypoints { get; }

    /// <summary>0 to <see cref="FullCoverage"/>; x and y count from the window's corner.</summary>
    public byte Coverage(int x, int y) => coverage[y * Side + x];

    /// <summary>Whether the pixel belongs to the shape: at least half of it is covered.</summary>
    public bool Covers(int x, int y) => coverage[y * Side + x] * 2 >= FullCoverage;

    /// <param name="angle">Turn in radians.</param>
    /// <param name="stretch">Width over height before turning.</param>
    public static PlacedShape Rasterise(int classIndex, Point center, double length, double angle, double stretch)
    {
        ShapeCategory category = ShapeCategory.All[classIndex];
        Point[] outline = Transform(category.Outline), places = Transform(category.KeypointPlaces);
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (Point corner in outline)
        {
            (left, right) = (Math.Min(left, corner.X), Math.Max(right, corner.X));
            (top, bottom) = (Math.Min(top, corner.Y), Math.Max(bottom, corner.Y));
        }
        double scale = length / Math.Max(right - left, bottom - top);
        int side = (int)Math.Ceiling(length) + 3;
        int windowLeft = (int)Math.Floor(center.X - side / 2.0), windowTop = (int)Math.Floor(center.Y - side / 2.0);
        Point middle = new((left + right) / 2, (top + bottom) / 2), shift = center - new Point(windowLeft, windowTop);
        Place(outline);
        Place(places);

        var spans = new PixelSpans(side * Samples, side * Samples);
        for (int i = 0; i < outline.Length; i++) outline[i] *= Samples;
        spans.AddPolygon(outline);
        var coverage = new byte[side * side];
        foreach (PixelSpan span in spans.Rows)
        {
            int row = span.Y / Samples * side;
            for (int x = span.Start; x < span.End; x++) coverage[row + x / Samples]++;
        }
        var shape = new PlacedShape(classIndex, center, length, windowLeft, windowTop, side, coverage, new (int, int)[places.Length]);
        for (int k = 0; k < places.Length; k++) shape.Keypoints[k] = shape.Nearest(places[k]);
        return shape;

        Point[] Transform(IReadOnlyList<Point> points) => [.. points.Select(p => new Point(p.X * stretch, p.Y).Rotate(angle))];

        void Place(Point[] points)
        {
            for (int i = 0; i < points.Length; i++) points[i] = (points[i] - middle) * scale + shift;
        }
    }

    private (int X, int Y) Nearest(Point place)
    {
        double best = double.MaxValue;
        (int X, int Y) nearest = default;
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                if (!Covers(x, y)) continue;
                double distance = (new Point(x + 0.5, y + 0.5) - place).Length;
                if (distance < best) (best, nearest) = (distance, (Left + x, Top + y));
            }
        }
        return nearest;
    }
}
