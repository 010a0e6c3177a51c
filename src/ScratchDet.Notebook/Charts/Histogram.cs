using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <param name="Name">For the legend.</param>
public sealed record ValueSeries(string Name, IReadOnlyList<double> Values);

/// <summary>
/// How often the values of each series fall into bins that all series share. Values that are not finite (or have no
/// logarithm on a logarithmic axis) are counted in the text only.
/// </summary>
public sealed record Histogram(IReadOnlyList<ValueSeries> Series) : Mark
{
    /// <summary>About so many; null takes what suits the number and spread of the values.</summary>
    public int? BinCount { get; init; }

    internal override IReadOnlyList<LegendEntry> Legend => [.. Series.Select(series => new LegendEntry(series.Name, series.Name, LegendSymbol.Square))];

    internal override void Check()
    {
        if (BinCount < 1) throw new ArgumentException($"a histogram of {BinCount} bins");
    }

    internal HistogramBins Bins(bool isLog) => HistogramBins.Over([.. Series.Select(series => series.Values)], isLog, BinCount);

    internal override IEnumerable<double> XValues(ChartFrame frame) => Bins(frame.X.IsLog).Edges;

    // A logarithmic axis shows a count of 1 above its lower end.
    internal override IEnumerable<double> YValues(ChartFrame frame)
    {
        HistogramBins bins = Bins(frame.X.IsLog);
        return Series.SelectMany(series => bins.Count(series.Values)).Select(count => (double)count).Append(frame.Y.IsLog ? 0.5 : 0);
    }

    /// <summary>The outline of the columns: up, along, down again.</summary>
    private static (double X, double Y)[] Outline(HistogramBins bins, int[] counts, AxisScale y)
    {
        double ground = y.Value(0);
        (int first, int last) = (Array.FindIndex(counts, count => count > 0), Array.FindLastIndex(counts, count => count > 0));
        if (first < 0) return [];
        var outline = new List<(double X, double Y)> { (bins.Edges[first], ground) };
        for (int bin = first; bin <= last; bin++)
        {
            double height = AxisScale.IsShown(counts[bin], y.IsLog) ? counts[bin] : ground;
            outline.Add((bins.Edges[bin], height));
            outline.Add((bins.Edges[bin + 1], height));
        }
        outline.Add((bins.Edges[last + 1], ground));
        return [.. outline];
    }

    internal override void AddTo(PlotlyPanel panel)
    {
        HistogramBins bins = Bins(panel.Plan.X.IsLog);
        if (bins.Edges.Count < 2) return;
        foreach (ValueSeries series in Series)
        {
            int[] counts = bins.Count(series.Values);
            (double X, double Y)[] outline = Outline(bins, counts, panel.Plan.Y);
            if (outline.Length == 0) continue;
            int[] filled = [.. Enumerable.Range(0, counts.Length).Where(bin => counts[bin] > 0)];
            int colour = panel.Look(series.Name).Colour;
            panel.Add(series.Name, new JsonObject
            {
                ["type"] = "scatter",
                ["mode"] = "lines",
                ["x"] = PlotlyPanel.Numbers(outline.Select(point => point.X)),
                ["y"] = PlotlyPanel.Numbers(outline.Select(point => point.Y)),
                ["fill"] = "toself",
                ["fillcolor"] = Palette.Band(colour),
                ["line"] = new JsonObject { ["color"] = Palette.OnLightPaper(colour), ["width"] = 1.5 },
                ["hoverinfo"] = "skip",
            }, label: series.Name);
            // Columns are hovered in their middle: an outline has no middle of its own.
            panel.Add(series.Name, new JsonObject
            {
                ["type"] = "scatter",
                ["mode"] = "markers",
                ["x"] = PlotlyPanel.Numbers(filled.Select(bins.Middle)),
                ["y"] = PlotlyPanel.Numbers(filled.Select(bin => (double)counts[bin])),
                ["marker"] = new JsonObject { ["color"] = Palette.OnLightPaper(colour), ["opacity"] = 0, ["size"] = 12 },
                ["text"] = new JsonArray([.. filled.Select(bin => (JsonNode)Interval(bins, bin))]),
                ["hovertemplate"] = (series.Name.Length > 0 ? PlotlyPanel.Escape(series.Name) + "<br>" : "") + "%{text}: %{y}<extra></extra>",
            });
        }
    }

    internal override void Draw(SvgPanel panel)
    {
        HistogramBins bins = Bins(panel.Plan.X.IsLog);
        if (bins.Edges.Count < 2) return;
        foreach (ValueSeries series in Series)
        {
            int colour = panel.Look(series.Name).Colour;
            (double X, double Y)[] outline = Outline(bins, bins.Count(series.Values), panel.Plan.Y);
            if (outline.Length == 0) continue;
            panel.Svg.Append(CultureInfo.InvariantCulture, $"<g class=\"sd-line-{colour} sd-fill-{colour}\"><title>{Markup.Escape(series.Name)}</title>");
            panel.Line([[.. outline]], "sd-columns");
            panel.Svg.Append("</g>");
        }
    }

    internal override void Describe(StringBuilder text, ChartFrame frame)
    {
        HistogramBins bins = Bins(frame.X.IsLog);
        foreach (ValueSeries series in Series)
        {
            FigureText.Series(text, series.Name.Length == 0 ? "values" : series.Name, series.Values, null);
            if (bins.Edges.Count < 2) continue;
            int[] counts = bins.Count(series.Values);
            int fullest = Array.IndexOf(counts, counts.Max());
            text.Append(CultureInfo.InvariantCulture, $"    {counts.Length} bins, the fullest {Interval(bins, fullest)}: {counts[fullest]}\n");
        }
    }

    private static string Interval(HistogramBins bins, int bin) =>
        $"{FigureText.Number(bins.Edges[bin])} to {FigureText.Number(bins.Edges[bin + 1])}";
}
