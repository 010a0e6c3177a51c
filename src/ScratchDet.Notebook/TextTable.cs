using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>
/// A table of texts: aligned for a terminal, or as HTML. Columns in which every filled cell is a number are aligned to
/// the right. In a notebook a click on a column's head sorts by it, and once more the other way.
/// </summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record TextTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : IHtmlFragment, IDisplayable
{
    private const string Gap = "  ";

    // In the attribute, and not in a script of its own, because notebooks put outputs into the page in different ways: this
    // finds its table wherever it stands, and where scripts are not allowed the table is a plain one.
    private const string SortOnClick = """
        var h=event.target.closest('th');if(h){
        var i=h.cellIndex,d=h.getAttribute('aria-sort')=='ascending'?-1:1,n=h.classList.contains('number'),b=h.closest('table').tBodies[0],
        v=function(r){var t=r.cells[i].textContent.trim();return n?parseFloat(t.replace(/,/g,'')):t},
        e=function(x){return x===''||x!==x};
        Array.from(b.rows).map(function(r){return [v(r),r]}).sort(function(p,q){
        return e(p[0])||e(q[0])?e(p[0])-e(q[0]):d*(n?p[0]-q[0]:p[0].localeCompare(q[0],undefined,{numeric:true}))
        }).forEach(function(p){b.appendChild(p[1])});
        Array.from(h.parentNode.cells).forEach(function(c){c.removeAttribute('aria-sort')});
        h.setAttribute('aria-sort',d>0?'ascending':'descending')}
        """;

    public string? Caption { get; init; }

    /// <summary>A notebook shows so many rows and says how many more there are.</summary>
    public int MostRowsShown { get; init; } = 500;

    public MimeBundle ToMimeBundle()
    {
        int hidden = Rows.Count - MostRowsShown;
        TextTable shown = hidden > 0 ? this with { Rows = [.. Rows.Take(MostRowsShown)] } : this;
        string more = hidden > 0 ? $"{ViewMarkup.Count(hidden, "more row")}, not shown" : "";
        return ViewMarkup.Bundle($"{(Caption is null ? "" : Caption + "\n")}{shown.ToText()}{more}", html =>
        {
            shown.WriteHtml(html, sortable: Rows.Count > 1);
            if (hidden > 0) html.Line(more, soft: true);
        });
    }

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

    public void WriteHtml(StringBuilder html) => WriteHtml(html, sortable: false);

    /// <param name="sortable">With a few lines of script in the head of the table.</param>
    internal void WriteHtml(StringBuilder html, bool sortable)
    {
        bool[] right = RightAligned();
        html.Append("<div class=\"scroll\"><table>");
        if (Caption is not null) html.Append($"<caption>{Markup.Escape(Caption)}</caption>");
        html.Append(sortable ? $"<thead title=\"Sort by this column\" onclick=\"{Markup.Escape(SortOnClick.ReplaceLineEndings(""))}\" onkeydown=\"if(event.key==&#39;Enter&#39;)event.target.click()\"><tr>" : "<thead><tr>");
        for (int column = 0; column < Columns.Count; column++)
            html.Append($"<th{Align(right[column])}{(sortable ? " tabindex=\"0\"" : "")}>{Markup.Escape(Columns[column])}</th>");
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
        double.TryParse(text.TrimEnd('%'), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _) || text is "-" or "–";

    private static int Letters(string text) => new StringInfo(LabelText.OneLine(text)).LengthInTextElements;

    private static void AppendLine(StringBuilder text, IReadOnlyList<string> cells, int[] widths, bool[] right)
    {
        var line = new StringBuilder();
        for (int column = 0; column < widths.Length; column++)
        {
            string cell = LabelText.OneLine(cells[column]);
            string space = new(' ', widths[column] - Letters(cells[column]));
            line.Append(column == 0 ? "" : Gap).Append(right[column] ? space + cell : cell + space);
        }
        text.Append(line.ToString().TrimEnd()).Append('\n');
    }
}
