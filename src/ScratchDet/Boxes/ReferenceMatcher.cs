using System.Buffers;

namespace ScratchDet.Boxes;

/// <summary>
/// The matching of the reference SSD (arXiv 1512.02325, section 2.2). First bipartite: of all pairs of a free default
/// box and a waiting object with IoU over 1e-6 the largest is fixed, again and again, so that two objects that want the
/// same box both get one. Then every free box takes its best object if the IoU reaches the threshold. Among equal IoUs
/// the lower box index, then the lower object index, comes first.
/// </summary>
public sealed record ReferenceMatcher(float PositiveIouThreshold = 0.5f) : IBoxMatcher
{
    private const float SmallestBipartiteIou = 1e-6f;

    /// <inheritdoc/>
    public void Match(DefaultBoxSet defaultBoxes, ReadOnlySpan<Box> objects, Span<int> matchedObject, Span<float> bestIou)
    {
        MatcherSpans.Require(defaultBoxes, matchedObject, bestIou);
        matchedObject.Fill(-1);
        bestIou.Clear();
        if (objects.IsEmpty) return;

        int[] bestObject = ArrayPool<int>.Shared.Rent(defaultBoxes.Count);
        BoxOverlap[] wanted = ArrayPool<BoxOverlap>.Shared.Rent(objects.Length);
        try
        {
            for (int o = 0; o < objects.Length; o++)
                wanted[o] = BoxOverlaps.Accumulate(defaultBoxes, objects[o], o, bestIou, bestObject);
            MatchBipartite(defaultBoxes, objects, wanted.AsSpan(0, objects.Length), matchedObject);
            for (int i = 0; i < matchedObject.Length; i++)
            {
                if (bestIou[i] >= PositiveIouThreshold && bestIou[i] > 0 && matchedObject[i] < 0) matchedObject[i] = bestObject[i];
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(bestObject);
            ArrayPool<BoxOverlap>.Shared.Return(wanted);
        }
    }

    /// <summary>
    /// An object's wanted box may have been taken meanwhile; its IoU is then still an upper bound of what the object can
    /// get, so looking again only when such a pair comes first gives the same pairs as a search over all of them.
    /// </summary>
    private static void MatchBipartite(
        DefaultBoxSet defaultBoxes, ReadOnlySpan<Box> objects, Span<BoxOverlap> wanted, Span<int> matchedObject)
    {
        while (true)
        {
            int first = FirstInLine(wanted);
            if (first < 0) return;
            int boxIndex = wanted[first].BoxIndex;
            if (matchedObject[boxIndex] < 0)
            {
                matchedObject[boxIndex] = first;
                wanted[first] = new BoxOverlap(0, -1);
            }
            else
            {
                wanted[first] = BoxOverlaps.LargestUnmatched(defaultBoxes, objects[first], matchedObject);
            }
        }
    }

    private static int FirstInLine(ReadOnlySpan<BoxOverlap> wanted)
    {
        int first = -1;
        for (int o = 0; o < wanted.Length; o++)
        {
            if (wanted[o].Iou <= SmallestBipartiteIou) continue;
            if (first < 0 || wanted[o].Iou > wanted[first].Iou
                || (wanted[o].Iou == wanted[first].Iou && wanted[o].BoxIndex < wanted[first].BoxIndex))
            {
                first = o;
            }
        }
        return first;
    }
}
