using System.Text;

namespace ScratchDet.Notebook;

/// <summary>One kind of thing drawn in a chart: a line, points, bars, a heat table, a histogram, a guide line.</summary>
public abstract record Mark
{
    private protected Mark()
    {
    }

    /// <summary>What the legend shows of this mark, in order.</summary>
    internal abstract IReadOnlyList<LegendEntry> Legend { get; }

    /// <summary>Names at the places 0, 1, 2... of the axis; null for an axis of numbers.</summary>
    internal virtual IReadOnlyList<string>? XCategories => null;

    internal virtual IReadOnlyList<string>? YCategories => null;

    /// <summary>Whether the x axis begins at 0 when no value is below.</summary>
    internal virtual bool BeginsAtZero => false;

    /// <summary>Whether the x axis leaves a little room at both ends.</summary>
    internal virtual bool PadsX => false;

    /// <summary>Pixels inside the axes, unless the frame says otherwise.</summary>
    internal virtual int PlotHeight => 260;

    /// <summary>How many lines this mark draws, for sharing out the points that a figure may hold.</summary>
    internal virtual int LineCount => 0;

    /// <exception cref="ArgumentException">The parts of the mark do not fit together.</exception>
    internal abstract void Check();

    /// <summary>The values that the x axis must span.</summary>
    internal abstract IEnumerable<double> XValues(ChartFrame frame);

    /// <summary>The values that the y axis must span.</summary>
    internal abstract IEnumerable<double> YValues(ChartFrame frame);

    internal abstract void AddTo(PlotlyPanel panel);

    internal abstract void Draw(SvgPanel panel);

    /// <summary>One line of text for each series.</summary>
    internal abstract void Describe(StringBuilder text, ChartFrame frame);

    private protected static void CheckCount(string what, int count, int expected)
    {
        if (count != expected) throw new ArgumentException($"{what}: {count} for {expected} places");
    }
}

internal enum LegendSymbol
{
    Line,
    Dot,
    Square,
    Diamond,
}

/// <param name="Name">Entries of one name are one, in one colour.</param>
/// <param name="Label">What is shown.</param>
/// <param name="Dash">Null follows from the place among the series.</param>
internal sealed record LegendEntry(string Name, string Label, LegendSymbol Symbol, LineDash? Dash = null);

/// <param name="Colour">Into the palette.</param>
internal readonly record struct SeriesLook(int Colour, LineDash Dash);
