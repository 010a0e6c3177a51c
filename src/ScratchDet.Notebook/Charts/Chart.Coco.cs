using System.Globalization;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Notebook;

public sealed partial record Chart
{
    /// <summary>
    /// One curve for each IoU threshold, with its AP in the legend; over all categories their mean at each recall. The area
    /// under the curves is what the COCO metric averages.
    /// </summary>
    /// <param name="categoryId">Null: all.</param>
    public static Chart PrecisionRecall(CocoEvaluation evaluation, long? categoryId = null) => PrecisionRecall(
        [.. from threshold in evaluation.IouThresholds
            let precision = evaluation.PrecisionRecallCurve(threshold, categoryId)
            where precision.Count > 0
            let name = string.Create(CultureInfo.InvariantCulture, $"{threshold:0.00} (AP {100 * evaluation.AveragePrecision(threshold, categoryId: categoryId):0.0} %)")
            select new LineSeries(name, precision) { X = evaluation.RecallLevels }])
        .Title($"Precision over recall by {(evaluation.Kind == OverlapKind.Keypoints ? "keypoint similarity" : "IoU")} threshold{(NameOf(evaluation, categoryId) is { } category ? $", {category}" : "")}");

    private static string? NameOf(CocoEvaluation evaluation, long? categoryId) => evaluation.Categories.FirstOrDefault(category => category.Id == categoryId)?.Name;
}
