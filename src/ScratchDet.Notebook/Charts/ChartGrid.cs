namespace ScratchDet.Notebook;

/// <summary>Small multiples: charts in rows of <paramref name="Columns"/>, on the same axes unless told otherwise.</summary>
public sealed record ChartGrid(IReadOnlyList<Chart> Charts, int Columns) : Figure
{
    /// <summary>Over the whole; each chart keeps its own title above it.</summary>
    public string Heading { get; init; } = "";

    public bool SharesX { get; init; } = true;

    public bool SharesY { get; init; } = true;

    /// <summary>Of the whole, in CSS pixels.</summary>
    public int Width { get; init; } = 860;

    /// <summary>Of each chart's inside, in CSS pixels.</summary>
    public int PlotHeight { get; init; } = 170;

    public bool HasLegend { get; init; } = true;

    public ChartGrid Title(string heading) => this with { Heading = heading };

    /// <param name="plotHeight">Of each chart's inside; null keeps it.</param>
    public ChartGrid Size(int width, int? plotHeight = null) => this with { Width = width, PlotHeight = plotHeight ?? PlotHeight };

    /// <summary>Whether all charts span the same values.</summary>
    public ChartGrid Share(bool x = true, bool y = true) => this with { SharesX = x, SharesY = y };

    public ChartGrid Legend(bool shown) => this with { HasLegend = shown };

    /// <summary>The same change for each chart: <c>.Each(chart => chart.LogY())</c>.</summary>
    public ChartGrid Each(Func<Chart, Chart> change) => this with { Charts = [.. Charts.Select(change)] };

    internal override FigurePlan Plan() => FigurePlan.Of(this);
}
