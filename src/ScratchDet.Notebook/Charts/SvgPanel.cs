using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>Draws marks inside the axes of one panel. Coordinates are in px, y downwards, from the panel's upper left corner.</summary>
internal sealed class SvgPanel(FigurePlan figure, PanelPlan plan, StringBuilder svg)
{
    // Lines that leave the plot keep their slope this many plots beyond it.
    private const double Beyond = 10;

    public PanelPlan Plan => plan;

    public StringBuilder Svg => svg;

    public SeriesLook Look(string name) => figure.Look(name);

    public double X(double value) => Math.Clamp(plan.X.Place(value), -Beyond, 1 + Beyond) * plan.Width;

    /// <summary>A value without a place on a logarithmic axis is at its lower end.</summary>
    public double Y(double value) => AxisScale.IsShown(value, plan.Y.IsLog)
        ? (1 - Math.Clamp(plan.Y.Place(value), -Beyond, 1 + Beyond)) * plan.Height
        : value > 0 ? 0 : plan.Height;

    public void Line(List<List<(double X, double Y)>> stretches, string style, string attributes = "")
    {
        if (stretches.Count == 0) return;
        var path = new SvgPath();
        foreach (List<(double X, double Y)> stretch in stretches)
        {
            path.Move(X(stretch[0].X), Y(stretch[0].Y));
            if (stretch.Count == 1) path.Stay();
            for (int point = 1; point < stretch.Count; point++)
                path.Line(X(stretch[point].X), Y(stretch[point].Y));
        }
        svg.Append($"<path class=\"{style}\"{attributes} d=\"{path}\"/>");
    }

    public void Area(List<(double X, double Low, double High)> band)
    {
        var path = new SvgPath();
        path.Move(X(band[0].X), Y(band[0].High));
        for (int place = 1; place < band.Count; place++) path.Line(X(band[place].X), Y(band[place].High));
        for (int place = band.Count - 1; place >= 0; place--) path.Line(X(band[place].X), Y(band[place].Low));
        svg.Append($"<path class=\"sd-area\" d=\"{path}z\"/>");
    }

    public void Dot(double x, double y, double radius) =>
        svg.Append($"<circle class=\"sd-dot\" cx=\"{Markup.Number(X(x))}\" cy=\"{Markup.Number(Y(y))}\" r=\"{Markup.Number(radius)}\"/>");

    public void Cross(double x, double y) =>
        svg.Append($"<path class=\"sd-cross\" d=\"M{Markup.Number(X(x) - 5)} {Markup.Number(Y(y) - 5)}l10 10m0 -10l-10 10\"/>");

    public void Bar(double left, double right, double from, double to)
    {
        (double top, double bottom) = (Math.Min(Y(from), Y(to)), Math.Max(Y(from), Y(to)));
        svg.Append($"<rect class=\"sd-bar\" x=\"{Markup.Number(X(left))}\" y=\"{Markup.Number(top)}\" width=\"{Markup.Number(X(right) - X(left))}\" height=\"{Markup.Number(bottom - top)}\"/>");
    }

    public void Interval(double x, double low, double high)
    {
        (string top, string bottom) = (Markup.Number(Y(high)), Markup.Number(Y(low)));
        string left = Markup.Number(X(x) - 4);
        svg.Append($"<path class=\"sd-interval\" d=\"M{Markup.Number(X(x))} {top}V{bottom}M{left} {top}h8M{left} {bottom}h8\"/>");
    }

    /// <param name="x">In px.</param>
    public static string Diamond(double x, double y) =>
        $"<path class=\"sd-diamond\" d=\"M{Markup.Number(x)} {Markup.Number(y - 5)}l5 5l-5 5l-5 -5z\"/>";

    public static string Dash(LineDash dash) => dash switch
    {
        LineDash.Solid => "",
        LineDash.Dashed => " stroke-dasharray=\"6 4\"",
        _ => " stroke-dasharray=\"1.5 4\"",
    };
}

/// <summary>A path in steps of a tenth of a pixel, written relative to the point before: half the letters.</summary>
internal sealed class SvgPath
{
    private readonly StringBuilder path = new();
    private long lastX;
    private long lastY;
    private bool isLine;

    public void Move(double x, double y)
    {
        (lastX, lastY, isLine) = (Tenths(x), Tenths(y), false);
        path.Append(CultureInfo.InvariantCulture, $"M{lastX / 10.0} {lastY / 10.0}");
    }

    /// <summary>A line of no length: with round ends, a dot.</summary>
    public void Stay()
    {
        path.Append("h0");
        isLine = false;
    }

    public void Line(double x, double y)
    {
        (long toX, long toY) = (Tenths(x), Tenths(y));
        string across = Relative(toX - lastX);
        string down = Relative(toY - lastY);
        if (!isLine) path.Append('l');
        else if (across[0] != '-') path.Append(' ');
        path.Append(across);
        if (down[0] != '-') path.Append(' ');
        path.Append(down);
        (lastX, lastY, isLine) = (toX, toY, true);
    }

    public override string ToString() => path.ToString();

    private static long Tenths(double pixels) => (long)Math.Round(pixels * 10);

    private static string Relative(long tenths) => (tenths / 10.0).ToString("0.#", CultureInfo.InvariantCulture) is var text && text.StartsWith("0.", StringComparison.Ordinal)
        ? text[1..]
        : text.StartsWith("-0.", StringComparison.Ordinal) ? "-" + text[2..] : text;
}
