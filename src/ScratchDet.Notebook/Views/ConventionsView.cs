using System.Globalization;
using System.Text;
using ScratchDet.Evaluation;

namespace ScratchDet.Notebook;

/// <summary>The same detections under every convention: the number, how far it is from the row it differs from in one rule, and why.</summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record ConventionsView(IReadOnlyList<MetricConvention> Rows) : IDisplayable
{
    /// <summary>Numbers in per cent, differences in points.</summary>
    public TextTable ToTextTable() => new(
        ["convention", "mAP, %", "points", "against"],
        [.. Rows.Select(row => (IReadOnlyList<string>)[row.Name, EvaluationView.Percent(row.Value), Difference(row), row.ComparedWith ?? ""])]);

    /// <summary>The table, and the reasons below it, a line each.</summary>
    public string ToText()
    {
        var text = new StringBuilder(ToTextTable().ToText()).Append('\n');
        foreach (MetricConvention row in Rows) text.Append(row.Name).Append(": ").Append(row.Reason).Append('\n');
        return text.ToString();
    }

    /// <summary>One bar a convention.</summary>
    public Chart ToChart() =>
        Chart.Bars(Rows.Where(row => row.Value is not null), row => row.Label, row => 100 * row.Value!.Value).Title("One set of detections, many numbers").YTitle("mAP", "%").YRange(0, 100);

    public MimeBundle ToMimeBundle() => ViewMarkup.Bundle(ToText(), html =>
        new TextTable(["convention", "mAP, %", "points", "against", "reason"],
            [.. Rows.Select(row => (IReadOnlyList<string>)[row.Name, EvaluationView.Percent(row.Value), Difference(row), row.ComparedWith ?? "", row.Reason])]).WriteHtml(html, sortable: false));

    /// <summary>In points against the row that a convention is compared with; empty for the first.</summary>
    private string Difference(MetricConvention row) =>
        row.Value is { } value && Rows.FirstOrDefault(other => other.Name == row.ComparedWith)?.Value is { } reference
            ? (100 * (value - reference)).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)
            : "";
}
