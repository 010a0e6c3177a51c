namespace ScratchDet.Notebook;

/// <summary>One axis of a chart, as asked for.</summary>
public sealed record ChartAxis
{
    /// <summary>What is measured: <c>gradient norm</c>.</summary>
    public string Title { get; init; } = "";

    /// <summary>Shown behind the title: <c>s</c>, <c>px</c>, <c>%</c>.</summary>
    public string Unit { get; init; } = "";

    public bool IsLog { get; init; }

    /// <summary>Where the axis begins; null begins at the data.</summary>
    public double? Low { get; init; }

    /// <summary>Where the axis ends; values above it leave the chart. Null ends at the data.</summary>
    public double? High { get; init; }

    /// <summary><c>time (s, log scale)</c>.</summary>
    internal string Label
    {
        get
        {
            string note = string.Join(", ", new[] { Unit, IsLog ? "log scale" : "" }.Where(part => part.Length > 0));
            return note.Length == 0 ? Title : Title.Length == 0 ? note : $"{Title} ({note})";
        }
    }
}

/// <summary>Everything of a chart but its data.</summary>
public sealed record ChartFrame
{
    public string Title { get; init; } = "";

    public ChartAxis X { get; init; } = new();

    public ChartAxis Y { get; init; } = new();

    /// <summary>In CSS pixels; a narrower column narrows the chart.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Of the part inside the axes, in CSS pixels; null takes what suits the kind of chart.</summary>
    public int? PlotHeight { get; init; }

    public bool HasLegend { get; init; } = true;
}

/// <summary>How a line is broken.</summary>
public enum LineDash
{
    Solid,
    Dashed,
    Dotted,
}
