using System.Text;
using ScratchDet.Experiments;

namespace ScratchDet.Notebook;

/// <summary>
/// A study as its own diff table: a row a variant, a column for each path of the specification that any variant changes,
/// <c>None → Batch</c> where it does and the base's value where it does not. All of it is computed from the study.
/// </summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed class AblationView : IDisplayable
{
    private readonly string heading;
    private readonly string question;
    private readonly string source;
    private readonly string remark;
    private readonly IReadOnlyList<string> paths;
    private readonly IReadOnlyList<(string Name, DiffCell[] Cells)> rows;

    private AblationView(string heading, string question, string source, string remark, IReadOnlyList<string> paths, IReadOnlyList<(string Name, DiffCell[] Cells)> rows) =>
        (this.heading, this.question, this.source, this.remark, this.paths, this.rows) = (heading, question, source, remark, paths, rows);

    /// <summary>The dotted paths that some variant changes, in the order of the specification.</summary>
    public IReadOnlyList<string> ChangedPaths => paths;

    public static AblationView Of<TSpec>(Ablation<TSpec> ablation)
        where TSpec : class, IEquatable<TSpec> => Of(ablation, "");

    /// <summary>A study at one scale; it has the same variants at the others.</summary>
    public static AblationView Of(Study study, Scale scale) => Of(study.At(scale), $" at scale {scale}");

    public MimeBundle ToMimeBundle() => ViewMarkup.Bundle($"{heading}: {question}\nSource: {source}\n{remark}\n\n{ToTextTable().ToText()}", html =>
    {
        html.Title(question).Line($"{heading} · {source}", soft: true).Line(remark);
        if (paths.Count > 0) WriteTable(html);
    });

    /// <summary>For a terminal: <c>None -> Batch</c> where a variant changes something, nothing where it does not.</summary>
    public TextTable ToTextTable() => new(
        ["variant", .. paths],
        [.. rows.Select(row => (IReadOnlyList<string>)[row.Name, .. row.Cells.Select(cell => cell.IsChanged ? $"{cell.From} -> {cell.To}" : "")])]);

    private static AblationView Of<TSpec>(Ablation<TSpec> ablation, string atScale)
        where TSpec : class, IEquatable<TSpec>
    {
        Dictionary<string, string> baseValues = [];
        // A property that may hold several kinds of record has its kind first and the values of the kind after it.
        foreach (SpecValue value in SpecPaths.Flatten(ablation.Base)) baseValues.TryAdd(value.Path, value.Text);
        string[] changed = [.. ablation.Variants.SelectMany(variant => variant.Changes).Select(change => change.Path).Distinct()];
        string[] paths = [.. baseValues.Keys.Where(changed.Contains), .. changed.Where(path => !baseValues.ContainsKey(path))];
        var rows = new List<(string, DiffCell[])>();
        foreach (Variant<TSpec> variant in ablation.Variants)
        {
            var cells = new DiffCell[paths.Length];
            for (int column = 0; column < paths.Length; column++)
            {
                string atBase = baseValues.GetValueOrDefault(paths[column], "");
                cells[column] = new DiffCell(atBase, atBase, IsChanged: false);
                foreach (SpecChange change in variant.Changes)
                    if (change.Path == paths[column])
                        cells[column] = new DiffCell(change.From, change.To, IsChanged: true);
            }
            rows.Add((variant.Name, cells));
        }
        string remark = paths.Length == 0
            ? $"{ViewMarkup.Count(rows.Count, "variant")}, nothing is changed."
            : $"{ViewMarkup.Count(rows.Count, "variant")} of one base; they differ in {string.Join(", ", ablation.Factors)} and in nothing else.";
        return new AblationView($"{ablation.Name}{atScale}", ablation.Question, ablation.Source, remark, paths, rows);
    }

    private void WriteTable(StringBuilder html)
    {
        html.Append("<div class=\"scroll\"><table><thead><tr><th>variant</th>");
        foreach (string path in paths) html.Append($"<th>{Markup.Escape(path)}</th>");
        html.Append("</tr></thead><tbody>");
        foreach ((string name, DiffCell[] cells) in rows)
        {
            html.Append($"<tr><td>{Markup.Escape(name)}</td>");
            foreach (DiffCell cell in cells)
            {
                html.Append(cell.IsChanged
                    ? $"<td class=\"changed\"><span class=\"soft\">{Markup.Escape(cell.From)} →</span> <b>{Markup.Escape(cell.To)}</b></td>"
                    : $"<td><span class=\"soft\">{Markup.Escape(cell.From)}</span></td>");
            }
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>");
    }

    private readonly record struct DiffCell(string From, string To, bool IsChanged);
}
