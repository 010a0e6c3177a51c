using System.Globalization;
using ScratchDet.Evaluation;

namespace ScratchDet.Notebook;

/// <summary>What an evaluation found: mean average precision at IoU 0.5 and the average precision of each class, in per cent.</summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record EvaluationView(VocResult Result) : IDisplayable
{
    public string Summary => $"mAP at IoU 0.5: {Percent(Result.MapArea)} % (area), {Percent(Result.Map07)} % (11 points)" + (Result.LeftOut is { } note ? $"; {note}" : "");

    /// <summary>One row a class; a class without objects has no average precision.</summary>
    public TextTable ToTextTable() => new(
        ["class", "objects", "detections", "AP (area), %", "AP (11 points), %"],
        [.. Result.Classes.Select(one => (IReadOnlyList<string>)
            [one.ClassName, one.ObjectCount.ToString(CultureInfo.InvariantCulture), one.Scores.Count.ToString(CultureInfo.InvariantCulture), Percent(one.ApArea), Percent(one.Ap07)])]);

    public MimeBundle ToMimeBundle()
    {
        TextTable table = ToTextTable();
        return ViewMarkup.Bundle($"{Summary}\n\n{table.ToText()}", html =>
        {
            html.Title(Summary);
            table.WriteHtml(html, sortable: true);
        });
    }

    internal static string Percent(double? share) => ViewMarkup.Percent(share ?? double.NaN);
}
