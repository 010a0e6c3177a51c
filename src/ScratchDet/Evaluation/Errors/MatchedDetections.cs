using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>A detection with what became of it when matched within its class.</summary>
/// <param name="ObjectIndex">Index into <see cref="CocoGroundTruth.Objects"/> of the object it took; -1 without one.</param>
internal readonly record struct MatchedDetection(int DetectionIndex, int Image, int Category, double Score, DetectionFate Fate, int ObjectIndex);

/// <summary>Every detection matched at one overlap, class by class, and where a score threshold serves best.</summary>
internal static class MatchedDetections
{
    /// <summary>Class after class, in the order of <see cref="CategoryInstances.Detections"/>; detections beyond the limit are not there.</summary>
    public static List<MatchedDetection> Of(CocoGroundTruth truth, CocoResults results, InstanceOverlap overlap, double iouThreshold, int detectionsPerImage)
    {
        var all = new List<MatchedDetection>(results.Detections.Count);
        foreach (CategoryInstances one in CategoryInstances.Of(truth, results, overlap, detectionsPerImage))
        {
            (bool[] counts, bool[] crowds) = one.ObjectFlags(truth);
            var fates = new DetectionFate[one.Detections.Length];
            var taken = new int[one.Detections.Length];
            one.Match(iouThreshold, counts, crowds, [], fates, taken);
            for (int d = 0; d < fates.Length; d++)
                all.Add(new MatchedDetection(one.Detections[d], one.ImageOfDetection[d], one.Category, one.Scores[d], fates[d], taken[d] < 0 ? -1 : one.Objects[taken[d]]));
        }
        return all;
    }
}
