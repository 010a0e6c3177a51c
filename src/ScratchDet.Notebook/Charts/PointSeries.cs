using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <summary>Points of one colour. Points that are not finite (or have no logarithm) are left out.</summary>
/// <param name="Name">For the legend; series of one name share a colour.</param>
public sealed record PointSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Mark
{
    /// <summary>More are thinned evenly: every second, every third...</summary>
    public const int MostPoints = 800;

    private const int MostLabels = 60;

    /// <summary>One for each point, written beside it; with more than 60 points they show on hover only.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    internal override IReadOnlyList<LegendEntry> Legend => [new(Name, Name, LegendSymbol.Dot)];

    internal override bool PadsX => true;

    internal override void Check()
    {
        CheckCount($"y of points '{Name}'", Y.Count, X.Count);
        CheckCount($"labels of points '{Name}'", Labels?.Count ?? X.Count, X.Count);
    }

    internal override IEnumerable<double> XValues(ChartFrame frame) => X;

    internal override IEnumerable<double> YValues(ChartFrame frame) => Y;

    internal override void AddTo(PlotlyPanel panel)
    {
        List<int> shown = Shown(panel.Plan);
        bool written = Labels is not null && shown.Count <= MostLabels;
        string colour = Palette.OnLightPaper(panel.Look(Name).Colour);
        var trace = new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = written ? "markers+text" : "markers",
            ["x"] = PlotlyPanel.Numbers(shown.Select(index => X[index])),
            ["y"] = PlotlyPanel.Numbers(shown.Select(index => Y[index])),
            ["marker"] = new JsonObject { ["color"] = colour, ["size"] = 8, ["opacity"] = 0.85 },
            ["hovertemplate"] = panel.Hover(Name, hasText: Labels is not null),
        };
        if (Labels is not null)
        {
            trace["text"] = new JsonArray([.. shown.Select(index => (JsonNode)PlotlyPanel.Text(Labels[index]))]);
            if (written)
            {
                trace["textposition"] = new JsonArray([.. shown.Select(index => (JsonNode)(IsRight(panel.Plan, index) ? "middle left" : "middle right"))]);
                trace["textfont"] = new JsonObject { ["color"] = FigureTheme.Soft, ["size"] = 11 };
            }
        }
        panel.Add(Name, trace, label: Name);
    }

    internal override void Draw(SvgPanel panel)
    {
        List<int> shown = Shown(panel.Plan);
        int colour = panel.Look(Name).Colour;
        panel.Svg.Append(CultureInfo.InvariantCulture, $"<g class=\"sd-fill-{colour}\"><title>{Markup.Escape(Name)}</title>");
        foreach (int index in shown) panel.Dot(X[index], Y[index], radius: 4);
        panel.Svg.Append("</g>");
        if (Labels is null || shown.Count > MostLabels) return;
        foreach (int index in shown)
        {
            bool right = IsRight(panel.Plan, index);
            panel.Svg.Append(CultureInfo.InvariantCulture, $"<text class=\"sd-small\" x=\"{Markup.Number(panel.X(X[index]) + (right ? -8 : 8))}\" y=\"{Markup.Number(panel.Y(Y[index]))}\" dy=\"0.34em\"{(right ? " text-anchor=\"end\"" : "")}>{Markup.Escape(Labels[index])}</text>");
        }
    }

    internal override void Describe(StringBuilder text, ChartFrame frame)
    {
        FigureText.Series(text, Name.Length == 0 ? "points" : Name, Y, X);
        if (X.Count > MostPoints) text.Append(CultureInfo.InvariantCulture, $"    (drawn: one of {Stride} points)\n");
    }

    private int Stride => (X.Count + MostPoints - 1) / MostPoints;

    private List<int> Shown(PanelPlan plan)
    {
        var shown = new List<int>();
        for (int index = 0; index < X.Count; index += Stride)
            if (AxisScale.IsShown(X[index], plan.X.IsLog) && AxisScale.IsShown(Y[index], plan.Y.IsLog))
                shown.Add(index);
        return shown;
    }

    // Near the right edge a label stands to the left of its point.
    private bool IsRight(PanelPlan plan, int index) => ((1 - plan.X.Place(X[index])) * plan.Width) < LabelText.Width(Labels![index]) + 10;
}
