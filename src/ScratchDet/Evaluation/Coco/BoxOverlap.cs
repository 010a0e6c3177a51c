using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>Intersection over union of boxes, in double; boxes that only touch have 0, as has a box without area.</summary>
public sealed class BoxOverlap(CocoGroundTruth truth, CocoResults results) : InstanceOverlap
{
    public override void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps)
    {
        for (int g = 0; g < objects.Length; g++)
        {
            CocoObject item = truth.Objects[objects[g]];
            for (int d = 0; d < detections.Length; d++)
                overlaps[d * objects.Length + g] = Of(results.Detections[detections[d]].Box, item.Box, item.IsCrowd);
        }
    }

    /// <summary>The order of the operations is the reference evaluator's, so that the bits are too.</summary>
    public static double Of(CocoBox detection, CocoBox item, bool isCrowd)
    {
        double width = Math.Min(detection.Width + detection.X, item.Width + item.X) - Math.Max(detection.X, item.X);
        if (!(width > 0)) return 0;
        double height = Math.Min(detection.Height + detection.Y, item.Height + item.Y) - Math.Max(detection.Y, item.Y);
        if (!(height > 0)) return 0;
        double intersection = width * height;
        double union = isCrowd ? detection.Area : detection.Area + item.Area - intersection;
        return intersection / union;
    }
}
