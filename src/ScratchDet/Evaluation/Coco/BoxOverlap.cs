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
                overlaps[(d * objects.Length) + g] = allDetections[detections[d]].Box.IntersectionOverUnion(box, isCrowd);
        }
    }
}
