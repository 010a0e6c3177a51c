namespace ScratchDet.Data.Synthetic;

/// <summary>
/// Paints tracks, buses, pads and vias that keep a clearance from the copper that is already there, so that a clean
/// board has no accidental short. Lengths are in cells of <see cref="BoardCanvas"/> (two cells are one pixel at 320).
/// </summary>
internal sealed class BoardPainter(BoardCanvas canvas, Random random)
{
    private const int Side = BoardCanvas.Side;

    private readonly PixelSpans figure = new(Side, Side);

    public Random Random => random;

    /// <summary>
    /// A track along the points, cut off where it would come nearer than <paramref name="clearance"/> to copper. The
    /// first <paramref name="skip"/> cells are not tested (they lie on the pad that the track leaves).
    /// </summary>
    /// <returns>Where it ends; null when less than <paramref name="shortest"/> cells were free and nothing was painted.</returns>
    public Point? Track(ReadOnlySpan<Point> points, double width, double clearance, double skip = 0, double shortest = 30)
    {
        double length = FreeLength(points, width / 2 + clearance, skip);
        if (length < Math.Max(shortest, skip)) return null;
        figure.Clear();
        Point end = points[0];
        for (int i = 1; i < points.Length && length > 0; i++)
        {
            Point step = points[i] - points[i - 1];
            double part = Math.Min(1, length / Math.Max(step.Length, 1e-9));
            end = points[i - 1] + step * part;
            figure.AddCapsule(points[i - 1], end, width / 2);
            length -= step.Length;
        }
        canvas.Fill(figure, 1);
        return end;
    }

    /// <summary>A round spot of copper where it keeps the clearance; otherwise nothing.</summary>
    public bool Via(Point center, double radius, double clearance)
    {
        if (canvas.Touches(figure.Clear().AddDisc(center, radius + clearance), 1)) return false;
        canvas.Fill(figure.Clear().AddDisc(center, radius), 1);
        return true;
    }

    /// <summary>The spot at the end of a track, without a test of the track's own copper; skipped where the ring around it is not free.</summary>
    public void EndSpot(Point center, double radius, double clearance, Point heading)
    {
        // Test only what lies ahead of the track.
        Point ahead = center + heading * (radius * 0.6 + clearance);
        if (!canvas.Touches(figure.Clear().AddDisc(ahead, radius), 1))
            canvas.Fill(figure.Clear().AddDisc(center, radius), 1);
    }

    /// <summary>A pad (disc, octagon, square or oval) with a drilled hole; <paramref name="holeShift"/> moves the hole off centre.</summary>
    public bool DrilledPad(Point center, double radius, double holeRadius, Point holeShift, double clearance)
    {
        double stretch = random.Chance(0.3) ? random.Between(1.15, 1.5) : 1;
        int form = random.Next(5);
        AddPadForm(figure.Clear(), form, center, radius + clearance, stretch);
        if (canvas.Touches(figure, 1)) return false;
        AddPadForm(figure.Clear(), form, center, radius, stretch);
        canvas.Fill(figure, 1);
        if (holeRadius > 0) Drill(center + holeShift, holeRadius);
        return true;
    }

    public void Drill(Point center, double radius) => canvas.Fill(figure.Clear().AddDisc(center, radius), 0);

    /// <summary>A hole with copper all around it; nothing where it would cut an edge, which would look like a defect.</summary>
    public void DrillInside(Point center, double radius)
    {
        if (!canvas.Touches(figure.Clear().AddDisc(center, radius * 1.4 + 4), 0)) Drill(center, radius);
    }

    /// <summary>A rectangle of copper, turned by an angle in radians.</summary>
    public bool RectangularPad(Point center, double width, double height, double angle, double clearance, double rounding = 0)
    {
        AddTurnedRectangle(figure.Clear(), center, width + 2 * clearance, height + 2 * clearance, angle);
        if (canvas.Touches(figure, 1)) return false;
        figure.Clear();
        if (rounding <= 0)
        {
            AddTurnedRectangle(figure, center, width, height, angle);
        }
        else
        {
            // An oval: a capsule along the longer side.
            Point along = Point.Unit(width >= height ? angle : angle + Math.PI / 2) * (Math.Abs(width - height) / 2);
            figure.AddCapsule(center - along, center + along, Math.Min(width, height) / 2);
        }
        canvas.Fill(figure, 1);
        return true;
    }

    /// <summary>Wide to narrow: the drop-shaped neck with which a track leaves a pad.</summary>
    public void Teardrop(Point from, double radius, Point heading, double length, double endRadius)
    {
        figure.Clear();
        for (double s = 0; s <= length; s += Math.Max(1.5, endRadius / 2))
            figure.AddDisc(from + heading * s, radius + (endRadius - radius) * s / length);
        canvas.Fill(figure, 1);
    }

    /// <summary>Copper over an area, at a distance from all copper that is there.</summary>
    public void Pour(ReadOnlySpan<Point> corners, int clearance) => canvas.Pour(figure.Clear().AddPolygon(corners), clearance);

    public void PourDisc(Point center, double radius, int clearance) => canvas.Pour(figure.Clear().AddDisc(center, radius), clearance);

    /// <summary>Bare board from one side (0 left, 1 top, 2 right, 3 bottom) over a share of the width: the rim of the panel.</summary>
    public void Clear(int side, double share)
    {
        double depth = Side * share;
        canvas.Fill(side switch
        {
            0 => figure.Clear().AddRectangle(0, 0, depth, Side),
            1 => figure.Clear().AddRectangle(0, 0, Side, depth),
            2 => figure.Clear().AddRectangle(Side - depth, 0, Side, Side),
            _ => figure.Clear().AddRectangle(0, Side - depth, Side, Side),
        }, 0);
    }

    /// <summary>The copper so far, for <see cref="Restore"/>.</summary>
    public byte[] Remember() => (byte[])canvas.Cells.Clone();

    /// <summary>Puts remembered copper back: gaps part planes, never tracks, which would be an unmarked open.</summary>
    public void Restore(ReadOnlySpan<byte> remembered)
    {
        byte[] cells = canvas.Cells;
        for (int i = 0; i < cells.Length; i++) cells[i] |= remembered[i];
    }

    /// <summary>Removes copper along a line: a gap between planes.</summary>
    public void Cut(ReadOnlySpan<Point> points, double width)
    {
        figure.Clear();
        for (int i = 1; i < points.Length; i++) figure.AddCapsule(points[i - 1], points[i], width / 2);
        canvas.Fill(figure, 0);
    }

    /// <summary>
    /// A path of straight legs that turn by 45 degrees and never by more than 90 from the first direction, so that it
    /// cannot cross itself.
    /// </summary>
    public Point[] Path(Point start, double angle, int legs, double shortestLeg, double longestLeg, double turnChance = 1)
    {
        var points = new Point[legs + 1];
        points[0] = start;
        int turns = 0;
        for (int i = 0; i < legs; i++)
        {
            points[i + 1] = points[i] + Point.Unit(angle + turns * Math.PI / 4) * random.Between(shortestLeg, longestLeg);
            if (!random.Chance(turnChance)) continue;
            turns = turns == 0 ? random.Sign() : turns + (random.Chance(0.7) ? -Math.Sign(turns) : Math.Sign(turns));
            turns = Math.Clamp(turns, -2, 2);
        }
        return points;
    }

    /// <summary>The path moved sideways by a distance, with mitred corners.</summary>
    public static Point[] Offset(ReadOnlySpan<Point> path, double distance)
    {
        var moved = new Point[path.Length];
        for (int i = 0; i < path.Length; i++)
        {
            Point before = Direction(path[Math.Max(0, i - 1)], path[Math.Max(1, i)]);
            Point after = Direction(path[Math.Min(path.Length - 2, i)], path[Math.Min(path.Length - 1, i + 1)]);
            Point sum = before.Normal + after.Normal;
            // |sum| = 2 cos(half the turn); the mitre is distance / cos(half the turn).
            moved[i] = path[i] + sum * (2 * distance / (sum.X * sum.X + sum.Y * sum.Y));
        }
        return moved;
    }

    /// <summary>Parallel tracks along one path. Some end early in a spot.</summary>
    public void Bus(ReadOnlySpan<Point> path, int count, double width, double gap, double earlyEndChance, double spotRadius)
    {
        double pitch = width + gap;
        for (int i = 0; i < count; i++)
        {
            Point[] points = Offset(path, (i - (count - 1) / 2.0) * pitch);
            bool early = random.Chance(earlyEndChance);
            if (early) Shorten(points, random.Between(0.25, 0.9));
            double clearance = gap * 0.6;
            if (Track(points, width, clearance) is { } end && (early || (end - points[^1]).Length > 1))
                EndSpot(end, spotRadius, clearance, Direction(points[^2], points[^1]));
        }
    }

    /// <summary>A snake of half circles around a straight line: length matching on fast signals.</summary>
    public void Serpentine(Point start, double angle, int bends, double pitch, double amplitude, double width, double clearance)
    {
        Point along = Point.Unit(angle), side = along.Normal;
        var points = new List<Point> { start };
        for (int i = 0; i < bends; i++)
        {
            Point at = start + along * (pitch * (i + 0.5));
            double reach = i % 2 == 0 ? amplitude : -amplitude;
            double cut = pitch * 0.3;
            points.Add(at - along * (pitch / 2) + side * (reach - Math.Sign(reach) * cut));
            points.Add(at - along * (pitch / 2 - cut) + side * reach);
            points.Add(at + along * (pitch / 2 - cut) + side * reach);
            points.Add(at + along * (pitch / 2) + side * (reach - Math.Sign(reach) * cut));
        }
        points.Add(points[^1] + along * 60);
        Track(points.ToArray(), width, clearance);
    }

    public static Point Direction(Point from, Point to)
    {
        Point step = to - from;
        return step * (1 / Math.Max(step.Length, 1e-9));
    }

    private static void Shorten(Point[] points, double share)
    {
        double length = 0;
        for (int i = 1; i < points.Length; i++) length += (points[i] - points[i - 1]).Length;
        double left = length * share;
        for (int i = 1; i < points.Length; i++)
        {
            Point step = points[i] - points[i - 1];
            double part = Math.Clamp(left / Math.Max(step.Length, 1e-9), 0, 1);
            left -= step.Length;
            points[i] = points[i - 1] + step * Math.Max(part, 1e-3);
            if (part >= 1) continue;
            Array.Fill(points, points[i], i + 1, points.Length - i - 1);
            return;
        }
    }

    private double FreeLength(ReadOnlySpan<Point> points, double radius, double skip)
    {
        double step = Math.Max(2, radius * 0.5), walked = 0;
        for (int i = 1; i < points.Length; i++)
        {
            double length = (points[i] - points[i - 1]).Length;
            Point along = Direction(points[i - 1], points[i]);
            for (double s = 0; s < length; s += step)
            {
                if (walked + s >= skip && canvas.Touches(figure.Clear().AddDisc(points[i - 1] + along * s, radius), 1))
                    return Math.Max(0, walked + s - step);
            }
            walked += length;
        }
        return walked;
    }

    private static void AddPadForm(PixelSpans target, int form, Point center, double radius, double stretch)
    {
        switch (form)
        {
            case 0:
                AddTurnedRectangle(target, center, 2 * radius * stretch, 2 * radius, 0);
                break;
            case 1:
                double c = radius * 0.42, w = radius * stretch;
                target.AddPolygon(
                [
                    center + new Point(-w + c, -radius), center + new Point(w - c, -radius), center + new Point(w, -radius + c),
                    center + new Point(w, radius - c), center + new Point(w - c, radius), center + new Point(-w + c, radius),
                    center + new Point(-w, radius - c), center + new Point(-w, -radius + c),
                ]);
                break;
            case 2:
                target.AddCapsule(center - new Point(0, radius * (stretch - 1)), center + new Point(0, radius * (stretch - 1)), radius);
                break;
            default:
                target.AddDisc(center, radius);
                break;
        }
    }

    private static void AddTurnedRectangle(PixelSpans target, Point center, double width, double height, double angle)
    {
        Point x = Point.Unit(angle) * (width / 2), y = Point.Unit(angle).Normal * (height / 2);
        target.AddPolygon([center + x + y, center + x - y, center - x - y, center - x + y]);
    }
}
