using System.Text;

namespace ScratchDet.Notebook;

/// <summary>One line of a chart. Values that are not finite (or, on a logarithmic axis, not above 0) are gaps.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>The x at which training diverged; a cross marks the last value before it.</summary>
    public double? DivergedAt { get; init; }
}

/// <summary>
/// A line chart as one SVG picture without scripts or outside resources. It follows the reader's light or dark setting.
/// </summary>
/// <param name="XTitle">With its unit: <c>step</c>, <c>time (s)</c>.</param>
public sealed record SvgLineChart(string Title, string XTitle, string YTitle, IReadOnlyList<ChartSeries> Series) : IHtmlFragment
{
    private const int Left = 58;
    private const int Right = 18;
    private const int Top = 44;
    private const int BelowPlot = 46;
    private const int LegendLine = 20;
    private const double LetterWidth = 7;

    // Half a line's width and half a cross may stand out of the plot.
    private const int Margin = 6;

    public bool LogX { get; init; }

    public bool LogY { get; init; }

    /// <summary>Lines leave the plot above this value; null shows every value. For losses that explode before they diverge.</summary>
    public double? YMax { get; init; }

    /// <summary>In CSS pixels; the picture scales with its column.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Of the part inside the axes.</summary>
    public int PlotHeight { get; init; } = 260;

    private int PlotWidth => Width - Left - Right;

    public string ToSvg()
    {
        var svg = new StringBuilder();
        WriteHtml(svg);
        return svg.ToString();
    }

    public void WriteHtml(StringBuilder html)
    {
        foreach (ChartSeries series in Series)
            if (series.X.Count != series.Y.Count)
                throw new InvalidOperationException($"series '{series.Name}' has {series.Y.Count} values for {series.X.Count} places");
        // Steps count from 1; the axis begins at 0.
        IEnumerable<double> places = Series.SelectMany(series => series.X);
        var xAxis = ChartAxis.Over(LogX || places.Any(x => x < 0) ? places : places.Append(0), LogX, padded: false);
        var yAxis = ChartAxis.Over(Series.SelectMany(series => series.Y).Where(value => !(value > YMax)), LogY, padded: true);
        List<List<int>> legend = LegendLines();
        int height = Top + PlotHeight + BelowPlot + (legend.Count * LegendLine);

        html.Append($"<svg class=\"sd-chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" role=\"img\" aria-label=\"{Markup.Escape(Title)}\">");
        html.Append("<style>").Append(Style).Append("</style>");
        html.Append($"<text class=\"sd-title\" x=\"{Left}\" y=\"18\">{Markup.Escape(Title)}</text>");
        html.Append($"<text class=\"sd-label\" x=\"{Left}\" y=\"{Top - 9}\">{Markup.Escape(YTitle)}{(LogY ? " (log scale)" : "")}</text>");
        WriteAxes(html, xAxis, yAxis);
        // An inner picture clips the lines to the plot without needing a name that is unique on the page.
        html.Append($"<svg x=\"{Left - Margin}\" y=\"{Top - Margin}\" width=\"{PlotWidth + (2 * Margin)}\" height=\"{PlotHeight + (2 * Margin)}\"><g transform=\"translate({Margin} {Margin})\">");
        for (int index = 0; index < Series.Count; index++)
            WriteSeries(html, index, xAxis, yAxis);
        html.Append("</g></svg>");
        if (!Series.Any(series => series.Y.Any(value => ChartAxis.IsShown(value, LogY))))
            html.Append($"<text class=\"sd-label\" x=\"{Left + (PlotWidth / 2)}\" y=\"{Top + (PlotHeight / 2)}\" text-anchor=\"middle\">no data</text>");
        WriteLegend(html, legend);
        html.Append("</svg>");
    }

    private static string Style { get; } =
        ".sd-chart{max-width:100%;height:auto;font:12px system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}"
        + ".sd-chart text{fill:#5a6068}.sd-chart .sd-title{fill:#1b1e22;font-size:14px;font-weight:600}"
        + ".sd-chart .sd-name{fill:#2c3036}.sd-grid{stroke:#e4e7ea}.sd-axis{stroke:#9aa1a8}"
        + ".sd-line{fill:none;stroke-width:1.7;stroke-linejoin:round;stroke-linecap:round}.sd-cross{fill:none;stroke-width:2.4;stroke-linecap:round}"
        + "@media (prefers-color-scheme:dark){.sd-chart text{fill:#a4abb3}.sd-chart .sd-title,.sd-chart .sd-name{fill:#e6e9ec}.sd-grid{stroke:#33383e}.sd-axis{stroke:#6b737b}}"
        + Palette.SeriesStyle();

    private void WriteAxes(StringBuilder html, ChartAxis xAxis, ChartAxis yAxis)
    {
        int bottom = Top + PlotHeight;
        foreach (double tick in yAxis.Ticks(wanted: 5))
        {
            string y = Markup.Number(bottom - (yAxis.Place(tick) * PlotHeight));
            html.Append($"<line class=\"sd-grid\" x1=\"{Left}\" x2=\"{Left + PlotWidth}\" y1=\"{y}\" y2=\"{y}\"/>");
            html.Append($"<text x=\"{Left - 8}\" y=\"{y}\" dy=\"0.34em\" text-anchor=\"end\">{Markup.Tick(tick)}</text>");
        }
        html.Append($"<line class=\"sd-axis\" x1=\"{Left}\" x2=\"{Left + PlotWidth}\" y1=\"{bottom}\" y2=\"{bottom}\"/>");
        foreach (double tick in xAxis.Ticks(wanted: 7))
        {
            string x = Markup.Number(Left + (xAxis.Place(tick) * PlotWidth));
            html.Append($"<line class=\"sd-axis\" x1=\"{x}\" x2=\"{x}\" y1=\"{bottom}\" y2=\"{bottom + 4}\"/>");
            html.Append($"<text x=\"{x}\" y=\"{bottom + 17}\" text-anchor=\"middle\">{Markup.Tick(tick)}</text>");
        }
        html.Append($"<text class=\"sd-label\" x=\"{Left + (PlotWidth / 2)}\" y=\"{bottom + 36}\" text-anchor=\"middle\">{Markup.Escape(XTitle)}{(LogX ? " (log scale)" : "")}</text>");
    }

    private void WriteSeries(StringBuilder html, int index, ChartAxis xAxis, ChartAxis yAxis)
    {
        ChartSeries series = Series[index];
        var path = new StringBuilder();
        (double X, double Y)? last = null;
        foreach (List<(double X, double Y)> run in Runs(series, xAxis, yAxis))
        {
            List<(double X, double Y)> thinned = Thin(run);
            path.Append($"M{Markup.Number(thinned[0].X)} {Markup.Number(thinned[0].Y)}");
            // A point between two gaps becomes a dot: a line of no length with round ends.
            if (thinned.Count == 1) path.Append("h0");
            for (int point = 1; point < thinned.Count; point++)
                path.Append($"L{Markup.Number(thinned[point].X)} {Markup.Number(thinned[point].Y)}");
            last = thinned[^1];
        }
        int colour = index % Palette.SeriesColours;
        html.Append($"<g class=\"sd-line-{colour}\"><title>{Markup.Escape(LegendText(series))}</title>");
        if (path.Length > 0)
            html.Append($"<path class=\"sd-line\"{Dash(index)} d=\"{path}\"/>");
        if (series.DivergedAt is { } divergedAt && ChartAxis.IsShown(divergedAt, LogX))
        {
            // Without a finite value before it, the cross stands at the top: the loss was already beyond the chart.
            (double X, double Y) = last is { } end ? (end.X, Math.Max(0, end.Y)) : (Math.Clamp(xAxis.Place(divergedAt), 0, 1) * PlotWidth, 0);
            html.Append($"<path class=\"sd-cross\" d=\"M{Markup.Number(X - 5)} {Markup.Number(Y - 5)}l10 10m0 -10l-10 10\"/>");
        }
        html.Append("</g>");
    }

    /// <summary>The stretches without a gap, in pixels of the plot, y downwards.</summary>
    private IEnumerable<List<(double X, double Y)>> Runs(ChartSeries series, ChartAxis xAxis, ChartAxis yAxis)
    {
        var run = new List<(double X, double Y)>();
        for (int index = 0; index < series.X.Count; index++)
        {
            if (ChartAxis.IsShown(series.X[index], LogX) && ChartAxis.IsShown(series.Y[index], LogY))
            {
                run.Add((xAxis.Place(series.X[index]) * PlotWidth, Math.Max(-PlotHeight, (1 - yAxis.Place(series.Y[index])) * PlotHeight)));
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }
        if (run.Count > 0) yield return run;
    }

    /// <summary>
    /// Keeps, in each column of one pixel, the first, lowest, highest and last point: what the eye could see of a line
    /// with a hundred thousand points.
    /// </summary>
    internal static List<(double X, double Y)> Thin(List<(double X, double Y)> points)
    {
        var kept = new List<(double X, double Y)>();
        for (int start = 0; start < points.Count;)
        {
            int end = start + 1;
            int lowest = start;
            int highest = start;
            while (end < points.Count && Math.Floor(points[end].X) == Math.Floor(points[start].X))
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

    private static string Dash(int index) => (index / Palette.SeriesColours) switch
    {
        0 => "",
        1 => " stroke-dasharray=\"6 4\"",
        _ => " stroke-dasharray=\"1.5 4\"",
    };

    private static string LegendText(ChartSeries series) =>
        series.DivergedAt is { } step ? $"{series.Name} (diverged at {Markup.Number(step)})" : series.Name;

    private static double LegendWidth(ChartSeries series) => 30 + (LegendText(series).Length * LetterWidth) + 18;

    private List<List<int>> LegendLines()
    {
        var lines = new List<List<int>>();
        double used = double.PositiveInfinity;
        for (int index = 0; index < Series.Count; index++)
        {
            double width = LegendWidth(Series[index]);
            if (used + width > PlotWidth)
            {
                lines.Add([]);
                used = 0;
            }
            lines[^1].Add(index);
            used += width;
        }
        return lines;
    }

    private void WriteLegend(StringBuilder html, List<List<int>> lines)
    {
        double y = Top + PlotHeight + BelowPlot + 10;
        foreach (List<int> line in lines)
        {
            double x = Left;
            foreach (int index in line)
            {
                string place = Markup.Number(y - 4);
                html.Append($"<g class=\"sd-line-{index % Palette.SeriesColours}\"><line class=\"sd-line\"{Dash(index)} x1=\"{Markup.Number(x)}\" x2=\"{Markup.Number(x + 22)}\" y1=\"{place}\" y2=\"{place}\"/></g>");
                html.Append($"<text class=\"sd-name\" x=\"{Markup.Number(x + 30)}\" y=\"{Markup.Number(y)}\">{Markup.Escape(LegendText(Series[index]))}</text>");
                x += LegendWidth(Series[index]);
            }
            y += LegendLine;
        }
    }
}
