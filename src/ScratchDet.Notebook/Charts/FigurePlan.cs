namespace ScratchDet.Notebook;

/// <summary>A chart at its place in the picture. Pixels from the upper left corner of the part inside the axes.</summary>
/// <param name="PointsPerLine">What each line may keep of its points.</param>
internal sealed record PanelPlan(Chart Chart, AxisScale X, AxisScale Y, double Left, double Top, double Width, double Height, bool LabelsX, bool LabelsY, int PointsPerLine)
{
    public ChartFrame Frame => Chart.Frame;

    /// <summary>About so many ticks have room.</summary>
    public int XTicks => Width < 350 ? 4 : 7;

    public int YTicks => Height < 200 ? 4 : 5;

    /// <summary>Said once for charts that share the axis.</summary>
    public string YLabel => LabelsY ? Frame.Y.Label : "";
}

/// <summary>
/// Where everything stands, for the picture and for Plotly alike: panels with their scales, the series' colours, the
/// legend.
/// </summary>
internal sealed class FigurePlan
{
    private const int PointBudget = 650;
    private const int LeastPointsPerLine = 24;
    private const int MostPointsPerLine = 600;
    private const int TickLine = 15;
    private const int RightMargin = 18;
    private readonly Dictionary<string, SeriesLook> looks = [];
    private readonly int columns;

    private FigurePlan(string title, IReadOnlyList<Chart> charts, int columns, int width, int? plotHeight, bool sharesX, bool sharesY, bool hasLegend)
    {
        foreach (Mark mark in charts.SelectMany(chart => chart.Marks)) mark.Check();
        (Title, Width, IsGrid, this.columns) = (title, width, charts.Count > 1, Math.Clamp(columns, 1, charts.Count));
        foreach (LegendEntry entry in charts.SelectMany(chart => chart.Marks).SelectMany(mark => mark.Legend))
            looks.TryAdd(entry.Name, new SeriesLook(looks.Count % Palette.SeriesColours, entry.Dash ?? (LineDash)Math.Min(2, looks.Count / Palette.SeriesColours)));
        Legend = hasLegend
            ? [.. charts.Where(chart => chart.Frame.HasLegend).SelectMany(chart => chart.Marks).SelectMany(mark => mark.Legend).DistinctBy(entry => entry.Label).Where(entry => entry.Label.Length > 0)]
            : [];
        Panels = Place(charts, plotHeight, sharesX, sharesY);
        LegendTop = Panels.Max(panel => panel.Top + panel.Height) + BelowPlot(charts);
        LegendLines = FigureLegend.Lines(Legend, Width - (int)Panels[0].Left - RightMargin);
        Height = LegendTop + (LegendLines.Count * FigureLegend.LineHeight) + (LegendLines.Count > 0 ? 6 : 0);
    }

    public string Title { get; }

    public int Width { get; }

    public double Height { get; }

    /// <summary>Whether each panel has a title of its own.</summary>
    public bool IsGrid { get; }

    public IReadOnlyList<PanelPlan> Panels { get; }

    public IReadOnlyList<LegendEntry> Legend { get; }

    public IReadOnlyList<IReadOnlyList<LegendEntry>> LegendLines { get; }

    public double LegendTop { get; }

    public static FigurePlan Of(Chart chart) =>
        new(chart.Frame.Title, [chart], 1, chart.Frame.Width, chart.Frame.PlotHeight, sharesX: false, sharesY: false, chart.Frame.HasLegend);

    /// <exception cref="ArgumentException">A grid of no charts, or of no columns.</exception>
    public static FigurePlan Of(ChartGrid grid) =>
        grid.Charts.Count > 0 && grid.Columns > 0
            ? new(grid.Heading, grid.Charts, grid.Columns, grid.Width, grid.PlotHeight, grid.SharesX, grid.SharesY, grid.HasLegend)
            : throw new ArgumentException($"a grid of {grid.Charts.Count} charts in {grid.Columns} columns");

    /// <summary>Series of different names.</summary>
    public int SeriesCount => looks.Count;

    public SeriesLook Look(string name) => looks[name];

    /// <summary>Below the axis of the lowest panels: ticks and a title.</summary>
    private int BelowPlot(IReadOnlyList<Chart> charts) =>
        charts.Max(chart => 12 + (TickLine * LabelLines(chart)) + (chart.Frame.X.Label.Length > 0 ? 22 : 6));

    private int LabelLines(Chart chart) => chart.Marks.Select(mark => mark.XCategories).FirstOrDefault(names => names is not null) is { } names
        ? names.Select(name => LabelText.Wrap(name, SlotLetters(names.Count)).Count).DefaultIfEmpty(1).Max()
        : 1;

    /// <summary>Letters that fit below one place of an axis of names.</summary>
    public int SlotLetters(int count) => Math.Max(6, (int)((Width - 90) / (columns * LabelText.LetterWidth * Math.Max(1, count))) - 1);

    private List<PanelPlan> Place(IReadOnlyList<Chart> charts, int? plotHeight, bool sharesX, bool sharesY)
    {
        bool oneXScale = sharesX && charts.All(chart => chart.Marks.All(mark => mark.XCategories is null)) && charts.Select(chart => chart.Frame.X.IsLog).Distinct().Count() == 1;
        bool oneYScale = sharesY && charts.All(chart => chart.Marks.All(mark => mark.YCategories is null)) && charts.Select(chart => chart.Frame.Y.IsLog).Distinct().Count() == 1;
        AxisScale[] x = [.. charts.Select(chart => XScale(oneXScale ? charts : [chart], chart))];
        AxisScale[] y = [.. charts.Select(chart => YScale(oneYScale ? charts : [chart], chart))];
        int pointsPerLine = Math.Clamp(PointBudget / Math.Max(1, charts.Sum(chart => chart.Marks.Sum(mark => mark.LineCount))), LeastPointsPerLine, MostPointsPerLine);
        double labelWidth = Math.Max(30, y.Max(LabelText.TickWidth)) + 16;
        double gap = oneYScale ? 34 : labelWidth + 10;
        double width = (Width - labelWidth - RightMargin - (gap * (columns - 1))) / columns;
        double top = Title.Length > 0 ? 34 : 8;
        var panels = new List<PanelPlan>();
        for (int row = 0; row * columns < charts.Count; row++)
        {
            Chart[] inRow = [.. charts.Skip(row * columns).Take(columns)];
            int height = inRow.Max(chart => chart.Frame.PlotHeight ?? plotHeight ?? chart.Marks.Select(mark => mark.PlotHeight).DefaultIfEmpty(260).Max());
            top += (IsGrid && inRow.Any(chart => chart.Frame.Title.Length > 0) ? 20 : 0) + (inRow.Any(chart => chart.Frame.Y.Label.Length > 0) ? 18 : 4);
            for (int column = 0; column < inRow.Length; column++)
            {
                int index = (row * columns) + column;
                bool labelsX = !oneXScale || index + columns >= charts.Count;
                panels.Add(new PanelPlan(charts[index], x[index], y[index], labelWidth + (column * (width + gap)), top, width, height, labelsX, !oneYScale || column == 0, pointsPerLine));
            }
            top += height + (oneXScale ? 14 : BelowPlot(inRow));
        }
        return panels;
    }

    private static AxisScale XScale(IReadOnlyList<Chart> sharing, Chart chart)
    {
        if (chart.Marks.Select(mark => mark.XCategories).FirstOrDefault(names => names is not null) is { } categories) return AxisScale.Of(categories);
        IEnumerable<Mark> marks = sharing.SelectMany(one => one.Marks);
        IEnumerable<double> values = sharing.SelectMany(one => one.Marks.SelectMany(mark => mark.XValues(one.Frame)));
        if (!chart.Frame.X.IsLog && marks.Any(mark => mark.BeginsAtZero) && !values.Any(value => value < 0)) values = values.Append(0);
        return AxisScale.Over(values, chart.Frame.X, padded: marks.Any(mark => mark.PadsX));
    }

    private static AxisScale YScale(IReadOnlyList<Chart> sharing, Chart chart) =>
        chart.Marks.Select(mark => mark.YCategories).FirstOrDefault(names => names is not null) is { } categories
            ? AxisScale.Of(categories, topDown: true)
            : AxisScale.Over(sharing.SelectMany(one => one.Marks.SelectMany(mark => mark.YValues(one.Frame))), chart.Frame.Y, padded: true);
}
