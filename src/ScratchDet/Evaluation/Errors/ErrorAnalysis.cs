using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>Everything that can be said of one run's detections.</summary>
/// <param name="Operating">The score threshold of the confusion matrix and the ranking when none was given.</param>
/// <param name="Calibration">Null when a score is not from 0 to 1.</param>
public sealed record ErrorAnalysis(
    int ImageCount, int ObjectCount, int DetectionCount, OperatingPoint Operating, ErrorSplit Split, ConfusionMatrix Confusion,
    BinnedAveragePrecision BySize, BinnedAveragePrecision ByAspect, ScoreCalibration? Calibration, ImageRanking Ranking)
{
    /// <param name="overlap">Null compares boxes.</param>
    /// <param name="scoreThreshold">Of the confusion matrix and the ranking; null takes the score with the best F1.</param>
    public static ErrorAnalysis Compute(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, double? scoreThreshold = null, ErrorSplitOptions? split = null, CancellationToken cancellation = default)
    {
        overlap ??= new BoxOverlap(truth, results);
        OperatingPoint operating = OperatingPoint.Best(truth, results, overlap);
        double score = scoreThreshold ?? operating.ScoreThreshold;
        cancellation.ThrowIfCancellationRequested();
        ErrorSplit errors = ErrorSplit.Compute(truth, results, overlap, split);
        cancellation.ThrowIfCancellationRequested();
        ConfusionMatrix confusion = ConfusionMatrix.Compute(truth, results, overlap, new() { ScoreThreshold = score });
        cancellation.ThrowIfCancellationRequested();
        BinnedAveragePrecision bySize = BinnedAveragePrecision.BySize(truth, results, overlap);
        cancellation.ThrowIfCancellationRequested();
        return new ErrorAnalysis(
            truth.Images.Count, truth.Objects.Count, results.Detections.Count, operating, errors, confusion,
            bySize, BinnedAveragePrecision.ByAspect(truth, results, overlap),
            ScoreCalibration.HasProbabilities(results) ? ScoreCalibration.Compute(truth, results, overlap) : null,
            ImageRanking.Compute(truth, results, overlap, new() { ScoreThreshold = score }));
    }
}
