using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>
/// A table of texts: aligned for a terminal, or as HTML. Columns in which every filled cell is a number are aligned to
/// the right.
/// </summary>
public sealed record TextTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : IHtmlFragment
{
    private const string Gap = "  ";

    public string? Caption { get; init; }

    /// <summary>Lines without colours or trailing spaces, each ended by a line feed.</summary>
    public string ToText()
    {
        bool[] right = RightAligned();
        var widths = new int[Columns.Count];
        foreach (IReadOnlyList<string> row in Rows.Prepend(Columns))
            for (int column = 0; column < widths.Length; column++)
                widths[column] = Math.Max(widths[column], Letters(row[column]));
        var text = new StringBuilder();
        AppendLine(text, Columns, widths, right);
        AppendLine(text, [.. widths.Select(width => new string('-', width))], widths, right);
        foreach (IReadOnlyList<string> row in Rows)
            AppendLine(text, row, widths, right);
        return text.ToString();
    }

    public void WriteHtml(StringBuilder html)
    {
        bool[] right = RightAligned();
        html.Append("<div class=\"scroll\"><table>");
        if (Caption is not null) html.Append($"<caption>{Markup.Escape(Caption)}</caption>");
        html.Append("<thead><tr>");
        for (int column = 0; column < Columns.Count; column++)
            html.Append($"<th{Align(right[column])}>{Markup.Escape(Columns[column])}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (IReadOnlyList<string> row in Rows)
        {
            html.Append("<tr>");
            for (int column = 0; column < Columns.Count; column++)
                html.Append($"<td{Align(right[column])}>{Markup.Escape(row[column])}</td>");
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>");
    }

    private static string Align(bool right) => right ? " class=\"number\"" : "";

    private bool[] RightAligned()
    {
        foreach (IReadOnlyList<string> row in Rows)
            if (row.Count != Columns.Count)
                throw new InvalidOperationException($"a row of {row.Count} cells in a table of {Columns.Count} columns");
        return [.. Enumerable.Range(0, Columns.Count).Select(column =>
            Rows.Any(row => row[column].Length > 0) && Rows.All(row => row[column].Length == 0 || IsNumber(row[column])))];
    }

    private static bool IsNumber(string text) =>
        double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out _) || text is "-" or "–";

    private static int Letters(string text) => new StringInfo(OneLine(text)).LengthInTextElements;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');

    private static void AppendLine(StringBuilder text, IReadOnlyList<string> cells, int[] widths, bool[] right)
    {
        var line = new StringBuilder();
        for (int column = 0; column < widths.Length; column++)
        {
            string cell = OneLine(cells[column]);
            string space = new(' ', widths[column] - Letters(cells[column]));
            line.Append(column == 0 ? "" : Gap).Append(right[column] ? space + cell : cell + space);
        }
        text.Append(line.ToString().TrimEnd()).Append('\n');
    }
}
