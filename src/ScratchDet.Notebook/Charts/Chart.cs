namespace ScratchDet.Notebook;

/// <summary>
/// One chart: marks in a frame. Each method gives a changed copy:
/// <c>Chart.Lines(runs, y: run => run.GradientNorms, name: run => run.Variant).Smooth(0.98).LogY().Title("Gradient norm")</c>.
/// </summary>
public sealed partial record Chart : Figure
{
    public ChartFrame Frame { get; init; } = new();

    /// <summary>Later marks are drawn over earlier ones. Series of one name share a colour.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];

    public Chart Add(params IReadOnlyList<Mark> marks) => this with { Marks = [.. Marks, .. marks] };

    public Chart Title(string title) => this with { Frame = Frame with { Title = title } };

    public Chart XTitle(string title, string unit = "") => X(axis => axis with { Title = title, Unit = unit });

    public Chart YTitle(string title, string unit = "") => Y(axis => axis with { Title = title, Unit = unit });

    /// <summary>Values that are not above 0 become gaps.</summary>
    public Chart LogX() => X(axis => axis with { IsLog = true });

    /// <summary>Values that are not above 0 become gaps.</summary>
    public Chart LogY() => Y(axis => axis with { IsLog = true });

    /// <param name="low">Null leaves this end to the data.</param>
    public Chart XRange(double? low = null, double? high = null) => X(axis => axis with { Low = low, High = high });

    /// <summary>For losses that explode before they diverge: <c>YRange(high: 30)</c>.</summary>
    /// <param name="low">Null leaves this end to the data.</param>
    public Chart YRange(double? low = null, double? high = null) => Y(axis => axis with { Low = low, High = high });

    /// <summary>In CSS pixels; the height is that of the part inside the axes.</summary>
    public Chart Size(int width, int? plotHeight = null) => this with { Frame = Frame with { Width = width, PlotHeight = plotHeight ?? Frame.PlotHeight } };

    public Chart Legend(bool shown) => this with { Frame = Frame with { HasLegend = shown } };

    /// <summary>Draws each line as its exponential moving average, over the line itself in a faint colour.</summary>
    /// <param name="decay">At least 0 and below 1; 0.98 looks back over about 50 values.</param>
    /// <param name="raw">False leaves the faint line out.</param>
    public Chart Smooth(double decay, bool raw = true) =>
        decay is >= 0 and < 1
            ? this with { Marks = [.. Marks.Select(mark => mark is LineSeries line ? line with { SmoothingDecay = decay, ShowsRaw = raw } : mark)] }
            : throw new ArgumentOutOfRangeException(nameof(decay), decay, "at least 0 and below 1");

    /// <summary>Histograms in about so many bins; without it, as many as suit the number and spread of the values.</summary>
    public Chart Bins(int count) => this with { Marks = [.. Marks.Select(mark => mark is Histogram histogram ? histogram with { BinCount = count } : mark)] };

    /// <summary>A dotted level line with a label, for a number to compare with.</summary>
    public Chart Level(double y, string label) => Add(new GuideLine(label, [double.NegativeInfinity, double.PositiveInfinity], [y, y]));

    /// <summary>Dotted curves of equal F1 = 2pr / (p + r) for a precision-recall chart.</summary>
    public Chart IsoF1(params IReadOnlyList<double> levels) =>
        this with { Marks = [.. (levels.Count == 0 ? [0.2, 0.4, 0.6, 0.8] : levels).Select(PrecisionRecallGuides.IsoF1), .. Marks] };

    private Chart X(Func<ChartAxis, ChartAxis> change) => this with { Frame = Frame with { X = change(Frame.X) } };

    private Chart Y(Func<ChartAxis, ChartAxis> change) => this with { Frame = Frame with { Y = change(Frame.Y) } };

    internal override FigurePlan Plan() => FigurePlan.Of(this);
}
