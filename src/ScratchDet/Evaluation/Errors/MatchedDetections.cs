using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>A detection with what became of it when matched within its class.</summary>
internal readonly record struct MatchedDetection(int Image, int Category, double Score, DetectionOutcome Outcome);

/// <summary>Every detection matched within its class at one overlap, as the COCO evaluator does.</summary>
internal sealed class MatchedDetections(CocoGroundTruth truth, double iouThreshold)
{
    private readonly List<MatchedDetection> all = [];

    /// <summary>Class after class, in the order of <see cref="CategoryInstances.Detections"/>; detections beyond the limit are not there.</summary>
    public IReadOnlyList<MatchedDetection> All => all;

    public static IReadOnlyList<MatchedDetection> Of(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap overlap, double iouThreshold, int detectionsPerImage, CancellationToken cancellation)
    {
        var matched = new MatchedDetections(truth, iouThreshold);
        foreach (CategoryInstances category in CategoryInstances.Of(truth, results, overlap, detectionsPerImage, cancellation)) matched.Add(category);
        return matched.All;
    }

    /// <summary>Matches the next category.</summary>
    public void Add(CategoryInstances category)
    {
        (bool[] counts, bool[] crowds) = category.ObjectFlags(truth);
        var outcomes = new DetectionOutcome[category.Detections.Length];
        category.Match(iouThreshold, counts, crowds, [], outcomes);
        for (int d = 0; d < outcomes.Length; d++)
            all.Add(new MatchedDetection(category.ImageOfDetection[d], category.Category, category.Scores[d], outcomes[d]));
    }
}
