using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>The score threshold at which a detector's F1, 2 TP / (2 TP + FP + FN) over all classes and images, is largest.</summary>
/// <param name="ScoreThreshold">Detections with at least this score are kept. 0.5 when nothing was found at any score.</param>
public sealed record OperatingPoint(double ScoreThreshold, double F1, double Precision, double Recall)
{
    private const double WithoutTruePositives = 0.5;

    /// <summary>Detections are matched within their class as the COCO evaluator does; crowds and ignored objects do not count.</summary>
    /// <param name="overlap">Null compares boxes.</param>
    public static OperatingPoint Best(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, double iouThreshold = 0.5, int detectionsPerImage = 100,
        CancellationToken cancellation = default) =>
        Best(truth, MatchedDetections.Of(truth, results, overlap ?? new BoxOverlap(truth, results), iouThreshold, detectionsPerImage, cancellation));

    internal static OperatingPoint Best(CocoGroundTruth truth, IReadOnlyList<MatchedDetection> matched)
    {
        int objects = 0;
        foreach (CocoObject item in truth.Objects)
            if (!item.IsCrowd && !item.Ignore) objects++;
        var scores = new double[matched.Count];
        for (int i = 0; i < scores.Length; i++) scores[i] = matched[i].Score;
        int[] order = ScoreOrder.Of(scores);
        var best = new OperatingPoint(WithoutTruePositives, 0, 0, 0);
        int truePositives = 0, kept = 0;
        for (int i = 0; i < order.Length; i++)
        {
            DetectionOutcome outcome = matched[order[i]].Outcome;
            if (outcome == DetectionOutcome.TruePositive) truePositives++;
            if (outcome != DetectionOutcome.Ignored) kept++;
            // A threshold cannot tell equal scores apart.
            if (i + 1 < order.Length && scores[order[i + 1]] == scores[order[i]]) continue;
            double f1 = 2.0 * truePositives / Math.Max(1, kept + objects);
            if (f1 > best.F1) best = new OperatingPoint(scores[order[i]], f1, (double)truePositives / kept, (double)truePositives / objects);
        }
        return best;
    }
}
