using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>The legend below the panels of a still picture.</summary>
internal static class FigureLegend
{
    public const int LineHeight = 20;
    private const int SymbolWidth = 22;
    private const int Gap = 8;

    /// <summary>Entries in lines of at most <paramref name="width"/> px; one that is wider stands alone.</summary>
    public static List<IReadOnlyList<LegendEntry>> Lines(IReadOnlyList<LegendEntry> entries, int width)
    {
        var lines = new List<IReadOnlyList<LegendEntry>>();
        double used = double.PositiveInfinity;
        foreach (LegendEntry entry in entries)
        {
            if (used + Width(entry) > width)
            {
                lines.Add(new List<LegendEntry>());
                used = 0;
            }
            ((List<LegendEntry>)lines[^1]).Add(entry);
            used += Width(entry);
        }
        return lines;
    }

    public static void Draw(StringBuilder svg, FigurePlan plan)
    {
        double y = plan.LegendTop + 10;
        foreach (IReadOnlyList<LegendEntry> line in plan.LegendLines)
        {
            double x = plan.Panels[0].Left;
            foreach (LegendEntry entry in line)
            {
                SeriesLook look = plan.Look(entry.Name);
                svg.Append(CultureInfo.InvariantCulture, $"<g class=\"sd-line-{look.Colour} sd-fill-{look.Colour}\">{Symbol(entry, look, x, y - 4)}</g>");
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"sd-name\" x=\"{Markup.Number(x + SymbolWidth + Gap)}\" y=\"{Markup.Number(y)}\">{Markup.Escape(entry.Label)}</text>");
                x += Width(entry);
            }
            y += LineHeight;
        }
    }

    private static double Width(LegendEntry entry) => SymbolWidth + Gap + LabelText.Width(entry.Label) + 20;

    private static string Symbol(LegendEntry entry, SeriesLook look, double x, double y) => entry.Symbol switch
    {
        LegendSymbol.Line => $"<path class=\"sd-line\"{SvgPanel.Dash(look.Dash)} d=\"M{Markup.Number(x)} {Markup.Number(y)}h{SymbolWidth}\"/>",
        LegendSymbol.Dot => $"<circle class=\"sd-dot\" cx=\"{Markup.Number(x + 14)}\" cy=\"{Markup.Number(y)}\" r=\"4\"/>",
        LegendSymbol.Square => $"<rect class=\"sd-bar\" x=\"{Markup.Number(x + 8)}\" y=\"{Markup.Number(y - 6)}\" width=\"12\" height=\"12\"/>",
        _ => SvgPanel.Diamond(x + 14, y),
    };
}
