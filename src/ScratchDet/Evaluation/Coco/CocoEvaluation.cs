using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>Objects whose annotated area lies between two bounds, both included, in pixels.</summary>
public sealed record AreaRange(string Name, double Smallest, double Largest);

/// <summary>
/// What the COCO evaluator found, for every IoU threshold, recall level, category, area range and number of detections
/// per image. -1 stands where nothing could be measured: no object of the category in the area range.
/// </summary>
/// <param name="IouThresholds">0.5 to 0.95 in steps of 0.05.</param>
/// <param name="RecallLevels">0 to 1 in steps of 0.01.</param>
/// <param name="Categories">By rising id, each once; empty when categories were not told apart (one row then).</param>
/// <param name="Areas">All, small, medium, large; for keypoints all, medium, large.</param>
/// <param name="MaxDetections">Rising: the most confident detections of an image and category that count.</param>
public sealed record CocoEvaluation(
    OverlapKind Kind, IReadOnlyList<double> IouThresholds, IReadOnlyList<double> RecallLevels, IReadOnlyList<CocoCategory> Categories,
    IReadOnlyList<AreaRange> Areas, IReadOnlyList<int> MaxDetections)
{
    /// <summary>[threshold, level, category, area, max detections], the last index fastest: the largest precision at that recall or more.</summary>
    public required double[] Precision { get; init; }

    /// <summary>Like <see cref="Precision"/>: the score from which detections count at that recall.</summary>
    public required double[] Scores { get; init; }

    /// <summary>[threshold, category, area, max detections]: the largest recall.</summary>
    public required double[] Recall { get; init; }
}
