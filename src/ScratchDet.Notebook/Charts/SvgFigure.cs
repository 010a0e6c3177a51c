using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>A figure as one SVG picture without scripts, outside resources or names that could meet others on a page.</summary>
internal static class SvgFigure
{
    // Half a line's width and a dot may stand out of the plot.
    private const int Margin = 4;

    public static string Draw(FigurePlan plan)
    {
        var svg = new StringBuilder();
        string title = Markup.Escape(plan.Title);
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"sd-chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {plan.Width} {Markup.Number(plan.Height)}\" width=\"{plan.Width}\" height=\"{Markup.Number(plan.Height)}\" role=\"img\" aria-label=\"{title}\">");
        svg.Append("<style>").Append(FigureTheme.SvgStyle).Append(Palette.SeriesStyle(plan.SeriesCount)).Append("</style>");
        svg.Append("<rect class=\"sd-paper\" width=\"100%\" height=\"100%\"/>");
        if (title.Length > 0) svg.Append(CultureInfo.InvariantCulture, $"<text class=\"sd-title\" x=\"{Markup.Number(plan.Panels[0].Left)}\" y=\"18\">{title}</text>");
        foreach (PanelPlan panel in plan.Panels)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({Markup.Number(panel.Left)} {Markup.Number(panel.Top)})\">");
            DrawPanel(svg, plan, panel);
            svg.Append("</g>");
        }
        FigureLegend.Draw(svg, plan);
        return svg.Append("</svg>").ToString();
    }

    private static void DrawPanel(StringBuilder svg, FigurePlan plan, PanelPlan panel)
    {
        string yLabel = panel.YLabel;
        if (plan.IsGrid && panel.Frame.Title.Length > 0)
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"sd-panel\" y=\"{(panel.Frame.Y.Label.Length > 0 ? -26 : -9)}\">{Markup.Escape(panel.Frame.Title)}</text>");
        if (yLabel.Length > 0) svg.Append($"<text y=\"-9\">{Markup.Escape(yLabel)}</text>");
        DrawAxes(svg, plan, panel);
        // An inner picture clips the marks to the plot without needing a name that is unique on the page.
        svg.Append(CultureInfo.InvariantCulture, $"<svg x=\"{-Margin}\" y=\"{-Margin}\" width=\"{Markup.Number(panel.Width + (2 * Margin))}\" height=\"{Markup.Number(panel.Height + (2 * Margin))}\"><g transform=\"translate({Margin} {Margin})\">");
        var canvas = new SvgPanel(plan, panel, svg);
        foreach (Mark mark in panel.Chart.Marks) mark.Draw(canvas);
        svg.Append("</g></svg>");
        if (IsEmpty(panel))
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Markup.Number(panel.Width / 2)}\" y=\"{Markup.Number(panel.Height / 2)}\" text-anchor=\"middle\">no data</text>");
    }

    /// <summary>Whether nothing that an axis of numbers could show is there.</summary>
    internal static bool IsEmpty(PanelPlan panel) => !panel.Chart.Marks.Any(mark => mark switch
    {
        HeatTable table => table.RowNames.Count > 0 && table.ColumnNames.Count > 0,
        BarGroups bars => bars.Series.Any(series => series.Values.Any(double.IsFinite) || series.Diverged?.Contains(true) == true),
        Notebook.Histogram histogram => histogram.Bins(panel.X.IsLog).Edges.Count > 0,
        _ => mark.YValues(panel.Frame).Any(value => AxisScale.IsShown(value, panel.Y.IsLog)),
    });

    private static void DrawAxes(StringBuilder svg, FigurePlan plan, PanelPlan panel)
    {
        string width = Markup.Number(panel.Width);
        foreach (double tick in panel.Y.Ticks(panel.YTicks))
        {
            string y = Markup.Number((1 - panel.Y.Place(tick)) * panel.Height);
            if (panel.Y.Categories is null) svg.Append($"<line class=\"sd-grid\" x1=\"0\" x2=\"{width}\" y1=\"{y}\" y2=\"{y}\"/>");
            string label = panel.Y.Categories is { } names ? LabelText.Row(names[(int)tick]) : Markup.Tick(tick);
            if (panel.LabelsY) svg.Append($"<text x=\"-8\" y=\"{y}\" dy=\"0.34em\" text-anchor=\"end\">{Markup.Escape(label)}</text>");
        }
        int bottom = (int)panel.Height;
        if (panel.Y.Categories is null) svg.Append(CultureInfo.InvariantCulture, $"<line class=\"sd-axis\" x1=\"0\" x2=\"{width}\" y1=\"{bottom}\" y2=\"{bottom}\"/>");
        int lines = 1;
        foreach (double tick in panel.X.Ticks(panel.XTicks))
        {
            string x = Markup.Number(panel.X.Place(tick) * panel.Width);
            IReadOnlyList<string> label = panel.X.Categories is { } names ? LabelText.Wrap(names[(int)tick], plan.SlotLetters(names.Count)) : [Markup.Tick(tick)];
            if (panel.X.Categories is null) svg.Append(CultureInfo.InvariantCulture, $"<line class=\"sd-axis\" x1=\"{x}\" x2=\"{x}\" y1=\"{bottom}\" y2=\"{bottom + 4}\"/>");
            if (!panel.LabelsX) continue;
            lines = Math.Max(lines, label.Count);
            for (int line = 0; line < label.Count; line++)
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{bottom + 17 + (15 * line)}\" text-anchor=\"middle\">{Markup.Escape(label[line])}</text>");
        }
        if (panel.LabelsX && panel.Frame.X.Label.Length > 0)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Markup.Number(panel.Width / 2)}\" y=\"{bottom + 21 + (15 * lines)}\" text-anchor=\"middle\">{Markup.Escape(panel.Frame.X.Label)}</text>");
    }
}
