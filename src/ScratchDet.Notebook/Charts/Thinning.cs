namespace ScratchDet.Notebook;

/// <summary>
/// Keeps of a long line what the eye could see: in each column of pixels the first, lowest, highest and last point; of
/// these, if they are still too many, those that bend the drawn line most (Ramer, Douglas and Peucker).
/// </summary>
internal static class Thinning
{
    // A bend of less than this many pixels cannot be seen.
    private const double Invisible = 0.2;

    /// <summary>The stretches without a gap, with at most <paramref name="mostPoints"/> points in all.</summary>
    /// <remarks>Each stretch keeps its first and last point, so that very many short ones may hold more.</remarks>
    public static List<List<(double X, double Y)>> Stretches(IReadOnlyList<double> x, IReadOnlyList<double> y, PanelPlan plan, int mostPoints)
    {
        List<List<(double X, double Y)>> stretches = Split(x, y, plan.X, plan.Y.IsLog);
        if (stretches.Sum(stretch => stretch.Count) <= Math.Min(mostPoints, plan.Width)) return stretches;
        stretches = [.. stretches.Select(stretch => Thin(stretch, point => Math.Floor(plan.X.Place(point) * plan.Width)))];
        double[][] bends = [.. stretches.Select(stretch => Bends(stretch, plan))];
        double[] falling = [.. bends.SelectMany(bend => bend).OrderDescending()];
        double least = falling.Length > mostPoints ? Math.Max(Invisible, falling[mostPoints]) : Invisible;
        return [.. stretches.Select((stretch, index) => stretch.Where((_, point) => bends[index][point] > least).ToList())];
    }

    /// <summary>
    /// For each point, how far (px) the line through the points chosen before it would miss it; a point never counts more
    /// than one that must be chosen first. The ends count infinitely.
    /// </summary>
    private static double[] Bends(List<(double X, double Y)> points, PanelPlan plan)
    {
        (double X, double Y)[] drawn = [.. points.Select(point => (plan.X.Place(point.X) * plan.Width, Math.Clamp(plan.Y.Place(point.Y), -1, 2) * plan.Height))];
        var bends = new double[drawn.Length];
        (bends[0], bends[^1]) = (double.PositiveInfinity, double.PositiveInfinity);
        var open = new Stack<(int From, int To, double Limit)>([(0, drawn.Length - 1, double.MaxValue)]);
        while (open.TryPop(out (int From, int To, double Limit) piece))
        {
            (double fromX, double fromY) = drawn[piece.From];
            (double acrossX, double acrossY) = (drawn[piece.To].X - fromX, drawn[piece.To].Y - fromY);
            double length = Math.Max(1e-9, Math.Sqrt((acrossX * acrossX) + (acrossY * acrossY)));
            (int farthest, double distance) = (-1, -1);
            for (int index = piece.From + 1; index < piece.To; index++)
            {
                double away = Math.Abs((acrossX * (drawn[index].Y - fromY)) - (acrossY * (drawn[index].X - fromX))) / length;
                if (away > distance) (farthest, distance) = (index, away);
            }
            if (farthest < 0) continue;
            bends[farthest] = Math.Min(distance, piece.Limit);
            open.Push((piece.From, farthest, bends[farthest]));
            open.Push((farthest, piece.To, bends[farthest]));
        }
        return bends;
    }

    /// <param name="column">Of an x.</param>
    public static List<(double X, double Y)> Thin(List<(double X, double Y)> points, Func<double, double> column)
    {
        var kept = new List<(double X, double Y)>();
        for (int start = 0; start < points.Count;)
        {
            double place = column(points[start].X);
            int end = start + 1;
            int lowest = start;
            int highest = start;
            while (end < points.Count && column(points[end].X) == place)
            {
                if (points[end].Y < points[lowest].Y) lowest = end;
                if (points[end].Y > points[highest].Y) highest = end;
                end++;
            }
            int previous = -1;
            foreach (int index in new[] { start, Math.Min(lowest, highest), Math.Max(lowest, highest), end - 1 })
            {
                if (index > previous) kept.Add(points[index]);
                previous = Math.Max(previous, index);
            }
            start = end;
        }
        return kept;
    }

    /// <summary>A band between two lines, in at most <paramref name="columns"/> places: the lowest and highest of each column.</summary>
    public static List<List<(double X, double Low, double High)>> Bands(
        IReadOnlyList<double> x, IReadOnlyList<double> low, IReadOnlyList<double> high, AxisScale xScale, bool logY, int columns)
    {
        var bands = new List<List<(double X, double Low, double High)>>();
        List<(double X, double Low, double High)>? band = null;
        bool all = x.Count <= columns;
        double column = double.NaN;
        for (int index = 0; index < x.Count; index++)
        {
            if (!AxisScale.IsShown(x[index], xScale.IsLog) || !double.IsFinite(low[index]) || !AxisScale.IsShown(high[index], logY))
            {
                band = null;
                continue;
            }
            double place = Math.Floor(xScale.Place(x[index]) * columns);
            if (band is null)
            {
                bands.Add(band = []);
            }
            else if (!all && place == column)
            {
                // The last place of a column stands for it, so that a band ends where its line ends.
                (double X, double Low, double High) held = band[^1];
                band[^1] = (band.Count == 1 ? held.X : x[index], Math.Min(held.Low, low[index]), Math.Max(held.High, high[index]));
                continue;
            }
            band.Add((x[index], low[index], high[index]));
            column = place;
        }
        return bands;
    }

    // Points beyond the ends of the x axis are left out, but for the neighbours of the last ones within.
    private static List<List<(double X, double Y)>> Split(IReadOnlyList<double> x, IReadOnlyList<double> y, AxisScale xScale, bool logY)
    {
        var stretches = new List<List<(double X, double Y)>>();
        List<(double X, double Y)>? stretch = null;
        for (int index = 0; index < x.Count; index++)
        {
            bool near = IsWithin(index) || (index > 0 && IsWithin(index - 1)) || (index + 1 < x.Count && IsWithin(index + 1));
            if (near && AxisScale.IsShown(x[index], xScale.IsLog) && AxisScale.IsShown(y[index], logY))
            {
                if (stretch is null) stretches.Add(stretch = []);
                stretch.Add((x[index], y[index]));
            }
            else
            {
                stretch = null;
            }
        }
        return stretches;

        bool IsWithin(int index) => xScale.Place(x[index]) is >= 0 and <= 1;
    }
}
