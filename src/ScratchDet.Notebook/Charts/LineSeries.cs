using System.Text;
using System.Text.Json.Nodes;
using ScratchDet.Analysis;

namespace ScratchDet.Notebook;

/// <summary>One line of a chart. Values that are not finite (or, on a logarithmic axis, not above 0) are gaps.</summary>
/// <param name="Name">For the legend; series of one name share a colour.</param>
public sealed record LineSeries(string Name, IReadOnlyList<double> Y) : Mark
{
    private const int BandColumns = 60;

    // Below so many points each one is marked.
    private const int FewPoints = 30;

    /// <summary>One for each value; null counts 1, 2, 3...</summary>
    public IReadOnlyList<double>? X { get; init; }

    /// <summary>The lower edge of a band around the line, such as a 95% interval; needs <see cref="High"/>.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    public IReadOnlyList<double>? High { get; init; }

    /// <summary>Null is solid, until the colours begin again.</summary>
    public LineDash? Dash { get; init; }

    /// <summary>Draws the exponential moving average (see <see cref="Smoothing"/>); null draws the values.</summary>
    public double? SmoothingDecay { get; init; }

    /// <summary>With smoothing: whether the values are drawn too, in a faint colour.</summary>
    public bool ShowsRaw { get; init; } = true;

    /// <summary>The x at which training diverged; a cross marks the last value before it.</summary>
    public double? DivergedAt { get; init; }

    /// <summary>Mean and 95% interval over seeds, at each place.</summary>
    public static LineSeries Of(string name, IReadOnlyList<double> x, IReadOnlyList<SeedStatistics> values) => new(name, [.. values.Select(value => value.Mean)])
    {
        X = x,
        Low = [.. values.Select(value => value.Mean - value.HalfWidth95)],
        High = [.. values.Select(value => value.Mean + value.HalfWidth95)],
    };

    private IReadOnlyList<double> Places => X ?? [.. Enumerable.Range(1, Y.Count).Select(place => (double)place)];

    private string Label => DivergedAt is { } step ? $"{Name} (diverged at {Markup.Number(step)})" : Name;

    internal override IReadOnlyList<LegendEntry> Legend => [new(Name, Label, LegendSymbol.Line, Dash)];

    internal override bool BeginsAtZero => true;

    internal override bool PadsX => Y.Count <= FewPoints;

    internal override int LineCount => SmoothingDecay is null || !ShowsRaw ? 1 : 2;

    internal override void Check()
    {
        CheckCount($"x of line '{Name}'", Places.Count, Y.Count);
        if ((Low is null) != (High is null)) throw new ArgumentException($"the band of line '{Name}' has one edge");
        CheckCount($"lower edge of line '{Name}'", Low?.Count ?? Y.Count, Y.Count);
        CheckCount($"upper edge of line '{Name}'", High?.Count ?? Y.Count, Y.Count);
    }

    internal override IEnumerable<double> XValues(ChartFrame frame) => Places;

    internal override IEnumerable<double> YValues(ChartFrame frame)
    {
        // Values beyond the ends of the x axis do not stretch the y axis.
        IReadOnlyList<double> places = Places;
        IEnumerable<double> values = SmoothingDecay is { } decay && !ShowsRaw ? Smoothing.ExponentialMovingAverage(Y, decay) : Y;
        return new[] { values, Low, High }.OfType<IEnumerable<double>>().SelectMany(all => all.Where((_, index) => !(places[index] < frame.X.Low) && !(places[index] > frame.X.High)));
    }

    internal override void AddTo(PlotlyPanel panel)
    {
        Drawn drawn = Thinned(panel.Plan);
        SeriesLook look = panel.Look(Name);
        string colour = Palette.OnLightPaper(look.Colour);
        if (drawn.Bands.Count > 0)
            panel.Add(Name, PlotlyPanel.Area(drawn.Bands, Palette.Band(look.Colour)));
        if (drawn.Raw.Count > 0)
            panel.Add(Name, Trace(drawn.Raw, new JsonObject { ["color"] = colour, ["width"] = 1 }, "lines", isFaint: true));
        var line = new JsonObject { ["color"] = colour, ["width"] = 2 };
        if (look.Dash != LineDash.Solid) line["dash"] = look.Dash == LineDash.Dashed ? "dash" : "dot";
        bool few = drawn.Line.Sum(stretch => stretch.Count) <= FewPoints;
        JsonObject trace = Trace(drawn.Line, line, few ? "lines+markers" : "lines");
        if (few) trace["marker"] = new JsonObject { ["color"] = colour, ["size"] = 6 };
        trace["hovertemplate"] = panel.Hover(Label);
        panel.Add(Name, trace, label: Label);
        AddPoints(panel, few ? [] : [.. drawn.Line.Where(stretch => stretch.Count == 1).Select(stretch => stretch[0])], "circle", 5);
        if (Cross(panel.Plan, drawn) is { } cross) AddPoints(panel, [cross], "x-thin", 11);
    }

    internal override void Draw(SvgPanel panel)
    {
        Drawn drawn = Thinned(panel.Plan);
        SeriesLook look = panel.Look(Name);
        panel.Svg.Append($"<g class=\"sd-line-{look.Colour} sd-fill-{look.Colour}\"><title>{Markup.Escape(Label)}</title>");
        foreach (List<(double X, double Low, double High)> band in drawn.Bands) panel.Area(band);
        panel.Line(drawn.Raw, "sd-raw");
        panel.Line(drawn.Line, "sd-line", SvgPanel.Dash(look.Dash));
        if (drawn.Line.Sum(stretch => stretch.Count) <= FewPoints)
            foreach ((double x, double y) in drawn.Line.SelectMany(stretch => stretch)) panel.Dot(x, y, radius: 3);
        if (Cross(panel.Plan, drawn) is { } cross) panel.Cross(cross.X, cross.Y);
        panel.Svg.Append("</g>");
    }

    internal override void Describe(StringBuilder text, ChartFrame frame) =>
        FigureText.Series(text, Label + (SmoothingDecay is { } decay ? FormattableString.Invariant($", smoothed {decay}") : ""), Y, Places);

    private sealed record Drawn(List<List<(double X, double Y)>> Line, List<List<(double X, double Y)>> Raw, List<List<(double X, double Low, double High)>> Bands);

    private Drawn Thinned(PanelPlan plan)
    {
        IReadOnlyList<double> places = Places;
        double[] smooth = SmoothingDecay is { } decay ? Smoothing.ExponentialMovingAverage(Y, decay) : [];
        return new(
            Thinning.Stretches(places, SmoothingDecay is null ? Y : smooth, plan, plan.PointsPerLine),
            LineCount == 1 ? [] : Thinning.Stretches(places, Y, plan, plan.PointsPerLine),
            Low is null || High is null ? [] : Thinning.Bands(places, Low, High, plan.X, plan.Y.IsLog, BandColumns));
    }

    // Without a finite value before it, the cross stands at the top: the loss was already beyond the chart.
    private (double X, double Y)? Cross(PanelPlan plan, Drawn drawn)
    {
        if (DivergedAt is not { } step || !AxisScale.IsShown(step, plan.X.IsLog)) return null;
        (double X, double Y) = drawn.Line is [.., [.., var last]] ? last : (step, double.PositiveInfinity);
        double top = plan.Y.Value(1);
        return (plan.X.Value(Math.Clamp(plan.X.Place(X), 0, 1)), Math.Min(Y, top));
    }

    private static JsonObject Trace(List<List<(double X, double Y)>> stretches, JsonObject line, string mode, bool isFaint = false)
    {
        var x = new JsonArray();
        var y = new JsonArray();
        foreach (List<(double X, double Y)> stretch in stretches)
        {
            if (x.Count > 0)
            {
                // One gap between two stretches, placed where the second begins.
                x.Add(PlotlyPanel.Number(stretch[0].X));
                y.Add(null);
            }
            foreach ((double placeX, double placeY) in stretch)
            {
                x.Add(PlotlyPanel.Number(placeX));
                // Nobody reads numbers off the faint line.
                y.Add(PlotlyPanel.Number(placeY, isFaint ? 3 : 5));
            }
        }
        var trace = new JsonObject { ["type"] = "scatter", ["mode"] = mode, ["x"] = x, ["y"] = y, ["line"] = line };
        if (isFaint)
        {
            trace["opacity"] = 0.3;
            trace["hoverinfo"] = "skip";
        }
        return trace;
    }

    private void AddPoints(PlotlyPanel panel, IReadOnlyList<(double X, double Y)> points, string symbol, int size)
    {
        if (points.Count == 0) return;
        string colour = Palette.OnLightPaper(panel.Look(Name).Colour);
        panel.Add(Name, new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "markers",
            ["x"] = PlotlyPanel.Numbers(points.Select(point => point.X)),
            ["y"] = PlotlyPanel.Numbers(points.Select(point => point.Y)),
            ["marker"] = new JsonObject { ["color"] = colour, ["symbol"] = symbol, ["size"] = size, ["line"] = new JsonObject { ["color"] = colour, ["width"] = symbol == "circle" ? 0 : 2.5 } },
            ["hoverinfo"] = "skip",
        });
    }
}
