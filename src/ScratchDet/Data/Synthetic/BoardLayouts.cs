namespace ScratchDet.Data.Synthetic;

/// <summary>
/// Clean boards in the six looks that the scans of DeepPCB have: signal bundles, power tracks with drilled pads, copper
/// planes with moats, broad bars, fine via fields, and connectors. Lengths are in cells (two are one pixel at 320).
/// </summary>
internal static class BoardLayouts
{
    private const int Side = BoardCanvas.Side;

    /// <summary>Slivers below the area of the smallest via or hole; left in, they would be unmarked defects.</summary>
    private const int SmallestPiece = 110;

    // Signal, power, plane, bars, fine, connector: chosen so that the share of copper matches the real set.
    private static readonly double[] LookWeights = [0.16, 0.22, 0.33, 0.08, 0.10, 0.11];

    public static void Paint(BoardCanvas canvas, Random random)
    {
        var painter = new BoardPainter(canvas, random);
        switch (random.Weighted(LookWeights))
        {
            case 0: Signal(painter); break;
            case 1: Power(painter); break;
            case 2: Plane(painter); break;
            case 3: Bars(painter); break;
            case 4: Fine(painter); break;
            default: Connector(painter); break;
        }
        if (random.Chance(0.06)) painter.Clear(random.Next(4), random.Between(0.3, 0.65));
        canvas.RoughenEdges(random, random.Between(0.02, 0.11));
        // Last, because a rough edge can shed single cells.
        BoardSpecks.Remove(canvas, SmallestPiece);
    }

    private static void Signal(BoardPainter painter)
    {
        Random random = painter.Random;
        double width = random.Between(7, 13);
        if (random.Chance(0.5)) ScatterParts(painter, random.Next(1, 3), width);
        int buses = random.Next(1, 3);
        for (int i = 0; i < buses; i++) CrossingBus(painter, random.Next(3, 13), width * random.Between(0.9, 1.2), random.Between(8, 18));
        ScatterParts(painter, random.Next(1, 4), width);
        DrilledPads(painter, random.Next(1, 5), random.Between(18, 34), width * 1.2);
        WanderingTracks(painter, random.Next(3, 9), width, random.Between(10, 16));
        if (random.Chance(0.5)) PourCorner(painter, random.Next(10, 20));
        Vias(painter, random.Next(0, 8), random.Between(6, 11));
    }

    private static void Power(BoardPainter painter)
    {
        Random random = painter.Random;
        int broad = random.Next(1, 5);
        for (int i = 0; i < broad; i++)
        {
            double width = random.Between(34, 130);
            Point[] path = EdgePath(painter, 130, 330);
            painter.Track(path, width, random.Between(14, 30));
        }
        if (random.Chance(0.5)) CrossingBus(painter, random.Next(2, 7), random.Between(14, 26), random.Between(12, 24));
        if (random.Chance(0.35)) PourCorner(painter, random.Next(14, 30));
        DrilledPads(painter, random.Next(3, 10), random.Between(28, 52), random.Between(12, 30));
        ScatterParts(painter, random.Next(0, 3), random.Between(10, 18));
        WanderingTracks(painter, random.Next(1, 5), random.Between(10, 24), 18);
        Vias(painter, random.Next(0, 4), random.Between(12, 34));
    }

    private static void Plane(BoardPainter painter)
    {
        Random random = painter.Random;
        bool discs = random.Chance(0.25);
        double width = random.Between(9, 20);
        if (random.Chance(0.6)) CrossingBus(painter, random.Next(1, 5), width, random.Between(10, 20));
        DrilledPads(painter, random.Next(0, 5), random.Between(22, 40), width);
        WanderingTracks(painter, random.Next(1, 5), width, 14);
        int moat = random.Next(8, 26);
        byte[] tracks = painter.Remember();
        if (discs)
        {
            int count = random.Next(1, 3);
            for (int i = 0; i < count; i++)
                painter.PourDisc(Anywhere(random, -100), random.Between(150, 380), moat);
        }
        else if (random.Chance(0.15))
        {
            painter.Pour([new(-1, -1), new(Side + 1, -1), new(Side + 1, Side + 1), new(-1, Side + 1)], moat);
        }
        else
        {
            int count = random.Next(2, 5);
            for (int i = 0; i < count; i++) PourBlock(painter, Anywhere(random, 0), random.Between(240, 560), random.Between(200, 520), moat);
        }
        int gaps = random.Next(0, 4);
        for (int i = 0; i < gaps; i++) painter.Cut(EdgePath(painter, 60, 220), random.Between(8, 20));
        if (random.Chance(0.3)) Meander(painter);
        painter.Restore(tracks);
        int holes = random.Next(0, 6);
        double radius = random.Chance(0.3) ? random.Between(50, 90) : random.Between(12, 26);
        for (int i = 0; i < holes; i++) painter.DrillInside(Anywhere(random, 20), radius);
    }

    private static void Bars(BoardPainter painter)
    {
        Random random = painter.Random;
        double angle = random.Next(2) * Math.PI / 2;
        Point along = Point.Unit(angle), side = along.Normal;
        bool bent = random.Chance(0.5);
        double bendAt = random.Between(150, 500), bend = random.Sign() * Math.PI / 4;
        double at = random.Between(-60, 30);
        while (at < Side + 300)
        {
            double width = random.Between(16, 90), gap = random.Between(14, 70);
            at += width / 2;
            Point center = new Point(Side / 2.0, Side / 2.0) + side * (at - Side / 2.0);
            Point start = center - along * 400;
            Point corner = start + along * (bent ? bendAt + (at - 320) * Math.Tan(bend / 2) : 900);
            Point[] path = bent ? [start, corner, corner + along.Rotate(bend) * 900] : [start, corner];
            painter.Track(path, width, gap * 0.35);
            at += width / 2 + gap;
        }
        DrilledPads(painter, random.Next(0, 3), random.Between(20, 40), 14);
        int holes = random.Next(0, 5);
        for (int i = 0; i < holes; i++) painter.DrillInside(Anywhere(random, 20), random.Between(9, 16));
    }

    private static void Fine(BoardPainter painter)
    {
        Random random = painter.Random;
        double width = random.Between(6, 8.5), spot = random.Between(6.5, 9);
        double pitch = random.Between(34, 52);
        int columns = random.Next(4, 13), rows = random.Next(3, 10);
        Point corner = Anywhere(random, 40) - new Point(columns * pitch / 2, rows * pitch / 2);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (random.Chance(0.2)) continue;
                Point center = corner + new Point(column * pitch, row * pitch);
                if (!painter.Via(center, spot, 8) || !random.Chance(0.4)) continue;
                Point heading = Point.Unit(random.Next(8) * Math.PI / 4);
                Point end = center + heading * (pitch * (random.Chance(0.5) ? 0.45 : 0.7));
                if (painter.Track([center, end], random.Chance(0.5) ? width : spot * 1.6, 7, spot + 16, 12) is { } reached)
                    painter.EndSpot(reached, spot, 5, heading);
            }
        }
        int buses = random.Next(1, 4);
        for (int i = 0; i < buses; i++) CrossingBus(painter, random.Next(3, 14), width, random.Between(8, 14));
        int snakes = random.Next(0, 3);
        for (int i = 0; i < snakes; i++)
            painter.Serpentine(Anywhere(random, 40), random.Next(4) * Math.PI / 2, random.Next(4, 12), random.Between(14, 18), random.Between(16, 36), width, 8);
        ScatterParts(painter, random.Next(1, 4), width);
        WanderingTracks(painter, random.Next(8, 22), width, 10);
        Vias(painter, random.Next(4, 18), spot);
    }

    private static void Connector(BoardPainter painter)
    {
        Random random = painter.Random;
        double radius = random.Between(22, 34), pitch = radius * random.Between(2.8, 4.2);
        double hole = random.Chance(0.6) ? radius * random.Between(0.35, 0.8) : 0;
        Point shift = new(random.Between(-0.2, 0.2) * radius, random.Between(-0.2, 0.2) * radius);
        double stretch = random.Chance(0.5) ? random.Between(1.1, 1.4) : 1;
        int columns = random.Next(3, 8), rows = random.Next(1, 4);
        bool upright = random.Chance(0.5);
        Point corner = new(random.Between(-80, 250), random.Between(-40, 380));
        double width = random.Between(6, 10);
        var pads = new List<Point>();
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                Point step = upright ? new(row * pitch * 1.15, column * pitch) : new(column * pitch, row * pitch * 1.15);
                Point center = corner + step;
                double wide = upright ? stretch : 1, tall = upright ? 1 : stretch;
                if (!painter.RectangularPad(center, 2 * radius * wide, 2 * radius * tall, 0, 8, rounding: 1)) continue;
                if (hole > 0 && random.Chance(0.8)) painter.Drill(center + shift, hole);
                pads.Add(center);
            }
        }
        foreach (Point pad in pads)
        {
            if (!random.Chance(0.45)) continue;
            Point heading = Point.Unit(random.Next(8) * Math.PI / 4);
            double skip = radius * stretch + 14;
            Point[] path = painter.Path(pad + heading * radius * 0.9, Math.Atan2(heading.Y, heading.X), random.Next(2, 5), 60, 220);
            painter.Track(path, width, 9, skip - radius * 0.9 + width, 40);
        }
        if (random.Chance(0.6)) CrossingBus(painter, random.Next(1, 8), width, random.Between(10, 24));
        WanderingTracks(painter, random.Next(1, 6), width, 14);
        ScatterParts(painter, random.Next(0, 2), width);
        if (random.Chance(0.45)) PourCorner(painter, 16);
        Vias(painter, random.Next(0, 4), 8);
    }

    private static Point Anywhere(Random random, double margin) => new(random.Between(margin, Side - margin), random.Between(margin, Side - margin));

    /// <summary>A path that enters at a random side and leads across the board.</summary>
    private static Point[] EdgePath(BoardPainter painter, double shortestLeg, double longestLeg)
    {
        Random random = painter.Random;
        double angle = random.Next(8) * Math.PI / 4;
        Point target = Anywhere(random, 80);
        return painter.Path(target - Point.Unit(angle) * 900, angle, 9, shortestLeg, longestLeg, 0) is var straight && random.Chance(0.2)
            ? straight
            : [target - Point.Unit(angle) * 900, .. painter.Path(target - Point.Unit(angle) * random.Between(0, 250), angle, 7, shortestLeg, longestLeg)];
    }

    private static void CrossingBus(BoardPainter painter, int count, double width, double gap)
    {
        double half = count * (width + gap) / 2;
        // Legs longer than the half width of the bus keep mitred inner tracks in order.
        painter.Bus(EdgePath(painter, 50 + half, 260 + half), count, width, gap, painter.Random.Chance(0.5) ? 0.3 : 0.05, width * 0.9 + 2);
    }

    private static void WanderingTracks(BoardPainter painter, int count, double width, double clearance)
    {
        Random random = painter.Random;
        for (int i = 0; i < count; i++)
        {
            double angle = random.Next(8) * Math.PI / 4, spot = width * random.Between(0.8, 1.3) + 2;
            Point start = Anywhere(random, 0);
            Point[] path = painter.Path(start, angle, random.Next(2, 6), 40, 200);
            if (!painter.Via(start, spot, clearance)) continue;
            if (painter.Track(path, width, clearance, spot + width + clearance + 4, 50) is { } end)
                painter.EndSpot(end, spot, clearance * 0.7, PathHeading(path, end));
        }
    }

    private static Point PathHeading(ReadOnlySpan<Point> path, Point end)
    {
        int nearest = 1;
        double best = double.MaxValue;
        for (int i = 1; i < path.Length; i++)
        {
            Point along = BoardPainter.Direction(path[i - 1], path[i]);
            Point offset = end - path[i - 1];
            double distance = Math.Abs(offset.X * along.Y - offset.Y * along.X);
            if (distance < best - 1e-6) (best, nearest) = (distance, i);
        }
        return BoardPainter.Direction(path[nearest - 1], path[nearest]);
    }

    private static void DrilledPads(BoardPainter painter, int count, double radius, double trackWidth)
    {
        Random random = painter.Random;
        for (int i = 0; i < count; i++)
        {
            Point center = Anywhere(random, 0);
            double size = radius * random.Between(0.8, 1.2);
            double hole = random.Chance(0.85) ? Math.Max(6.5, size * random.Between(0.3, 0.5)) : 0;
            if (!painter.DrilledPad(center, size, hole, default, 12)) continue;
            int leaving = random.Next(0, 3);
            for (int k = 0; k < leaving; k++)
            {
                double angle = random.Next(8) * Math.PI / 4;
                Point heading = Point.Unit(angle);
                Point[] path = painter.Path(center, angle, random.Next(2, 5), size + 60, 260);
                if (painter.Track(path, Math.Min(trackWidth, size * 1.3), 12, size * 1.5 + trackWidth / 2 + 16, size + 50) is null) continue;
                if (random.Chance(0.6)) painter.Teardrop(center, size * 0.85, heading, size + 24, Math.Min(trackWidth, size) / 2);
            }
            if (hole > 0) painter.Drill(center, hole);
        }
    }

    /// <summary>Rows of rectangular pads (chips, resistors), some with tracks.</summary>
    private static void ScatterParts(BoardPainter painter, int count, double trackWidth)
    {
        Random random = painter.Random;
        for (int part = 0; part < count; part++)
        {
            double angle = random.Next(random.Chance(0.8) ? 2 : 8) * (random.Chance(0.8) ? Math.PI / 2 : Math.PI / 4);
            Point along = Point.Unit(angle), side = along.Normal, start = Anywhere(random, 20);
            bool chip = random.Chance(0.6);
            int pins = chip ? random.Next(4, 14) : 2;
            double pinWidth = chip ? random.Between(9, 18) : random.Between(24, 44);
            double pinLength = chip ? pinWidth * random.Between(2, 3.4) : pinWidth * random.Between(0.9, 1.3);
            double pitch = chip ? pinWidth * random.Between(1.7, 2.2) : pinWidth * random.Between(1.6, 2.2);
            double rounding = random.Chance(0.25) ? 1 : 0;
            double rowGap = chip && random.Chance(0.5) ? random.Between(90, 200) : 0;
            for (int row = 0; row < (rowGap > 0 ? 2 : 1); row++)
            {
                for (int pin = 0; pin < pins; pin++)
                {
                    Point center = start + along * (pin * pitch) + side * (row * rowGap);
                    if (!painter.RectangularPad(center, pinWidth, pinLength, angle, 7, rounding) || !random.Chance(0.5)) continue;
                    double outward = angle + (row == 1 || (rowGap == 0 && random.Chance(0.5)) ? 1 : -1) * Math.PI / 2;
                    Point[] path = painter.Path(center, outward, random.Next(1, 5), pinLength * 0.5 + 24, 160);
                    double width = Math.Min(trackWidth, pinWidth * 0.8);
                    if (painter.Track(path, width, 8, pinLength * 0.5 + width + 12, pinLength * 0.5 + 26) is { } end && random.Chance(0.8))
                        painter.EndSpot(end, width * 0.8 + 3, 7, PathHeading(path, end));
                }
            }
        }
    }

    private static void Vias(BoardPainter painter, int count, double radius)
    {
        for (int i = 0; i < count; i++)
            painter.Via(Anywhere(painter.Random, 10), radius * painter.Random.Between(0.9, 1.2), 10);
    }

    private static void PourBlock(BoardPainter painter, Point center, double width, double height, int clearance)
    {
        double chamfer = painter.Random.Chance(0.5) ? painter.Random.Between(20, 70) : 0.5;
        double w = width / 2, h = height / 2;
        painter.Pour(
        [
            center + new Point(-w + chamfer, -h), center + new Point(w, -h), center + new Point(w, h - chamfer),
            center + new Point(w - chamfer, h), center + new Point(-w, h), center + new Point(-w, -h + chamfer),
        ], clearance);
    }

    private static void PourCorner(BoardPainter painter, int clearance)
    {
        Random random = painter.Random;
        Point corner = new(random.Next(2) * Side, random.Next(2) * Side);
        PourBlock(painter, corner, random.Between(240, 1000), random.Between(240, 1000), clearance);
    }

    /// <summary>A bare gap that winds in right angles through a plane.</summary>
    private static void Meander(BoardPainter painter)
    {
        Random random = painter.Random;
        double step = random.Between(50, 110), depth = random.Between(40, 90), y = random.Between(100, 540);
        var points = new List<Point>();
        for (double x = -20; x < Side + step; x += step)
        {
            double level = points.Count / 2 % 2 == 0 ? y : y + depth;
            points.Add(new(x, level));
            points.Add(new(x + step, level));
        }
        painter.Cut(points.ToArray(), random.Between(8, 14));
    }
}
