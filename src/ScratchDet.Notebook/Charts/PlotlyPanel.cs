using System.Globalization;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <summary>Takes the traces of one panel and puts them on its axes and into the legend.</summary>
/// <param name="axis">Behind <c>x</c> and <c>y</c>: empty for the first panel, then 2, 3...</param>
/// <param name="inLegend">Labels that the legend of the figure has already.</param>
internal sealed class PlotlyPanel(FigurePlan figure, PanelPlan plan, string axis, JsonArray traces, JsonArray annotations, JsonArray shapes, HashSet<string> inLegend)
{
    public PanelPlan Plan => plan;

    public SeriesLook Look(string name) => figure.Look(name);

    /// <param name="name">The series; its traces are hidden together.</param>
    /// <param name="label">In the legend, once in the whole figure; null or empty for a trace that does not stand there.</param>
    public void Add(string name, JsonObject trace, string? label = null)
    {
        if (axis.Length > 0) (trace["xaxis"], trace["yaxis"]) = ("x" + axis, "y" + axis);
        if (name.Length > 0) trace["legendgroup"] = Escape(name);
        if (!string.IsNullOrEmpty(label)) trace["name"] = Escape(label);
        trace["showlegend"] = !string.IsNullOrEmpty(label) && figure.Legend.Any(entry => entry.Label == label) && inLegend.Add(label);
        traces.Add((JsonNode)trace);
    }

    /// <summary>A small text to the left of a point, above or below it.</summary>
    public void Annotate(double x, double y, string text, bool below) => annotations.Add((JsonNode)new JsonObject
    {
        // On a logarithmic axis Plotly places annotations by the logarithm.
        ["x"] = Number(plan.X.IsLog ? Math.Log10(x) : x),
        ["y"] = Number(plan.Y.IsLog ? Math.Log10(y) : y),
        ["xref"] = "x" + axis,
        ["yref"] = "y" + axis,
        ["text"] = Escape(text),
        ["showarrow"] = false,
        ["xanchor"] = "right",
        ["yanchor"] = below ? "top" : "bottom",
        ["font"] = new JsonObject { ["color"] = FigureTheme.Soft, ["size"] = 11 },
    });

    /// <summary>An empty cell behind the traces.</summary>
    public void Rectangle(double left, double right, double top, double bottom) => shapes.Add((JsonNode)new JsonObject
    {
        ["type"] = "rect",
        ["layer"] = "below",
        ["xref"] = "x" + axis,
        ["yref"] = "y" + axis,
        ["x0"] = left,
        ["x1"] = right,
        ["y0"] = top,
        ["y1"] = bottom,
        ["fillcolor"] = FigureTheme.Empty,
        ["line"] = new JsonObject { ["width"] = 0 },
    });

    /// <summary>What is shown under the pointer: the series, then <c>step 120, loss 3.41</c>.</summary>
    public string Hover(string name, bool hasText = false) =>
        (hasText ? "<b>%{text}</b><br>" : "") + (name.Length > 0 ? "%{fullData.name}<br>" : "")
        + $"{Title(plan.Frame.X, "x")} %{{x}}<br>{Title(plan.Frame.Y, "y")} %{{y:.4~g}}{Unit(plan.Frame.Y)}<extra></extra>";

    public string BarHover(string name) => $"%{{text}}<br>{(name.Length > 0 ? "%{fullData.name} " : "")}<b>%{{y:.4~g}}</b>{Unit(plan.Frame.Y)}<extra></extra>";

    private static string Title(ChartAxis named, string otherwise) => named.Title.Length > 0 ? Escape(named.Title) : otherwise;

    private static string Unit(ChartAxis named) => named.Unit.Length > 0 ? " " + Escape(named.Unit) : "";

    /// <summary>A band as closed outlines, one for each stretch.</summary>
    public static JsonObject Area(List<List<(double X, double Low, double High)>> bands, string colour)
    {
        (var x, var y) = (new JsonArray(), new JsonArray());
        foreach (List<(double X, double Low, double High)> band in bands)
        {
            if (x.Count > 0)
            {
                x.Add(null);
                y.Add(null);
            }
            foreach ((double place, _, double high) in band)
            {
                x.Add(Number(place));
                y.Add(Number(high));
            }
            foreach ((double place, double low, _) in Enumerable.Reverse(band))
            {
                x.Add(Number(place));
                y.Add(Number(low));
            }
        }
        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["x"] = x,
            ["y"] = y,
            ["fill"] = "toself",
            ["fillcolor"] = colour,
            ["line"] = new JsonObject { ["width"] = 0 },
            ["hoverinfo"] = "skip",
        };
    }

    public static JsonArray Numbers(IEnumerable<double> values)
    {
        var numbers = new JsonArray();
        foreach (double value in values) numbers.Add(Number(value));
        return numbers;
    }

    /// <summary>With five digits, whole numbers with all of theirs; null where it is not finite.</summary>
    public static JsonNode? Number(double value, int digits = 5)
    {
        if (!double.IsFinite(value)) return null;
        if (value == Math.Floor(value) && Math.Abs(value) < 1e15) return JsonValue.Create(value);
        return JsonValue.Create(double.Parse(value.ToString(digits == 5 ? "G5" : "G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    public static JsonNode Text(string text) => JsonValue.Create(Escape(text));

    /// <summary>
    /// Plotly reads tags and entities in texts, places for values after a per cent sign, and formulas between dollars.
    /// </summary>
    public static string Escape(string text) => LabelText.OneLine(text)
        .Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("%{", "&#37;{").Replace("$", "&#36;");
}
