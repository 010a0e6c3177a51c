using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ScratchDet.Analysis;

namespace ScratchDet.Notebook;

/// <summary>One bar for each category, of one colour.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Values">NaN has no bar.</param>
public sealed record BarSeries(string Name, IReadOnlyList<double> Values)
{
    /// <summary>Lower ends of the intervals; NaN has none. Needs <see cref="High"/>.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    public IReadOnlyList<double>? High { get; init; }

    /// <summary>Places whose training diverged: a cross stands where the bar would.</summary>
    public IReadOnlyList<bool>? Diverged { get; init; }

    /// <summary>Numbers to compare with, such as the paper's: a diamond over the bar; NaN has none.</summary>
    public IReadOnlyList<double>? Reference { get; init; }

    /// <summary>For the legend: <c>paper</c>.</summary>
    public string ReferenceName { get; init; } = "reference";

    /// <summary>Means over seeds with their 95% intervals.</summary>
    /// <param name="factor">All are multiplied by it: 100 for a fraction in per cent.</param>
    public static BarSeries Of(string name, IReadOnlyList<SeedStatistics> values, double factor = 1) => new(name, [.. values.Select(value => value.Mean * factor)])
    {
        Low = [.. values.Select(value => (value.Mean - value.HalfWidth95) * factor)],
        High = [.. values.Select(value => (value.Mean + value.HalfWidth95) * factor)],
    };
}

/// <summary>Groups of bars: one group for each category, in it one bar of each series.</summary>
public sealed record BarGroups(IReadOnlyList<string> Categories, IReadOnlyList<BarSeries> Series) : Mark
{
    private const double GroupWidth = 0.78;

    // Of its place within the group.
    private const double BarShare = 0.9;

    internal override IReadOnlyList<LegendEntry> Legend =>
    [
        .. Series.Select(series => new LegendEntry(series.Name, series.Name, LegendSymbol.Square)),
        .. Series.Where(series => series.Reference is not null).Select(series => new LegendEntry(series.Name, series.ReferenceName, LegendSymbol.Diamond)).DistinctBy(entry => entry.Label),
    ];

    internal override IReadOnlyList<string> XCategories => Categories;

    private double Slot => GroupWidth / Math.Max(1, Series.Count);

    internal override void Check()
    {
        foreach (BarSeries series in Series)
        {
            CheckCount($"values of bars '{series.Name}'", series.Values.Count, Categories.Count);
            if ((series.Low is null) != (series.High is null)) throw new ArgumentException($"the intervals of bars '{series.Name}' have one end");
            CheckCount($"lower ends of bars '{series.Name}'", series.Low?.Count ?? Categories.Count, Categories.Count);
            CheckCount($"upper ends of bars '{series.Name}'", series.High?.Count ?? Categories.Count, Categories.Count);
            CheckCount($"divergences of bars '{series.Name}'", series.Diverged?.Count ?? Categories.Count, Categories.Count);
            CheckCount($"references of bars '{series.Name}'", series.Reference?.Count ?? Categories.Count, Categories.Count);
        }
    }

    internal override IEnumerable<double> XValues(ChartFrame frame) => [];

    // A bar stands on 0, which a logarithmic axis does not have.
    internal override IEnumerable<double> YValues(ChartFrame frame) =>
        (frame.Y.IsLog ? [] : new[] { 0.0 }).Concat(Series.SelectMany(series => new[] { series.Values, series.Low, series.High, series.Reference }.OfType<IReadOnlyList<double>>().SelectMany(values => values)));

    private double Center(int category, int series) => category + (((series + 0.5) / Math.Max(1, Series.Count)) - 0.5) * GroupWidth;

    private static bool HasInterval(BarSeries series, int category, bool logY) =>
        series.Low is not null && series.High is not null && AxisScale.IsShown(series.Low[category], logY) && AxisScale.IsShown(series.High[category], logY);

    internal override void AddTo(PlotlyPanel panel)
    {
        bool logY = panel.Plan.Y.IsLog;
        for (int place = 0; place < Series.Count; place++)
        {
            BarSeries series = Series[place];
            string colour = Palette.OnLightPaper(panel.Look(series.Name).Colour);
            int[] all = [.. Enumerable.Range(0, Categories.Count)];
            int[] shown = [.. all.Where(category => AxisScale.IsShown(series.Values[category], logY))];
            var bars = new JsonObject
            {
                ["type"] = "bar",
                ["x"] = PlotlyPanel.Numbers(shown.Select(category => Center(category, place))),
                ["y"] = PlotlyPanel.Numbers(shown.Select(category => series.Values[category])),
                ["width"] = PlotlyPanel.Number(Slot * BarShare),
                ["marker"] = new JsonObject { ["color"] = colour, ["opacity"] = 0.85 },
                ["text"] = new JsonArray([.. shown.Select(category => (JsonNode)PlotlyPanel.Text(Categories[category]))]),
                ["textposition"] = "none",
                ["hovertemplate"] = panel.BarHover(series.Name),
            };
            if (shown.Any(category => HasInterval(series, category, logY)))
            {
                bars["error_y"] = new JsonObject
                {
                    ["type"] = "data",
                    ["symmetric"] = false,
                    ["array"] = PlotlyPanel.Numbers(shown.Select(category => HasInterval(series, category, logY) ? series.High![category] - series.Values[category] : double.NaN)),
                    ["arrayminus"] = PlotlyPanel.Numbers(shown.Select(category => HasInterval(series, category, logY) ? series.Values[category] - series.Low![category] : double.NaN)),
                    ["color"] = FigureTheme.Name,
                    ["thickness"] = 1.4,
                    ["width"] = 4,
                };
            }
            panel.Add(series.Name, bars, label: series.Name);
            AddMarks(panel, series.Name, "diverged", [.. all.Where(category => series.Diverged?[category] == true)], place, category => panel.Plan.Y.Value(0.04), "x-thin", colour, inLegend: false);
        }
        // After all bars, as in the legend of the picture.
        for (int place = 0; place < Series.Count; place++)
        {
            BarSeries series = Series[place];
            if (series.Reference is { } reference)
                AddMarks(panel, series.Name, series.ReferenceName, [.. Enumerable.Range(0, Categories.Count).Where(category => AxisScale.IsShown(reference[category], logY))], place, category => reference[category], "diamond", FigureTheme.Name, inLegend: true);
        }
    }

    private void AddMarks(PlotlyPanel panel, string name, string text, int[] places, int series, Func<int, double> y, string symbol, string colour, bool inLegend)
    {
        if (places.Length == 0) return;
        panel.Add(inLegend ? text : name, new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "markers",
            ["x"] = PlotlyPanel.Numbers(places.Select(category => Center(category, series))),
            ["y"] = PlotlyPanel.Numbers(places.Select(y)),
            ["marker"] = new JsonObject
            {
                ["color"] = symbol == "diamond" ? FigureTheme.Paper : colour,
                ["symbol"] = symbol,
                ["size"] = symbol == "diamond" ? 9 : 11,
                ["line"] = new JsonObject { ["color"] = colour, ["width"] = symbol == "diamond" ? 1.6 : 2.5 },
            },
            ["hovertemplate"] = PlotlyPanel.Escape(text) + (inLegend ? " %{y:.4~g}<extra></extra>" : "<extra></extra>"),
        }, label: inLegend ? text : null);
    }

    internal override void Draw(SvgPanel panel)
    {
        bool logY = panel.Plan.Y.IsLog;
        double zero = Math.Clamp(logY ? 0 : panel.Plan.Y.Place(0), 0, 1);
        for (int place = 0; place < Series.Count; place++)
        {
            BarSeries series = Series[place];
            int colour = panel.Look(series.Name).Colour;
            panel.Svg.Append(CultureInfo.InvariantCulture, $"<g class=\"sd-line-{colour} sd-fill-{colour}\"><title>{Markup.Escape(series.Name)}</title>");
            for (int category = 0; category < Categories.Count; category++)
            {
                double x = Center(category, place);
                if (AxisScale.IsShown(series.Values[category], logY))
                    panel.Bar(x - (Slot * BarShare / 2), x + (Slot * BarShare / 2), panel.Plan.Y.Value(zero), series.Values[category]);
                else if (series.Diverged?[category] == true)
                    panel.Cross(x, panel.Plan.Y.Value(0.04));
            }
            panel.Svg.Append("</g>");
        }
        for (int place = 0; place < Series.Count; place++)
        {
            BarSeries series = Series[place];
            for (int category = 0; category < Categories.Count; category++)
            {
                double x = Center(category, place);
                if (HasInterval(series, category, logY)) panel.Interval(x, series.Low![category], series.High![category]);
                if (series.Reference is { } reference && AxisScale.IsShown(reference[category], logY))
                    panel.Svg.Append(SvgPanel.Diamond(panel.X(x), panel.Y(reference[category])));
            }
        }
    }

    internal override void Describe(StringBuilder text, ChartFrame frame)
    {
        string[] columns = ["", .. Series.SelectMany(series => series.Reference is null ? [series.Name] : new[] { series.Name, series.ReferenceName })];
        if (columns is ["", ""]) columns[1] = frame.Y.Label.Length > 0 ? frame.Y.Label : "value";
        text.Append(new TextTable(columns, [.. Categories.Select((category, place) => (IReadOnlyList<string>)
            [category, .. Series.SelectMany(series => series.Reference is null ? [Cell(series, place)] : new[] { Cell(series, place), FigureText.Number(series.Reference[place]) })])]).ToText());
    }

    private static string Cell(BarSeries series, int category) =>
        !double.IsFinite(series.Values[category]) ? series.Diverged?[category] == true ? "diverged" : "–"
        : HasInterval(series, category, logY: false) ? $"{FigureText.Number(series.Values[category])} [{FigureText.Number(series.Low![category])}, {FigureText.Number(series.High![category])}]"
        : FigureText.Number(series.Values[category]);
}
