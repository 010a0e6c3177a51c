using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>Intersection over union of masks, counted in pixels. Masks of images of different sizes have 0, as have empty ones.</summary>
/// <param name="smallestNeeded">An overlap below it may be given as 0; that saves most of the counting.</param>
/// <exception cref="ArgumentException">Masks were not read.</exception>
public sealed class MaskOverlap(CocoGroundTruth truth, CocoResults results, double smallestNeeded = 0) : InstanceOverlap
{
    private readonly FlatList<CocoObject> annotated = new(truth.Objects);
    private readonly CocoMasks? annotatedMasks = truth.Masks ?? (truth.Objects.Count == 0 ? null : throw new ArgumentException("the masks of the objects were not read", nameof(truth)));
    private readonly CocoMasks? detectedMasks = results.Masks ?? (results.Detections.Count == 0 ? null : throw new ArgumentException("the masks of the detections were not read", nameof(results)));

    public override void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps)
    {
        var shapes = new MaskShape[objects.Length];
        for (int g = 0; g < objects.Length; g++) shapes[g] = MaskShape.Of(annotatedMasks!.Of(objects[g]));
        for (int d = 0; d < detections.Length; d++)
        {
            MaskShape found = MaskShape.Of(detectedMasks!.Of(detections[d]));
            for (int g = 0; g < objects.Length; g++)
                overlaps[(d * objects.Length) + g] = Of(found, shapes[g], annotated.Span[objects[g]].IsCrowd, smallestNeeded);
        }
    }

    /// <param name="isCrowd">Divides by the area of the detection alone: how much of it lies in the crowd.</param>
    public static double Of(RunLengthMask detection, RunLengthMask item, bool isCrowd) => Of(MaskShape.Of(detection), MaskShape.Of(item), isCrowd, smallestNeeded: 0);

    private static double Of(in MaskShape detection, in MaskShape item, bool isCrowd, double smallestNeeded)
    {
        if (detection.Mask.Height != item.Mask.Height || detection.Mask.Width != item.Mask.Width) return 0;
        // No more pixels in common than either mask has, or the part that their boxes share.
        long most = Math.Min(Math.Min(detection.Area, item.Area), MaskShape.SharedBox(detection, item));
        if (most <= 0) return 0;
        // The same division as below, so that a bound is never under the overlap it bounds.
        if (Ratio(most, detection.Area, item.Area, isCrowd) < smallestNeeded) return 0;
        return Ratio(MaskShape.Intersection(detection, item), detection.Area, item.Area, isCrowd);
    }

    private static double Ratio(long intersection, long detectionArea, long itemArea, bool isCrowd) =>
        (double)intersection / (isCrowd ? detectionArea : detectionArea + itemArea - intersection);
}

/// <summary>A mask with its area and the box around it; rows and columns from 0, both ends included.</summary>
internal readonly record struct MaskShape(RunLengthMask Mask, long Area, long Left, long Right, long Top, long Bottom)
{
    public static MaskShape Of(RunLengthMask mask)
    {
        long area = 0, height = mask.Height;
        long column = 0, row = 0; // where the next run begins
        long left = long.MaxValue, right = -1, top = long.MaxValue, bottom = -1;
        ReadOnlySpan<uint> runs = mask.Runs;
        for (int i = 0; i < runs.Length; i++)
        {
            uint run = runs[i];
            bool isSet = (i & 1) != 0 && run != 0;
            if (isSet)
            {
                area += run;
                left = Math.Min(left, column);
                top = Math.Min(top, row);
            }
            row += run;
            if (row >= height && height > 0)
            {
                // A run that goes on into the next column covers the end of this one and the beginning of that one.
                long columns = row < 2 * height ? 1 : row / height;
                column += columns;
                row -= columns * height;
                if (isSet)
                {
                    bottom = height - 1;
                    if (columns > 1 || row > 0) top = 0;
                }
            }
            if (isSet)
            {
                right = row > 0 ? column : column - 1;
                bottom = Math.Max(bottom, row > 0 ? row - 1 : height - 1);
            }
        }
        return new MaskShape(mask, area, left, right, top, bottom);
    }

    /// <summary>Pixels of the part that two boxes share, at most 0 when they share none.</summary>
    public static long SharedBox(in MaskShape first, in MaskShape second)
    {
        long width = Math.Min(first.Right, second.Right) - Math.Max(first.Left, second.Left) + 1;
        long height = Math.Min(first.Bottom, second.Bottom) - Math.Max(first.Top, second.Top) + 1;
        return width <= 0 || height <= 0 ? 0 : width * height;
    }

    /// <summary>Pixels that both masks have; the masks are of one size.</summary>
    public static long Intersection(in MaskShape first, in MaskShape second)
    {
        ReadOnlySpan<uint> a = first.Mask.Runs, b = second.Mask.Runs;
        if (a.Length < 2 || b.Length < 2) return 0;
        long startA = a[0], endA = startA + a[1], startB = b[0], endB = startB + b[1];
        long shared = 0;
        int i = 1, j = 1;
        while (true)
        {
            long overlap = Math.Min(endA, endB) - Math.Max(startA, startB);
            if (overlap > 0) shared += overlap;
            if (endA < endB)
            {
                if ((i += 2) >= a.Length) return shared;
                startA = endA + a[i - 1];
                endA = startA + a[i];
            }
            else
            {
                if ((j += 2) >= b.Length) return shared;
                startB = endB + b[j - 1];
                endB = startB + b[j];
            }
        }
    }
}
