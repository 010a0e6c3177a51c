using System.Globalization;
using System.Text;
using ScratchDet.Analysis;

namespace ScratchDet.Notebook;

/// <summary>
/// Shows a pivot over runs: our mean and interval, the published number below it, and a shade that grows with the value.
/// Divergence is shown as the result that it is.
/// </summary>
/// <param name="Caption">With the metric and its unit: <c>mAP@0.5 (area), %</c>.</param>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record PivotTable(RunPivot Pivot, string Caption) : IHtmlFragment, IDisplayable
{
    private const string Missing = "–";

    /// <summary>Our numbers are multiplied by this to be shown; published ones are in the shown unit already.</summary>
    public double Factor { get; init; } = 100;

    public int Decimals { get; init; } = 1;

    /// <summary>For a terminal: one line a row of the pivot.</summary>
    public TextTable ToTextTable() => new(
        [$"{Pivot.RowPath} \\ {Pivot.ColumnPath}", .. Pivot.ColumnKeys.Select(key => key.Label)],
        [.. Enumerable.Range(0, Pivot.RowKeys.Count).Select(row => (IReadOnlyList<string>)
        [
            Pivot.RowKeys[row].Label,
            .. Enumerable.Range(0, Pivot.ColumnKeys.Count).Select(column => CellText(Pivot[row, column])),
        ])])
    {
        Caption = Caption,
    };

    public MimeBundle ToMimeBundle() => ViewMarkup.Bundle($"{Caption}\n{ToTextTable().ToText()}", WriteHtml);

    public void WriteHtml(StringBuilder html)
    {
        (double low, double high) = Range();
        html.Append($"<div class=\"scroll\"><table class=\"pivot\"><caption>{Markup.Escape(Caption)}</caption><thead>");
        html.Append($"<tr><th class=\"path\">{Markup.Escape(Pivot.RowPath)}</th><th class=\"path\" colspan=\"{Math.Max(1, Pivot.ColumnKeys.Count)}\">{Markup.Escape(Pivot.ColumnPath)}</th></tr><tr><th></th>");
        foreach (PivotKey key in Pivot.ColumnKeys)
            html.Append($"<th scope=\"col\">{Markup.Escape(key.Label)}</th>");
        html.Append("</tr></thead><tbody>");
        for (int row = 0; row < Pivot.RowKeys.Count; row++)
        {
            html.Append($"<tr><th scope=\"row\">{Markup.Escape(Pivot.RowKeys[row].Label)}</th>");
            for (int column = 0; column < Pivot.ColumnKeys.Count; column++)
                WriteCell(html, Pivot[row, column], low, high);
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>");
    }

    private (double Low, double High) Range()
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (int row = 0; row < Pivot.RowKeys.Count; row++)
        {
            for (int column = 0; column < Pivot.ColumnKeys.Count; column++)
            {
                double mean = Pivot[row, column].Metric.Mean;
                if (!double.IsFinite(mean)) continue;
                (low, high) = (Math.Min(low, mean), Math.Max(high, mean));
            }
        }
        return (low, high);
    }

    private void WriteCell(StringBuilder html, PivotCell cell, double low, double high)
    {
        double mean = cell.Metric.Mean;
        if (double.IsFinite(mean))
        {
            double share = high > low ? (mean - low) / (high - low) : 0.5;
            html.Append(FormattableString.Invariant($"<td style=\"background:rgb(0 114 178/{0.06 + (0.34 * share):0.00})\">"));
        }
        else
        {
            html.Append(cell.DivergedCount > 0 ? "<td class=\"diverged\">" : "<td class=\"missing\">");
        }
        html.Append($"<span class=\"ours\">{Markup.Escape(OursText(cell))}</span>");
        if (NoteText(cell) is { Length: > 0 } note)
            html.Append($"<span class=\"note\">{Markup.Escape(note)}</span>");
        if (cell.Published is { } published)
            html.Append($"<span class=\"paper\" title=\"{Markup.Escape(published.Source)}\">{Markup.Escape(PublishedText(published))}</span>");
        html.Append("</td>");
    }

    private string CellText(PivotCell cell) => string.Join("; ",
        new[] { OursText(cell), NoteText(cell), cell.Published is { } published ? PublishedText(published) : "" }.Where(text => text.Length > 0));

    private string OursText(PivotCell cell)
    {
        if (!double.IsNaN(cell.Metric.Mean))
            return Shown(cell.Metric.Mean * Factor) + (double.IsNaN(cell.Metric.HalfWidth95) ? "" : $" ± {Shown(cell.Metric.HalfWidth95 * Factor)}");
        return cell.DivergedCount > 0 ? "diverged" : Missing;
    }

    private static string NoteText(PivotCell cell)
    {
        var notes = new List<string>();
        if (cell.Metric.Count > 1)
            notes.Add($"{cell.Metric.Count} {(cell.SettingCount > 1 ? $"runs of {cell.SettingCount} settings" : "seeds")}");
        if (cell.DivergedCount > 0)
        {
            string steps = string.Join(", ", cell.DivergedAtSteps.Select(step => step.ToString(CultureInfo.InvariantCulture)));
            notes.Add(cell.Metric.Count == 0 ? $"at step {steps}" : $"{cell.DivergedCount} of {cell.RunCount} diverged, at step {steps}");
        }
        return string.Join("; ", notes);
    }

    // A question mark where the source does not settle which setting the number belongs to.
    private string PublishedText(PublishedValue published) =>
        $"{Pivot.PublishedLabel} {(published.Diverged ? "diverged" : Shown(published.Value))}{(published.Confidence == Confidence.Low ? " (?)" : "")}";

    private string Shown(double value) => value.ToString("F" + Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
