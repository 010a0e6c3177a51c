using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Notebook;

/// <summary>What the COCO evaluator found: the summary, precision over recall at each IoU threshold, and the average precision of each category, in per cent.</summary>
public sealed record CocoEvaluationView(CocoEvaluation Result) : AnalysisView
{
    public override string Summary =>
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
                [category.Name, Number(category.Id), Number(Result.ObjectCounts[k * Result.Areas.Count]), Percent(all[k]), Percent(at50[k]), Percent(at75[k])])]);
    }

    public override IReadOnlyList<TextTable> Tables => CategoryTable() is { Rows.Count: > 0 } categories ? [SummaryTable(), categories] : [SummaryTable()];

    public override Figure Chart => Notebook.Chart.PrecisionRecall(Result);

    /// <summary>There is a curve where there is an object.</summary>
    public override bool HasChart => Result.ObjectCounts.Any(count => count > 0);

    public override string Explanation =>
        $"Average precision is the mean of the precision at 101 recall levels, here also over the {(Result.Kind == OverlapKind.Keypoints ? "similarity" : "IoU")} thresholds from 0.50 to 0.95 and the categories. – stands where there is no object.";

    private static new string Percent(double share) => share < 0 ? "–" : AnalysisView.Percent(share);
}
