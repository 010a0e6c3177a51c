namespace ScratchDet.Notebook;

/// <summary>Which values an axis spans, where they stand on it, and where its ticks are.</summary>
internal sealed class AxisScale
{
    private const double Padding = 0.04;

    private AxisScale(double low, double high, bool isLog, IReadOnlyList<string>? categories = null) =>
        (Low, High, IsLog, Categories) = (low, high, isLog, categories);

    /// <summary>Of the end at the left or bottom; the logarithm to base 10 on a logarithmic axis.</summary>
    public double Low { get; }

    /// <summary>Of the end at the right or top, likewise.</summary>
    public double High { get; }

    public bool IsLog { get; }

    /// <summary>Names at 0, 1, 2...; null for an axis of numbers.</summary>
    public IReadOnlyList<string>? Categories { get; }

    /// <param name="topDown">The first name stands at the upper end.</param>
    public static AxisScale Of(IReadOnlyList<string> categories, bool topDown = false)
    {
        double end = Math.Max(1, categories.Count) - 0.5;
        return topDown ? new AxisScale(end, -0.5, isLog: false, categories) : new AxisScale(-0.5, end, isLog: false, categories);
    }

    /// <summary>As <see cref="Over(IEnumerable{double}, bool, bool)"/>, with the ends that are asked for.</summary>
    /// <exception cref="ArgumentException">The asked range is empty, not finite, or has no logarithm.</exception>
    public static AxisScale Over(IEnumerable<double> values, ChartAxis axis, bool padded)
    {
        foreach (double end in new[] { axis.Low, axis.High }.OfType<double>())
            if (!IsShown(end, axis.IsLog))
                throw new ArgumentException(FormattableString.Invariant($"the axis '{axis.Title}' cannot end at {end}{(axis.IsLog ? " on a logarithmic scale" : "")}"));
        if (axis.Low >= axis.High)
            throw new ArgumentException(FormattableString.Invariant($"the axis '{axis.Title}' cannot reach from {axis.Low} to {axis.High}"));
        AxisScale data = Over(values.Where(value => !(value < axis.Low) && !(value > axis.High)), axis.IsLog, padded);
        double low = axis.Low is { } from ? Scaled(from, axis.IsLog) : data.Low;
        double high = axis.High is { } to ? Scaled(to, axis.IsLog) : data.High;
        // All data may lie beyond the one end that was asked for.
        if (low >= high) (low, high) = axis.Low is null ? (high - 1, high) : (low, low + 1);
        return new AxisScale(low, high, axis.IsLog);
    }

    /// <summary>Spans the finite values (on a logarithmic axis, those above 0); from 0 or 1 to 1 or 10 without any.</summary>
    /// <param name="padded">Leaves a little room at both ends.</param>
    public static AxisScale Over(IEnumerable<double> values, bool isLog, bool padded)
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
        return new AxisScale(low, high, isLog);
    }

    /// <summary>Whether an axis has a place for a value. Beyond 1e300, differences could overflow.</summary>
    public static bool IsShown(double value, bool isLog) => Math.Abs(value) < 1e300 && (!isLog || value > 0);

    /// <summary>0 at the low end, 1 at the high end.</summary>
    public double Place(double value) => (Scaled(value, IsLog) - Low) / (High - Low);

    /// <summary>The value at a place: the reverse of <see cref="Place"/>.</summary>
    public double Value(double place) => IsLog ? Math.Pow(10, Low + (place * (High - Low))) : Low + (place * (High - Low));

    /// <summary>About <paramref name="wanted"/> round values within the axis; every place of an axis of names.</summary>
    public IReadOnlyList<double> Ticks(int wanted)
    {
        if (Categories is not null) return [.. Enumerable.Range(0, Categories.Count).Select(place => (double)place)];
        if (IsLog && LogTicks(wanted) is { Count: >= 2 } decades) return decades;
        double from = IsLog ? Math.Pow(10, Low) : Low;
        double to = IsLog ? Math.Pow(10, High) : High;
        double step = RoundStep((to - from) / wanted);
        var ticks = new List<double>();
        for (double index = Math.Ceiling((from / step) - 1e-9); index * step <= to + (1e-9 * step); index++)
            ticks.Add(index * step);
        return ticks;
    }

    /// <summary>
    /// On a logarithmic axis: 1, 2, 5 in each decade while they fit, else whole decades, then every second one...
    /// </summary>
    public (bool HasDigits, int Stride) LogStep(int wanted) => (High - Low <= wanted / 3.0, Math.Max(1, (int)Math.Ceiling((High - Low) / wanted)));

    private List<double> LogTicks(int wanted)
    {
        int first = (int)Math.Floor(Low);
        int last = (int)Math.Ceiling(High);
        (bool hasDigits, int stride) = LogStep(wanted);
        double[] within = hasDigits ? [1, 2, 5] : [1];
        var ticks = new List<double>();
        for (int decade = first; decade <= last; decade++)
        {
            if (decade % stride != 0) continue;
            foreach (double digit in within)
            {
                double scaled = decade + Math.Log10(digit);
                if (scaled >= Low - 1e-9 && scaled <= High + 1e-9)
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
