using System.Numerics;

namespace ScratchDet.Boxes;

/// <summary>A default box and its IoU with an object.</summary>
internal readonly record struct BoxOverlap(int BoxIndex, float Iou);

/// <summary>
/// IoU of one object with every default box, several boxes at a time. Pixels of the default boxes' image. Vector and
/// tail do the same float operations, so the results do not depend on the vector width.
/// </summary>
internal static class BoxOverlaps
{
    /// <summary>
    /// Raises bestIou (and sets bestObject) where this object's IoU is larger than what is there; an earlier object
    /// keeps ties. Returns the box with the largest IoU, the first one of equals (index 0, IoU 0 when none overlaps).
    /// </summary>
    public static BoxOverlap Accumulate(
        DefaultBoxSet boxes, Box candidate, int objectIndex, Span<float> bestIou, Span<int> bestObject)
    {
        int lanes = Vector<float>.Count, i = 0;
        var largest = new LargestLane();
        var area = new Vector<float>(candidate.Area);
        var objectLane = new Vector<int>(objectIndex);
        for (; i <= boxes.Count - lanes; i += lanes)
        {
            Vector<float> iou = Iou(boxes, i, candidate, area);
            var best = new Vector<float>(bestIou[i..]);
            Vector<int> isLarger = Vector.GreaterThan(iou, best);
            Vector.ConditionalSelect(isLarger, iou, best).CopyTo(bestIou[i..]);
            Vector.ConditionalSelect(isLarger, objectLane, new Vector<int>(bestObject[i..])).CopyTo(bestObject[i..]);
            largest.Offer(iou, i);
        }
        BoxOverlap top = largest.Reduce();
        for (; i < boxes.Count; i++)
        {
            float iou = Iou(boxes, i, candidate);
            if (iou > bestIou[i]) (bestIou[i], bestObject[i]) = (iou, objectIndex);
            if (iou > top.Iou) top = new BoxOverlap(i, iou);
        }
        return top.Iou > 0 ? top : default;
    }

    /// <summary>The box with the largest IoU among those whose matchedObject is -1, the first of equals; IoU -1 when none is left.</summary>
    public static BoxOverlap LargestUnmatched(DefaultBoxSet boxes, Box candidate, ReadOnlySpan<int> matchedObject)
    {
        int lanes = Vector<float>.Count, i = 0;
        var largest = new LargestLane();
        var area = new Vector<float>(candidate.Area);
        for (; i <= boxes.Count - lanes; i += lanes)
        {
            Vector<int> isFree = Vector.Equals(new Vector<int>(matchedObject[i..]), -Vector<int>.One);
            largest.Offer(Vector.ConditionalSelect(isFree, Iou(boxes, i, candidate, area), -Vector<float>.One), i);
        }
        BoxOverlap top = largest.Reduce();
        for (; i < boxes.Count; i++)
        {
            if (matchedObject[i] != -1) continue;
            float iou = Iou(boxes, i, candidate);
            if (iou > top.Iou) top = new BoxOverlap(i, iou);
        }
        return top;
    }

    private static Vector<float> Iou(DefaultBoxSet boxes, int start, Box candidate, Vector<float> area)
    {
        Vector<float> width = Vector.Min(new Vector<float>(boxes.XMax, start), new Vector<float>(candidate.XMax))
            - Vector.Max(new Vector<float>(boxes.XMin, start), new Vector<float>(candidate.XMin));
        Vector<float> height = Vector.Min(new Vector<float>(boxes.YMax, start), new Vector<float>(candidate.YMax))
            - Vector.Max(new Vector<float>(boxes.YMin, start), new Vector<float>(candidate.YMin));
        Vector<float> intersection = Vector.Max(width, Vector<float>.Zero) * Vector.Max(height, Vector<float>.Zero);
        return intersection / (area + new Vector<float>(boxes.Area, start) - intersection);
    }

    private static float Iou(DefaultBoxSet boxes, int index, Box candidate)
    {
        float width = MathF.Min(boxes.XMax[index], candidate.XMax) - MathF.Max(boxes.XMin[index], candidate.XMin);
        float height = MathF.Min(boxes.YMax[index], candidate.YMax) - MathF.Max(boxes.YMin[index], candidate.YMin);
        float intersection = MathF.Max(width, 0) * MathF.Max(height, 0);
        return intersection / (candidate.Area + boxes.Area[index] - intersection);
    }

    /// <summary>Keeps the largest value of each lane with the first index that had it.</summary>
    private struct LargestLane()
    {
        private Vector<float> values = -Vector<float>.One;
        private Vector<int> indices = Vector<int>.Zero;

        public void Offer(Vector<float> offered, int start)
        {
            Vector<int> isLarger = Vector.GreaterThan(offered, values);
            values = Vector.ConditionalSelect(isLarger, offered, values);
            indices = Vector.ConditionalSelect(isLarger, Vector<int>.Indices + new Vector<int>(start), indices);
        }

        public readonly BoxOverlap Reduce()
        {
            var top = new BoxOverlap(0, -1);
            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                if (values[lane] > top.Iou || (values[lane] == top.Iou && indices[lane] < top.BoxIndex))
                    top = new BoxOverlap(indices[lane], values[lane]);
            }
            return top;
        }
    }
}
