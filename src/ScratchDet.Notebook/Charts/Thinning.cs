namespace ScratchDet.Notebook;

/// <summary>
/// Keeps of a long line what the eye could see: in each column of pixels the first, lowest, highest and last point.
/// </summary>
internal static class Thinning
{
    /// <summary>The stretches without a gap, thinned until all of them have at most about <paramref name="mostPoints"/> points.</summary>
    /// <remarks>Each stretch keeps its first and last point, so that many short ones may hold more.</remarks>
    public static List<List<(double X, double Y)>> Stretches(IReadOnlyList<double> x, IReadOnlyList<double> y, AxisScale xScale, bool logY, int mostPoints)
    {
        List<List<(double X, double Y)>> whole = Split(x, y, xScale, logY);
        int columns = mostPoints;
        List<List<(double X, double Y)>> kept = whole;
        while (columns > 0 && kept.Sum(stretch => stretch.Count) > mostPoints)
        {
            kept = [.. whole.Select(stretch => Thin(stretch, point => Math.Floor(xScale.Place(point) * columns)))];
            columns = columns * 3 / 4;
        }
        return kept;
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
