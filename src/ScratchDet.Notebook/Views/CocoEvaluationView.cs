using System.Globalization;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Notebook;

/// <summary>What the COCO evaluator found: the summary, precision over recall at each IoU threshold, and the average precision of each category, in per cent.</summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record CocoEvaluationView(CocoEvaluation Result) : IDisplayable
{
    public string Summary =>
        $"{(Result.Kind == OverlapKind.Keypoints ? "AP at similarity" : Result.Kind == OverlapKind.Masks ? "Mask AP at IoU" : "Box AP at IoU")} 0.50 to 0.95: {Percent(Result.AveragePrecision())} %, "
        + $"at 0.50: {Percent(Result.AveragePrecision(0.5))} %, at 0.75: {Percent(Result.AveragePrecision(0.75))} %";

    /// <summary>The numbers of the COCO leaderboard.</summary>
    public TextTable SummaryTable() => new(
        ["", "%", "over"],
        [.. Result.Summary.Select(line => (IReadOnlyList<string>)[line.Name, Percent(line.Value), line.Description])]);

    /// <summary>One row a category; one without objects has no average precision. Empty when categories were not told apart.</summary>
    public TextTable CategoryTable()
    {
        IReadOnlyList<double> all = Result.AveragePrecisionByCategory(), at50 = Result.AveragePrecisionByCategory(0.5), at75 = Result.AveragePrecisionByCategory(0.75);
        return new TextTable(
            ["category", "id", "objects", "AP, %", "AP50, %", "AP75, %"],
            [.. Result.Categories.Select((category, k) => (IReadOnlyList<string>)
                [category.Name, Text(category.Id), Text(Result.ObjectCounts[k * Result.Areas.Count]), Percent(all[k]), Percent(at50[k]), Percent(at75[k])])]);
    }

    public MimeBundle ToMimeBundle()
    {
        TextTable summary = SummaryTable(), categories = CategoryTable();
        Chart? curves = Result.ObjectCounts.Any(count => count > 0) ? Chart.PrecisionRecall(Result) : null;
        return ViewMarkup.Bundle($"{Summary}\n\n{summary.ToText()}{(categories.Rows.Count > 0 ? "\n" + categories.ToText() : "")}", html =>
        {
            html.Title(Summary);
            summary.WriteHtml(html);
            if (curves is not null) html.Append(curves.ToHtml());
            if (categories.Rows.Count > 0) categories.WriteHtml(html, sortable: true);
        });
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => share < 0 ? "–" : (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
