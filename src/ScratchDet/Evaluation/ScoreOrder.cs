using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation;

/// <summary>Sorts by falling score; items of equal score keep their order. A radix sort, so the time grows with the number of items.</summary>
internal sealed class ScoreOrder
{
    private const int FewItems = 40;
    private const int Digits = 8;
    private const int DigitValues = 256;

    private readonly int[] counts = new int[Digits * DigitValues];
    private (ulong Key, int Item)[] current = [];
    private (ulong Key, int Item)[] other = [];

    /// <summary>The indices of the scores, that of the largest first.</summary>
    /// <param name="scores">Without NaN.</param>
    public static int[] Of(ReadOnlySpan<double> scores)
    {
        var order = new int[scores.Length];
        new ScoreOrder().Sort(scores, order);
        return order;
    }

    /// <summary>Gives each place in the order the index of its score.</summary>
    /// <param name="scores">Without NaN.</param>
    public void Sort(ReadOnlySpan<double> scores, Span<int> order)
    {
        Reserve(scores.Length);
        for (int i = 0; i < scores.Length; i++) current[i] = (FallingKey(scores[i]), i);
        SortCurrent(order[..scores.Length]);
    }

    /// <summary>Sorts indices of detections in place.</summary>
    public void Sort(Span<int> indices, ReadOnlySpan<CocoDetection> detections)
    {
        Reserve(indices.Length);
        for (int i = 0; i < indices.Length; i++) current[i] = (FallingKey(detections[indices[i]].Score), indices[i]);
        SortCurrent(indices);
    }

    private void Reserve(int count)
    {
        if (current.Length < count) (current, other) = (new (ulong, int)[count], new (ulong, int)[count]);
    }

    private void SortCurrent(Span<int> order)
    {
        if (order.Length <= FewItems)
            Insert(current.AsSpan(0, order.Length));
        else
            Distribute(order.Length);
        for (int i = 0; i < order.Length; i++) order[i] = current[i].Item;
    }

    /// <summary>A number that falls where the score rises; equal for 0 and -0.</summary>
    private static ulong FallingKey(double score)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(score + 0.0);
        ulong rising = (bits >> 63) == 0 ? bits | (1UL << 63) : ~bits;
        return ~rising;
    }

    private static void Insert(Span<(ulong Key, int Item)> items)
    {
        for (int i = 1; i < items.Length; i++)
        {
            (ulong Key, int Item) item = items[i];
            int place = i;
            for (; place > 0 && items[place - 1].Key > item.Key; place--) items[place] = items[place - 1];
            items[place] = item;
        }
    }

    private void Distribute(int count)
    {
        Array.Clear(counts);
        for (int i = 0; i < count; i++)
        {
            ulong key = current[i].Key;
            for (int digit = 0; digit < Digits; digit++) counts[(digit * DigitValues) + (int)(key >> (8 * digit) & 255)]++;
        }
        for (int digit = 0; digit < Digits; digit++)
        {
            Span<int> next = counts.AsSpan(digit * DigitValues, DigitValues);
            int shift = 8 * digit;
            if (next[(int)(current[0].Key >> shift & 255)] == count) continue; // all have the same digit
            int start = 0;
            for (int value = 0; value < DigitValues; value++) (next[value], start) = (start, start + next[value]);
            for (int i = 0; i < count; i++) other[next[(int)(current[i].Key >> shift & 255)]++] = current[i];
            (current, other) = (other, current);
        }
    }
}
