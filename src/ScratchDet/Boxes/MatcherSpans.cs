namespace ScratchDet.Boxes;

internal static class MatcherSpans
{
    public static void Require(DefaultBoxSet defaultBoxes, Span<int> matchedObject, Span<float> bestIou)
    {
        if (matchedObject.Length != defaultBoxes.Count)
            throw new ArgumentException($"{matchedObject.Length} places for {defaultBoxes.Count} default boxes", nameof(matchedObject));
        if (bestIou.Length != defaultBoxes.Count)
            throw new ArgumentException($"{bestIou.Length} places for {defaultBoxes.Count} default boxes", nameof(bestIou));
    }
}
