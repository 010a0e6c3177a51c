using System.Globalization;

namespace ScratchDet.Notebook;

/// <summary>
/// Bins of one width (on a logarithmic scale, of one ratio) that hold every value that can be shown. A value on an edge
/// belongs to the bin above it; the last edge belongs to the last bin.
/// </summary>
internal sealed class HistogramBins
{
    private const int MostBins = 200;
    private const int MostChosenBins = 60;
    private const int LeastChosenBins = 5;
    private readonly double first;
    private readonly double width;
    private readonly bool isLog;

    private HistogramBins(double first, double width, int count, bool isLog)
    {
        (this.first, this.width, this.isLog) = (first, width, isLog);
        // Sums of 0.1 miss 0.3 by the last digit; a value of 0.3 would then fall below its edge.
        Edges = [.. Enumerable.Range(0, count + 1).Select(edge => double.Parse(Unscaled(first + (edge * width)).ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];
    }

    private HistogramBins() => Edges = [];

    /// <summary>Rising, one more than there are bins; none when there is no value.</summary>
    public IReadOnlyList<double> Edges { get; }

    /// <param name="wanted">About so many bins; null chooses by the rule of Freedman and Diaconis: a width of
    /// 2 * (interquartile range) / (number of values)^(1/3).</param>
    public static HistogramBins Over(IReadOnlyList<IReadOnlyList<double>> series, bool isLog, int? wanted)
    {
        double[] sorted = [.. series.SelectMany(values => values).Where(value => AxisScale.IsShown(value, isLog)).Select(value => isLog ? Math.Log10(value) : value).Order()];
        if (sorted.Length == 0) return new HistogramBins();
        (double low, double high) = (sorted[0], sorted[^1]);
        double span = high - low;
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (span <= 1e-12 * size || span == 0)
        {
            double half = isLog || low == 0 ? 0.5 : Math.Abs(low) * 0.05;
            return new HistogramBins(low - half, 2 * half, 1, isLog);
        }
        double step = AxisScale.RoundStep(span / Math.Clamp(wanted ?? Chosen(sorted), 1, MostBins));
        double first = Math.Floor((low / step) + 1e-9) * step;
        int count = Math.Max(1, (int)Math.Ceiling(((high - first) / step) - 1e-9));
        return new HistogramBins(first, step, count, isLog);
    }

    /// <summary>How many values of one series are in each bin.</summary>
    public int[] Count(IReadOnlyList<double> values)
    {
        var counts = new int[Math.Max(0, Edges.Count - 1)];
        if (counts.Length == 0) return counts;
        for (int index = 0; index < values.Count; index++)
        {
            double value = values[index];
            if (!AxisScale.IsShown(value, isLog)) continue;
            int bin = (int)Math.Clamp(Math.Floor(((isLog ? Math.Log10(value) : value) - first) / width), 0, counts.Length - 1);
            // The division may round across an edge; the edges decide.
            if (value < Edges[bin] && bin > 0) bin--;
            else if (bin + 1 < counts.Length && value >= Edges[bin + 1]) bin++;
            counts[bin]++;
        }
        return counts;
    }

    public double Middle(int bin) => Unscaled(first + ((bin + 0.5) * width));

    private static int Chosen(double[] sorted)
    {
        double quartiles = sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4];
        double width = 2 * quartiles / Math.Cbrt(sorted.Length);
        double bins = width > 0 ? (sorted[^1] - sorted[0]) / width : Math.Sqrt(sorted.Length);
        return (int)Math.Clamp(Math.Ceiling(bins), LeastChosenBins, MostChosenBins);
    }

    private double Unscaled(double value) => isLog ? Math.Pow(10, value) : value;
}
