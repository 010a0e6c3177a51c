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
                overlaps[(d * objects.Length) + g] = Of(detection, items[g], annotated.Span[objects[g]].IsCrowd, smallestNeeded);
        }
    }

    private static double Of(RunLengthMask detection, RunLengthMask item, bool isCrowd, double smallestNeeded)
    {
        if (detection.Height != item.Height || detection.Width != item.Width) return 0;
        // No more pixels in common than the smaller has, nor than the part that their boxes share. Of what is not needed,
        // even less is looked at: the areas alone settle most pairs.
        long most = Math.Min(detection.Area, item.Area);
        if (most == 0 || Ratio(most, detection, item, isCrowd) < smallestNeeded) return 0;
        most = Math.Min(most, SharedArea(detection.Box, item.Box));
        if (most == 0 || Ratio(most, detection, item, isCrowd) < smallestNeeded) return 0;
        return Ratio(detection.IntersectionArea(item), detection, item, isCrowd);
    }

    private static double Ratio(long intersection, RunLengthMask detection, RunLengthMask item, bool isCrowd) =>
        (double)intersection / (isCrowd ? detection.Area : detection.Area + item.Area - intersection);

    private static long SharedArea(in CocoBox a, in CocoBox b)
    {
        double width = Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X);
        double height = Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y);
        return width > 0 && height > 0 ? (long)(width * height) : 0;
    }
}
