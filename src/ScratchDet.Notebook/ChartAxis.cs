namespace ScratchDet.Notebook;

/// <summary>One axis: which values it spans and where its ticks are.</summary>
internal sealed class ChartAxis
{
    private const double Padding = 0.04;
    private readonly double low;
    private readonly double high;

    private ChartAxis(double low, double high, bool isLog) => (this.low, this.high, IsLog) = (low, high, isLog);

    public bool IsLog { get; }

    /// <summary>Spans the finite values (on a logarithmic axis, those above 0); from 0 or 1 to 1 or 10 without any.</summary>
    /// <param name="padded">Leaves a little room at both ends.</param>
    public static ChartAxis Over(IEnumerable<double> values, bool isLog, bool padded)
    {
        double smallest = double.PositiveInfinity;
        double largest = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (!IsShown(value, isLog)) continue;
            smallest = Math.Min(smallest, value);
            largest = Math.Max(largest, value);
        }
        if (smallest > largest) (smallest, largest) = isLog ? (1, 10) : (0, 1);
        double low = Scaled(smallest, isLog);
        double high = Scaled(largest, isLog);
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            double room = isLog || low == 0 ? 0.5 : Math.Abs(low) * 0.1;
            (low, high) = (low - room, high + room);
        }
        else if (padded)
        {
            double room = (high - low) * Padding;
            // A quantity that is never negative keeps its axis at 0 or above.
            (low, high) = (!isLog && low >= 0 ? Math.Max(0, low - room) : low - room, high + room);
        }
        return new ChartAxis(low, high, isLog);
    }

    public static bool IsShown(double value, bool isLog) => double.IsFinite(value) && (!isLog || value > 0);

    /// <summary>0 at the low end, 1 at the high end.</summary>
    public double Place(double value) => (Scaled(value, IsLog) - low) / (high - low);

    /// <summary>About <paramref name="wanted"/> round values within the axis.</summary>
    public IReadOnlyList<double> Ticks(int wanted)
    {
        if (IsLog && LogTicks(wanted) is { Count: >= 2 } decades) return decades;
        double from = IsLog ? Math.Pow(10, low) : low;
        double to = IsLog ? Math.Pow(10, high) : high;
        double step = RoundStep((to - from) / wanted);
        var ticks = new List<double>();
        for (double index = Math.Ceiling((from / step) - 1e-9); index * step <= to + (1e-9 * step); index++)
            ticks.Add(index * step);
        return ticks;
    }

    private List<double> LogTicks(int wanted)
    {
        int first = (int)Math.Floor(low);
        int last = (int)Math.Ceiling(high);
        // 1, 2, 5 in each decade while they fit, else whole decades, then every second one...
        double[] within = high - low <= wanted / 3.0 ? [1, 2, 5] : [1];
        int stride = Math.Max(1, (int)Math.Ceiling((high - low) / wanted));
        var ticks = new List<double>();
        for (int decade = first; decade <= last; decade++)
        {
            if (decade % stride != 0) continue;
            foreach (double digit in within)
            {
                double scaled = decade + Math.Log10(digit);
                if (scaled >= low - 1e-9 && scaled <= high + 1e-9)
                    ticks.Add(double.Parse(FormattableString.Invariant($"{digit}e{decade}"), System.Globalization.CultureInfo.InvariantCulture));
            }
        }
        return ticks;
    }

    /// <summary>The smallest of 1, 2, 2.5, 5 times a power of ten that is at least as large.</summary>
    internal static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        foreach (double digit in new[] { 1, 2, 2.5, 5 })
            if (digit * power >= step * (1 - 1e-9))
                return digit * power;
        return 10 * power;
    }

    private static double Scaled(double value, bool isLog) => isLog ? Math.Log10(value) : value;
}
