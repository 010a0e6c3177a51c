using System.Globalization;
using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Notebook;

/// <summary>The images that came out worst and best.</summary>
public sealed record ImageRankingView(ImageRanking Ranking) : AnalysisView
{
    /// <summary>Images in each list.</summary>
    public int Count { get; init; } = 10;

    public override string Summary
    {
        get
        {
            int right = Ranking.Images.Count(one => one.ErrorCount == 0), nothing = Ranking.Images.Count(one => one.F1 == 0);
            string mean = Ranking.Images.Count == 0 ? "" : $", mean F1 {Three(Ranking.Images.Average(one => one.F1))}";
            string threshold = Ranking.ScoreThreshold.ToString("0.###", CultureInfo.InvariantCulture);
            return $"{ViewMarkup.Count(Ranking.Images.Count, "image")} at score {threshold}: {right} without an error, {nothing} without a true positive{mean}";
        }
    }

    public override string Explanation =>
        "F1 of an image is 2 TP / (2 TP + FP + FN) at this one score threshold: the share of right boxes among those that are drawn or should have been. "
        + "Equal ones: more errors first in the list of the worst, more true positives first in that of the best, then by id.";

    public override IReadOnlyList<TextTable> Tables => [Table("Worst", Ranking.Worst(Count)), Table("Best", Ranking.Best(Count))];

    public override Figure Chart => Notebook.Chart.Histogram([.. Ranking.Images.Select(one => one.F1)]).Bins(20)
        .Title("Images by F1").XTitle("F1").YTitle("images").XRange(0, 1).Size(560, 180);

    private static string Three(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static TextTable Table(string caption, IReadOnlyList<ImageScore> images)
    {
        bool named = images.Any(one => one.FileName is not null);
        return new TextTable(["image", .. named ? ["file"] : (string[])[], "F1", "true positives", "false positives", "false negatives"],
        [
            .. images.Select(one => Row(
            [
                Number(one.ImageId), .. named ? [one.FileName ?? ""] : (string[])[], Three(one.F1),
                Number(one.TruePositives), Number(one.FalsePositives), Number(one.FalseNegatives),
            ])),
        ])
        {
            Caption = caption,
        };
    }
}
