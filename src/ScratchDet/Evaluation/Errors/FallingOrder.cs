namespace ScratchDet.Evaluation.Errors;

/// <summary>Orders by falling score in which equal scores keep their places.</summary>
internal static class FallingOrder
{
    /// <summary>Positions into <paramref name="scores"/>, the largest score first. No score may be NaN.</summary>
    public static int[] Of(ReadOnlySpan<double> scores)
    {
        var keys = new double[scores.Length];
        var order = new int[scores.Length];
        for (int i = 0; i < keys.Length; i++) (keys[i], order[i]) = (-scores[i], i);
        Array.Sort(keys, order);
        // Array.Sort leaves equal keys in any order: each run of them is put back into the order of its places.
        for (int start = 0; start < keys.Length;)
        {
            int end = start + 1;
            while (end < keys.Length && keys[end] == keys[start]) end++;
            if (end - start > 1) Array.Sort(order, start, end - start);
            start = end;
        }
        return order;
    }

    /// <summary>Sorts indices of detections in place: by falling score, equal scores by rising index. For short lists of rising indices.</summary>
    public static void Sort(Span<int> detections, ReadOnlySpan<double> scores)
    {
        if (detections.Length > InsertionLimit)
        {
            var own = new double[detections.Length];
            for (int i = 0; i < own.Length; i++) own[i] = scores[detections[i]];
            int[] order = Of(own), before = detections.ToArray();
            for (int i = 0; i < order.Length; i++) detections[i] = before[order[i]];
            return;
        }
        for (int i = 1; i < detections.Length; i++)
        {
            int moved = detections[i], place = i;
            for (; place > 0 && scores[detections[place - 1]] < scores[moved]; place--) detections[place] = detections[place - 1];
            detections[place] = moved;
        }
    }

    private const int InsertionLimit = 24;
}
