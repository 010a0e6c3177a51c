using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <summary>A dotted curve to compare with, labelled at its right end; not in the legend.</summary>
/// <param name="X">Infinite values are the ends of the axis.</param>
public sealed record GuideLine(string Label, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Mark
{
    internal override IReadOnlyList<LegendEntry> Legend => [];

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
        panel.Annotate(points[^1].X, points[^1].Y, Label);
    }

    internal override void Draw(SvgPanel panel)
    {
        (double X, double Y)[] points = Points(panel.Plan);
        if (points.Length == 0) return;
        panel.Line([[.. points]], "sd-guide");
        panel.Svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Markup.Number(panel.X(points[^1].X) - 4)}\" y=\"{Markup.Number(panel.Y(points[^1].Y) - 5)}\" text-anchor=\"end\">{Markup.Escape(Label)}</text>");
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
    private const int Points = 41;

    /// <summary>p = f r / (2 r - f), from where p is 1 to where r is 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">F1 is not between 0 and 1.</exception>
    public static GuideLine IsoF1(double f1)
    {
        if (!(f1 is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(f1), f1, "above 0 and below 1");
        double first = f1 / (2 - f1);
        double[] recall = [.. Enumerable.Range(0, Points).Select(index => first + ((1 - first) * index / (Points - 1)))];
        return new GuideLine(FormattableString.Invariant($"F1 {f1:0.##}"), recall, [.. recall.Select(r => Math.Min(1, f1 * r / ((2 * r) - f1)))]);
    }
}
