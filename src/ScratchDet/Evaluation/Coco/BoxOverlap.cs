using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>Intersection over union of boxes, in double; boxes that only touch have 0, as has a box without area.</summary>
public sealed class BoxOverlap(CocoGroundTruth truth, CocoResults results) : InstanceOverlap
{
    private readonly FlatList<CocoObject> annotated = new(truth.Objects);
    private readonly FlatList<CocoDetection> detected = new(results.Detections);

    public override void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps)
    {
        ReadOnlySpan<CocoObject> allObjects = annotated.Span;
        ReadOnlySpan<CocoDetection> allDetections = detected.Span;
        for (int g = 0; g < objects.Length; g++)
        {
            ref readonly CocoObject item = ref allObjects[objects[g]];
            CocoBox box = item.Box;
            bool isCrowd = item.IsCrowd;
            for (int d = 0; d < detections.Length; d++)
                overlaps[(d * objects.Length) + g] = Of(allDetections[detections[d]].Box, box, isCrowd);
        }
    }

    /// <summary>
    /// The order of the operations is the reference evaluator's, so that the bits are too: an overlap of exactly a
    /// threshold counts, and which of two equal overlaps is larger decides a match.
    /// </summary>
    /// <param name="isCrowd">Divides by the area of the detection alone: how much of it lies in the crowd.</param>
    public static double Of(in CocoBox detection, in CocoBox item, bool isCrowd)
    {
        double width = Math.Min(detection.Width + detection.X, item.Width + item.X) - Math.Max(detection.X, item.X);
        if (width <= 0) return 0;
        double height = Math.Min(detection.Height + detection.Y, item.Height + item.Y) - Math.Max(detection.Y, item.Y);
        if (height <= 0) return 0;
        double intersection = width * height;
        double union = isCrowd ? detection.Area : detection.Area + item.Area - intersection;
        return intersection / union;
    }
}
