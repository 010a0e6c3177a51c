namespace ScratchDet.Data.Synthetic;

/// <summary>
/// The six defects of DeepPCB, as local changes of a board. They are three figures in two polarities: a spot apart from
/// edges (copper adds one, a pin-hole removes one), a stroke from an edge (spur, mousebite), a bridge between two sides
/// (a short joins two conductors, an open parts one). Each is checked against the board around it, so that, for
/// example, an open always parts what hung together and a spur never joins a neighbour. Lengths are in cells.
/// </summary>
internal sealed class BoardDefects(BoardCanvas canvas, Random random)
{
    private const int Side = BoardCanvas.Side;

    /// <summary>The largest extent of a change: with the margin and rounding to whole pixels a box of 40 at 320.</summary>
    private const int LargestExtent = 58;

    /// <summary>Changes of fewer cells (a quarter of that in pixels at 320) would hardly be seen.</summary>
    private const int FewestCells = 48;

    private const int ShortestSide = 5;

    /// <summary>Whether two sides hang together is asked this far around a bridge: enough to see the way round a drilled hole.</summary>
    private const int BridgeWindow = 36;

    private readonly PixelSpans stroke = new(Side, Side), probe = new(Side, Side);
    private readonly List<int> changed = [];

    /// <summary>Tries to apply one defect away from the reserved areas.</summary>
    /// <returns>The bounds of the changed cells; null when no place was found, and then nothing has changed.</returns>
    public CellBounds? TryPlace(int kind, IReadOnlyList<CellBounds> reserved, int tries)
    {
        for (int attempt = 0; attempt < tries; attempt++)
        {
            // Later tries settle for smaller defects, which fit in more places.
            double shrink = 1 - 0.5 * attempt / tries;
            CellBounds? placed = SyntheticBoards.ClassNames[kind] switch
            {
                "open" => Bridge(0, shrink, reserved),
                "short" => Bridge(1, shrink, reserved),
                "mousebite" => EdgeStroke(0, shrink, reserved),
                "spur" => EdgeStroke(1, shrink, reserved),
                "copper" => Spot(1, shrink, reserved),
                _ => Spot(0, shrink, reserved),
            };
            if (placed is not null) return placed;
        }
        return null;
    }

    /// <summary>Copper in a bare place (value 1) or a hole in copper (value 0).</summary>
    private CellBounds? Spot(byte value, double shrink, IReadOnlyList<CellBounds> reserved)
    {
        Point center = AnyPoint();
        if (At(center) == value || canvas.Touches(probe.Clear().AddDisc(center, 10), value)) return null;
        double length = Math.Clamp(random.LogNormal(value == 1 ? 18 : 16, 0.42), 8, 52) * shrink;
        Point[] path = Scribble(center, length);
        double thickness = Math.Clamp(length * random.Between(0.13, 0.29), 2.1, 5.5);
        AddStroke(stroke.Clear(), path, thickness, unevenness: 0.4);
        AddStroke(probe.Clear(), path, thickness + 7, unevenness: 0);
        return canvas.Touches(probe, value) ? null : Change(value, reserved);
    }

    /// <summary>A spur out of an edge (value 1) or a bite into it (value 0).</summary>
    private CellBounds? EdgeStroke(byte value, double shrink, IReadOnlyList<CellBounds> reserved)
    {
        // From a cell that can change, look for the edge in a random direction.
        Point start = AnyPoint();
        if (At(start) == value) return null;
        Point heading = Point.Unit(random.NextDouble() * 2 * Math.PI);
        double distance = DistanceTo(value, start, heading, 60);
        if (double.IsNaN(distance)) return null;
        Point root = start + heading * distance;
        if (AwayFromEdge(root, value) is not { } outward) return null;
        // An even edge on both sides of the root: at the tip of a track the change would pass for a longer or shorter track.
        foreach (int side in (ReadOnlySpan<int>)[-7, 7])
        {
            Point beside = root + outward.Normal * side;
            if (At(beside - outward * 4) != value || At(beside + outward * 4) == value) return null;
        }

        bool scoop = random.Chance(value == 1 ? 0.2 : 0.5);
        double depth = Math.Clamp(random.LogNormal(scoop ? 9 : 13, 0.4) * shrink, scoop ? 6 : 5, 40);
        double radius = scoop ? random.Between(2.4, 4) : random.Between(2, 3.6);
        Point tilted = outward.Rotate(random.Between(-0.7, 0.7));
        var path = new List<Point> { root - outward * 2 };
        if (scoop)
        {
            Point along = outward.Normal * (random.Between(4, 11) * shrink);
            double inner = Math.Max(1, depth - radius);
            path.Add(root - along + outward * (inner * 0.4));
            path.Add(root + outward * inner);
            path.Add(root + along + outward * (inner * random.Between(0.2, 0.8)));
        }
        else
        {
            double bend = random.Between(-0.5, 0.5);
            path.Add(root + tilted * (depth * 0.5));
            path.Add(root + tilted * (depth * 0.5) + tilted.Rotate(bend) * (depth * 0.5));
            if (random.Chance(0.3)) path.Add(path[^1] + tilted.Rotate(random.Sign() * random.Between(0.9, 1.6)) * (depth * 0.35));
        }
        Point[] points = path.ToArray();

        // Wider than the stroke by the room it must leave: nothing may be joined or parted by it.
        CellBounds area = BoundsOf(points, radius + 6);
        var before = new BoardWindow(canvas, area, 10);
        AddStroke(stroke.Clear(), points, radius + (value == 1 ? 4 : 2.4), unevenness: 0);
        if (!Apply(value)) return null;
        var wider = new BoardWindow(canvas, area, 10);
        Undo(value);
        if (wider.CopperPieces != before.CopperPieces || wider.BarePieces != before.BarePieces) return null;

        AddStroke(stroke.Clear(), points, radius, unevenness: 0.2);
        return Change(value, reserved, () =>
        {
            var after = new BoardWindow(canvas, area, 10);
            return after.CopperPieces == before.CopperPieces && after.BarePieces == before.BarePieces
                && ShareOfOutlineBeside((byte)(1 - value)) >= 0.5;
        });
    }

    /// <summary>Copper between two conductors (value 1) or a gap across one (value 0).</summary>
    private CellBounds? Bridge(byte value, double shrink, IReadOnlyList<CellBounds> reserved)
    {
        Point start = AnyPoint();
        if (At(start) == value) return null;
        double limit = value == 1 ? 58 : 54;
        double length = double.MaxValue, back = 0;
        Point across = default;
        int turn = random.Next(4);
        for (int i = 0; i < 4; i++)
        {
            Point heading = Point.Unit((i + turn) % 4 * Math.PI / 4);
            double forward = DistanceTo(value, start, heading, limit), backward = DistanceTo(value, start, heading * -1, limit);
            if (!double.IsNaN(forward) && !double.IsNaN(backward) && forward + backward < length)
                (length, back, across) = (forward + backward, backward, heading);
        }
        if (length > limit || length < 4) return null;
        // Wide necks and gaps are rarer among the real defects than their area would make them here.
        if (random.NextDouble() * length > 18) return null;

        Point from = start - across * back, to = start + across * length - across * back, middle = (from + to) * 0.5;
        Point along = across.Normal;
        double overlap = value == 1 ? 4 : 2;
        double radius = value == 1
            ? random.Between(2.2, 4.2)
            : Math.Max(2, Math.Clamp(random.LogNormal(length < 20 ? 4.6 : 3.4, 0.4), 2.2, 11) * shrink);
        double slant = random.Between(-0.35, 0.35) * Math.Min(length, 30);
        Point a = from - across * overlap + along * slant, b = to + across * overlap - along * slant;
        Point knee = middle + along * random.Between(-0.12, 0.12) * length;
        AddStroke(stroke.Clear(), [a, knee, b], radius, unevenness: value == 1 ? 0.3 : 0.5);

        CellBounds area = BoundsOf([a, b, middle], radius + 4);
        var before = new BoardWindow(canvas, area, BridgeWindow);
        // A short joins what lies at its ends. An open parts what lies on its two sides.
        double aside = radius + Math.Abs(slant) + 8;
        Point one = value == 1 ? from - across * 2 : middle - along * aside;
        Point other = value == 1 ? to + across * 2 : middle + along * aside;
        if (At(one) != 1 || At(other) != 1 || before.Connects(one, other) != (value == 0)) return null;
        return Change(value, reserved, () =>
            At(one) == 1 && At(other) == 1 && new BoardWindow(canvas, area, BridgeWindow).Connects(one, other) == (value == 1));
    }

    /// <summary>Applies the stroke; takes it back when it is too small or too large, near a reserved area, or not accepted.</summary>
    private CellBounds? Change(byte value, IReadOnlyList<CellBounds> reserved, Func<bool>? accept = null)
    {
        if (!Apply(value)) return null;
        var bounds = ChangedBounds();
        bool good = changed.Count >= FewestCells && Math.Max(bounds.Width, bounds.Height) <= LargestExtent &&
            Math.Min(bounds.Width, bounds.Height) >= ShortestSide && Math.Max(bounds.Width, bounds.Height) >= 8 &&
            bounds is { Left: >= 4, Top: >= 4, Right: <= Side - 4, Bottom: <= Side - 4 };
        // Twice the margin of the boxes apart, so that boxes do not overlap.
        CellBounds kept = bounds.Grow(2 * SyntheticBoards.MarginInCells);
        for (int i = 0; good && i < reserved.Count; i++) good = !kept.Overlaps(reserved[i]);
        if (good && (accept is null || accept())) return bounds;
        Undo(value);
        return null;
    }

    /// <summary>
    /// The share of the change's outline that borders on <paramref name="neighbour"/>. A bite is bordered by copper, a
    /// spur by bare board, on most of it; a shaved-off corner or end is not.
    /// </summary>
    private double ShareOfOutlineBeside(byte neighbour)
    {
        var inside = new HashSet<int>(changed);
        int outline = 0, beside = 0;
        foreach (int i in changed)
        {
            foreach (int step in (ReadOnlySpan<int>)[-1, 1, -Side, Side])
            {
                if (inside.Contains(i + step)) continue;
                outline++;
                if (canvas.Cells[i + step] == neighbour) beside++;
            }
        }
        return (double)beside / outline;
    }

    private bool Apply(byte value)
    {
        changed.Clear();
        byte[] cells = canvas.Cells;
        foreach (PixelSpan span in stroke.Rows)
        {
            int row = span.Y * Side;
            for (int i = row + span.Start; i < row + span.End; i++)
            {
                if (cells[i] == value) continue;
                cells[i] = value;
                changed.Add(i);
            }
        }
        return changed.Count > 0;
    }

    private void Undo(byte value)
    {
        foreach (int i in changed) canvas.Cells[i] = (byte)(1 - value);
    }

    private CellBounds ChangedBounds()
    {
        int left = Side, top = Side, right = 0, bottom = 0;
        foreach (int i in changed)
        {
            int x = i % Side, y = i / Side;
            (left, right) = (Math.Min(left, x), Math.Max(right, x + 1));
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y + 1));
        }
        return new(left, top, right, bottom);
    }

    /// <summary>A short hand-drawn line of about the given extent around a centre: bent, doubled back, or nearly straight.</summary>
    private Point[] Scribble(Point center, double extent)
    {
        int joints = random.Next(2, 5);
        double angle = random.NextDouble() * 2 * Math.PI, curl = random.Between(-1.3, 1.3);
        var points = new Point[joints + 1];
        for (int i = 1; i <= joints; i++)
        {
            points[i] = points[i - 1] + Point.Unit(angle) * random.Between(0.5, 1.2);
            angle += curl + random.Between(-0.6, 0.6);
        }
        double left = points.Min(p => p.X), right = points.Max(p => p.X), top = points.Min(p => p.Y), bottom = points.Max(p => p.Y);
        double scale = extent * 0.72 / Math.Max(Math.Max(right - left, bottom - top), 0.1);
        var middle = new Point((left + right) / 2, (top + bottom) / 2);
        for (int i = 0; i <= joints; i++) points[i] = center + (points[i] - middle) * scale;
        return points;
    }

    /// <summary>Discs along the path whose radius varies: the ragged outline of the real ones.</summary>
    private void AddStroke(PixelSpans target, ReadOnlySpan<Point> path, double radius, double unevenness)
    {
        for (int i = 1; i < path.Length; i++)
        {
            double length = (path[i] - path[i - 1]).Length;
            Point heading = BoardPainter.Direction(path[i - 1], path[i]);
            for (double s = 0; s <= length; s += 2)
                target.AddDisc(path[i - 1] + heading * s, radius * (1 + (unevenness > 0 ? random.Between(-unevenness, unevenness) : 0)));
        }
    }

    private Point AnyPoint() => new(random.Between(6, Side - 6), random.Between(6, Side - 6));

    private int At(Point point)
    {
        int x = (int)Math.Floor(point.X), y = (int)Math.Floor(point.Y);
        return BoardCanvas.Contains(x, y) ? canvas[x, y] : -1;
    }

    /// <summary>Steps to the first cell of a value; NaN when it is farther than the limit or off the board.</summary>
    private double DistanceTo(byte value, Point start, Point heading, double limit)
    {
        for (double s = 0; s <= limit; s++)
        {
            int here = At(start + heading * s);
            if (here < 0) return double.NaN;
            if (here == value) return s;
        }
        return double.NaN;
    }

    /// <summary>The unit normal of the edge at a point, away from cells of the value; null where there is no clear edge.</summary>
    private Point? AwayFromEdge(Point point, byte value)
    {
        const int radius = 6;
        int centerX = (int)point.X, centerY = (int)point.Y;
        double sumX = 0, sumY = 0;
        for (int y = -radius; y <= radius; y++)
        {
            for (int x = -radius; x <= radius; x++)
            {
                if (x * x + y * y > radius * radius || !BoardCanvas.Contains(centerX + x, centerY + y)) continue;
                int sign = canvas[centerX + x, centerY + y] == value ? -1 : 1;
                sumX += sign * x;
                sumY += sign * y;
            }
        }
        double length = Math.Sqrt(sumX * sumX + sumY * sumY);
        return length < 60 ? null : new Point(sumX / length, sumY / length);
    }

    private static CellBounds BoundsOf(ReadOnlySpan<Point> points, double margin)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (Point point in points)
        {
            (left, right) = (Math.Min(left, point.X), Math.Max(right, point.X));
            (top, bottom) = (Math.Min(top, point.Y), Math.Max(bottom, point.Y));
        }
        return new((int)(left - margin), (int)(top - margin), (int)(right + margin) + 1, (int)(bottom + margin) + 1);
    }
}
