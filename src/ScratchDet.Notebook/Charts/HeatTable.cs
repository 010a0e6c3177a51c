using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <param name="Value">NaN is missing.</param>
/// <param name="Diverged">There is no value, because training diverged.</param>
public readonly record struct HeatCell(double Value, bool Diverged = false)
{
    /// <summary>A second line in the cell: <c>paper 77.8</c>.</summary>
    public string? Note { get; init; }
}

/// <summary>A table whose cells are shaded from pale (the least value) to deep (the greatest), with the values written in them.</summary>
/// <param name="RowNames">From the top.</param>
/// <param name="Cells">One list for each row, one cell for each column.</param>
public sealed record HeatTable(IReadOnlyList<string> RowNames, IReadOnlyList<string> ColumnNames, IReadOnlyList<IReadOnlyList<HeatCell>> Cells) : Mark
{
    private const string Missing = "–";
    private static readonly Rgb Pale = Rgb.FromHex("#e6f0f8");
    private static readonly Rgb Deep = Rgb.FromHex("#084c7f");

    public int Decimals { get; init; } = 1;

    internal override IReadOnlyList<LegendEntry> Legend => [];

    internal override IReadOnlyList<string> XCategories => ColumnNames;

    internal override IReadOnlyList<string> YCategories => RowNames;

    internal override int PlotHeight => Math.Max(1, RowNames.Count) * (Cells.Any(row => row.Any(cell => cell.Note is not null)) ? 46 : 36);

    internal override void Check()
    {
        CheckCount("rows of the heat table", Cells.Count, RowNames.Count);
        foreach (IReadOnlyList<HeatCell> row in Cells) CheckCount("cells in a row of the heat table", row.Count, ColumnNames.Count);
    }

    internal override IEnumerable<double> XValues(ChartFrame frame) => [];

    internal override IEnumerable<double> YValues(ChartFrame frame) => [];

    private (double Low, double High) Range()
    {
        double[] values = [.. Cells.SelectMany(row => row).Select(cell => cell.Value).Where(double.IsFinite)];
        return values.Length == 0 ? (0, 1) : values.Max() > values.Min() ? (values.Min(), values.Max()) : (values[0] - 0.5, values[0] + 0.5);
    }

    private static Rgb Shade(double value, (double Low, double High) range)
    {
        double share = Math.Clamp((value - range.Low) / (range.High - range.Low), 0, 1);
        return new Rgb(Mix(Pale.Red, Deep.Red, share), Mix(Pale.Green, Deep.Green, share), Mix(Pale.Blue, Deep.Blue, share));
    }

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + ((to - from) * share));

    private string TextOf(HeatCell cell) =>
        double.IsFinite(cell.Value) ? cell.Value.ToString("F" + Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : cell.Diverged ? "diverged" : Missing;

    internal override void AddTo(PlotlyPanel panel)
    {
        (double low, double high) = Range();
        panel.Add("", new JsonObject
        {
            ["type"] = "heatmap",
            ["x"] = PlotlyPanel.Numbers(Enumerable.Range(0, ColumnNames.Count).Select(column => (double)column)),
            ["y"] = PlotlyPanel.Numbers(Enumerable.Range(0, RowNames.Count).Select(row => (double)row)),
            ["z"] = new JsonArray([.. Cells.Select(row => (JsonNode)PlotlyPanel.Numbers(row.Select(cell => cell.Value)))]),
            ["zmin"] = PlotlyPanel.Number(low),
            ["zmax"] = PlotlyPanel.Number(high),
            ["colorscale"] = new JsonArray(new JsonArray(0, Pale.ToHex()), new JsonArray(1, Deep.ToHex())),
            ["showscale"] = false,
            ["xgap"] = 2,
            ["ygap"] = 2,
            ["hoverinfo"] = "skip",
        });
        var texts = new JsonArray();
        var colours = new JsonArray();
        var hovers = new JsonArray();
        (List<double> x, List<double> y) = ([], []);
        for (int row = 0; row < RowNames.Count; row++)
        {
            for (int column = 0; column < ColumnNames.Count; column++)
            {
                HeatCell cell = Cells[row][column];
                bool shaded = double.IsFinite(cell.Value);
                if (!shaded) panel.Rectangle(column - 0.49, column + 0.49, row - 0.47, row + 0.47);
                x.Add(column);
                y.Add(row);
                texts.Add($"<b>{TextOf(cell)}</b>" + (cell.Note is null ? "" : $"<br><i>{PlotlyPanel.Escape(cell.Note)}</i>"));
                colours.Add(shaded ? Shade(cell.Value, (low, high)).Contrast is { Red: 0 } ? "black" : "white" : cell.Diverged ? Palette.OnLightPaper(1) : FigureTheme.Soft);
                hovers.Add($"{PlotlyPanel.Escape(RowNames[row])}<br>{PlotlyPanel.Escape(ColumnNames[column])}<br>{TextOf(cell)}");
            }
        }
        panel.Add("", new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "text",
            ["x"] = PlotlyPanel.Numbers(x),
            ["y"] = PlotlyPanel.Numbers(y),
            ["text"] = texts,
            ["textfont"] = new JsonObject { ["color"] = colours, ["size"] = 12 },
            ["hovertext"] = hovers,
            ["hovertemplate"] = "%{hovertext}<extra></extra>",
        });
    }

    internal override void Draw(SvgPanel panel)
    {
        (double Low, double High) range = Range();
        double width = panel.Plan.Width / Math.Max(1, ColumnNames.Count);
        double height = panel.Plan.Height / Math.Max(1, RowNames.Count);
        for (int row = 0; row < RowNames.Count; row++)
        {
            for (int column = 0; column < ColumnNames.Count; column++)
            {
                HeatCell cell = Cells[row][column];
                bool shaded = double.IsFinite(cell.Value);
                (double x, double y) = (panel.X(column), panel.Y(row));
                string fill = shaded ? $" style=\"fill:{Shade(cell.Value, range).ToHex()}\"" : "";
                string ink = shaded ? $" style=\"fill:{Shade(cell.Value, range).Contrast.ToHex()}\"" : "";
                panel.Svg.Append(CultureInfo.InvariantCulture, $"<g><title>{Markup.Escape($"{RowNames[row]}, {ColumnNames[column]}")}</title><rect class=\"{(shaded ? "sd-cell" : "sd-empty")}\"{fill} x=\"{Markup.Number(x - (width / 2) + 1)}\" y=\"{Markup.Number(y - (height / 2) + 1)}\" width=\"{Markup.Number(width - 2)}\" height=\"{Markup.Number(height - 2)}\"/>");
                panel.Svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{(shaded || !cell.Diverged ? "sd-value" : "sd-value sd-lost")}\"{ink} x=\"{Markup.Number(x)}\" y=\"{Markup.Number(y - (cell.Note is null ? 0 : 8))}\" dy=\"0.34em\" text-anchor=\"middle\">{TextOf(cell)}</text>");
                if (cell.Note is not null)
                    panel.Svg.Append(CultureInfo.InvariantCulture, $"<text class=\"sd-small sd-note\"{ink} x=\"{Markup.Number(x)}\" y=\"{Markup.Number(y + 9)}\" dy=\"0.34em\" text-anchor=\"middle\">{Markup.Escape(cell.Note)}</text>");
                panel.Svg.Append("</g>");
            }
        }
    }

    internal override void Describe(StringBuilder text, ChartFrame frame) =>
        text.Append(new TextTable(["", .. ColumnNames], [.. Cells.Select((row, place) => (IReadOnlyList<string>)
            [RowNames[place], .. row.Select(cell => TextOf(cell) + (cell.Note is null ? "" : $" ({cell.Note})"))])]).ToText());
}
