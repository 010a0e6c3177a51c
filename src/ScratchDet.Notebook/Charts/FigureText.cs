using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>A figure in words and numbers, for terminals, logs and those who cannot see it.</summary>
internal static class FigureText
{
    public static string Of(FigurePlan plan)
    {
        var text = new StringBuilder();
        if (plan.Title.Length > 0) text.Append(LabelText.OneLine(plan.Title)).Append('\n');
        foreach (PanelPlan panel in plan.Panels)
        {
            if (plan.IsGrid && panel.Frame.Title.Length > 0) text.Append(LabelText.OneLine(panel.Frame.Title)).Append('\n');
            string axes = string.Join(" over ", new[] { panel.Frame.Y.Label, panel.Frame.X.Label }.Where(label => label.Length > 0).Select(LabelText.OneLine));
            if (axes.Length > 0) text.Append(axes).Append('\n');
            foreach (Mark mark in panel.Chart.Marks) mark.Describe(text, panel.Frame);
            if (panel.Chart.Marks.Count == 0) text.Append("  no data\n");
        }
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Appends <c>  name: 400 values, first 3.2, last 0.41, from 0.38 (at 390) to 3.2 (at 1)</c>.</summary>
    /// <param name="places">Where each value stands; null leaves places out.</param>
    public static void Series(StringBuilder text, string name, IReadOnlyList<double> values, IReadOnlyList<double>? places)
    {
        int[] finite = [.. Enumerable.Range(0, values.Count).Where(index => double.IsFinite(values[index]))];
        text.Append("  ").Append(name.Length == 0 ? "" : LabelText.OneLine(name) + ": ");
        if (finite.Length == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{values.Count} values, none finite\n");
            return;
        }
        int lowest = finite.MinBy(index => values[index]);
        int highest = finite.MaxBy(index => values[index]);
        text.Append(CultureInfo.InvariantCulture, $"{values.Count} {(values.Count == 1 ? "value" : "values")}");
        if (finite.Length < values.Count) text.Append(CultureInfo.InvariantCulture, $" ({values.Count - finite.Length} not finite)");
        text.Append(CultureInfo.InvariantCulture, $", first {Number(values[finite[0]])}, last {Number(values[finite[^1]])}, from {Number(values[lowest])}{At(lowest)} to {Number(values[highest])}{At(highest)}\n");

        string At(int index) => places is null ? "" : $" (at {Number(places[index])})";
    }

    /// <summary>With four digits; whole numbers with all of theirs.</summary>
    public static string Number(double value) =>
        double.IsNaN(value) ? "–"
        : Math.Abs(value) < 1e15 && value == Math.Floor(value) ? value.ToString("0", CultureInfo.InvariantCulture)
        : value.ToString("G4", CultureInfo.InvariantCulture);
}
