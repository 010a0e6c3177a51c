using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <summary>A dotted curve to compare with, labelled at its right end; not in the legend.</summary>
/// <param name="X">Infinite values are the ends of the axis.</param>
public sealed record GuideLine(string Label, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Mark
{
    internal override IReadOnlyList<LegendEntry> Legend => [];

    // Below its end, a falling curve is not in the way of its label.
    private bool Falls => Y.Count > 0 && Y[^1] < Y[0];

    internal override void Check() => CheckCount($"y of guide line '{Label}'", Y.Count, X.Count);

    internal override IEnumerable<double> XValues(ChartFrame frame) => [];

    internal override IEnumerable<double> YValues(ChartFrame frame) => Y;

    internal override void AddTo(PlotlyPanel panel)
    {
        (double X, double Y)[] points = Points(panel.Plan);
        if (points.Length == 0) return;
        panel.Add("", new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["x"] = PlotlyPanel.Numbers(points.Select(point => point.X)),
            ["y"] = PlotlyPanel.Numbers(points.Select(point => point.Y)),
            ["line"] = new JsonObject { ["color"] = FigureTheme.Axis, ["width"] = 1.2, ["dash"] = "dot" },
            ["hoverinfo"] = "skip",
        });
        panel.Annotate(points[^1].X, points[^1].Y, Label, below: Falls);
    }

    internal override void Draw(SvgPanel panel)
    {
        (double X, double Y)[] points = Points(panel.Plan);
        if (points.Length == 0) return;
        panel.Line([[.. points]], "sd-guide");
        panel.Svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Markup.Number(panel.X(points[^1].X) - 4)}\" y=\"{Markup.Number(panel.Y(points[^1].Y) + (Falls ? 13 : -5))}\" text-anchor=\"end\">{Markup.Escape(Label)}</text>");
    }

    internal override void Describe(StringBuilder text, ChartFrame frame)
    {
        if (Y.Count > 0 && Y.All(value => value == Y[0])) text.Append(CultureInfo.InvariantCulture, $"  {LabelText.OneLine(Label)}: level {FigureText.Number(Y[0])}\n");
    }

    /// <summary>The points within both axes.</summary>
    private (double X, double Y)[] Points(PanelPlan plan) =>
        [.. X.Zip(Y, (x, y) => (X: double.IsNegativeInfinity(x) ? plan.X.Value(0) : double.IsPositiveInfinity(x) ? plan.X.Value(1) : x, Y: y))
            .Where(point => plan.X.Place(point.X) is >= -1e-9 and <= 1 + 1e-9 && plan.Y.Place(point.Y) is >= -1e-9 and <= 1 + 1e-9)];
}

/// <summary>Guides for precision-recall charts.</summary>
internal static class PrecisionRecallGuides
{
    private const int Points = 25;

    /// <summary>From where precision p is 1 to where recall r is 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">F1 is not between 0 and 1.</exception>
    public static GuideLine IsoF1(double f1)
    {
        if (!(f1 is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(f1), f1, "above 0 and below 1");
        // With q = r / p the curve is r = f (1 + q) / 2, p = r / q: even steps of log q bend evenly.
        double first = f1 / (2 - f1);
        double[] ratios = [.. Enumerable.Range(0, Points).Select(index => Math.Pow(first, 1 - (2.0 * index / (Points - 1))))];
        return new GuideLine(FormattableString.Invariant($"F1 {f1:0.##}"), [.. ratios.Select(ratio => Math.Min(1, f1 * (1 + ratio) / 2))], [.. ratios.Select(ratio => Math.Min(1, f1 * (1 + ratio) / (2 * ratio)))]);
    }
}
