using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>Intersection over union of masks, counted in pixels. Masks of different sizes have 0, as have empty ones.</summary>
/// <param name="smallestNeeded">An overlap below it may be given as 0; that saves most of the counting.</param>
/// <exception cref="ArgumentException">Masks were not read.</exception>
public sealed class MaskOverlap(CocoGroundTruth truth, CocoResults results, double smallestNeeded = 0) : InstanceOverlap
{
    private readonly FlatList<CocoObject> annotated = new(truth.Objects);
    private readonly CocoMasks? annotatedMasks = truth.Masks ?? (truth.Objects.Count == 0 ? null : throw new ArgumentException("the masks of the objects were not read", nameof(truth)));
    private readonly CocoMasks? detectedMasks = results.Masks ?? (results.Detections.Count == 0 ? null : throw new ArgumentException("the masks of the detections were not read", nameof(results)));

    public override void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps)
    {
        var items = new RunLengthMask[objects.Length];
        for (int g = 0; g < objects.Length; g++) items[g] = annotatedMasks!.Of(objects[g]);
        for (int d = 0; d < detections.Length; d++)
        {
            RunLengthMask detection = detectedMasks!.Of(detections[d]);
            for (int g = 0; g < objects.Length; g++)
            {
                overlaps[(d * objects.Length) + g] = detection.IsAsLargeAs(items[g])
                    ? detection.IntersectionOverUnion(items[g], annotated.Span[objects[g]].IsCrowd, smallestNeeded)
                    : 0;
            }
        }
    }
}
