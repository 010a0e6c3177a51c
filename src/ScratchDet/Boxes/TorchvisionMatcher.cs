using System.Buffers;

namespace ScratchDet.Boxes;

/// <summary>
/// The matching of torchvision 0.14 (SSDMatcher), shared by other ports: every default box takes its best object if the
/// IoU reaches the threshold; then every object takes the box that fits it best, whatever that box had. When two objects
/// share their best box the later one gets it and the earlier one may end without any.
/// </summary>
public sealed record TorchvisionMatcher(float PositiveIouThreshold = 0.5f) : IBoxMatcher
{
    /// <inheritdoc/>
    public void Match(DefaultBoxSet defaultBoxes, ReadOnlySpan<Box> objects, Span<int> matchedObject, Span<float> bestIou)
    {
        MatcherSpans.Require(defaultBoxes, matchedObject, bestIou);
        matchedObject.Fill(-1);
        bestIou.Clear();
        if (objects.IsEmpty) return;

        int[] bestObject = ArrayPool<int>.Shared.Rent(defaultBoxes.Count);
        int[] forcedBox = ArrayPool<int>.Shared.Rent(objects.Length);
        try
        {
            for (int o = 0; o < objects.Length; o++)
                forcedBox[o] = BoxOverlaps.Accumulate(defaultBoxes, objects[o], o, bestIou, bestObject).BoxIndex;
            for (int i = 0; i < matchedObject.Length; i++)
            {
                if (bestIou[i] >= PositiveIouThreshold && bestIou[i] > 0) matchedObject[i] = bestObject[i];
            }
            for (int o = 0; o < objects.Length; o++)
                matchedObject[forcedBox[o]] = o;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(bestObject);
            ArrayPool<int>.Shared.Return(forcedBox);
        }
    }
}
