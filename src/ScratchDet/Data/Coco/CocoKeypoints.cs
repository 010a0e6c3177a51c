using System.Runtime.InteropServices;

namespace ScratchDet.Data.Coco;

/// <summary>Keypoints of many items, by the item's index: x, y, visibility (0: not labelled, 1: hidden, 2: visible), one after another.</summary>
public sealed class CocoKeypoints
{
    private readonly List<double> numbers = [];
    private readonly List<int> ends = [];
    private readonly List<int> labelledCounts = [];

    public int Count => ends.Count;

    /// <summary>Adds the keypoints of the next item; none is allowed.</summary>
    /// <param name="labelledCount">num_keypoints of the file; negative when it does not say: the visible and hidden ones are counted then.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of 3.</exception>
    public void Add(ReadOnlySpan<double> triples, int labelledCount = -1)
    {
        if (triples.Length % 3 != 0) throw new ArgumentException($"{triples.Length} numbers are no triples of x, y, visibility", nameof(triples));
        if (labelledCount < 0)
        {
            labelledCount = 0;
            for (int i = 2; i < triples.Length; i += 3) labelledCount += triples[i] > 0 ? 1 : 0;
        }
        numbers.AddRange(triples);
        ends.Add(numbers.Count);
        labelledCounts.Add(labelledCount);
    }

    /// <summary>x, y, visibility of each keypoint; valid until the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<double> Of(int item)
    {
        int start = item == 0 ? 0 : ends[item - 1];
        return CollectionsMarshal.AsSpan(numbers)[start..ends[item]];
    }

    /// <summary>num_keypoints: an object with none does not count in the evaluation.</summary>
    public int LabelledCount(int item) => labelledCounts[item];

    /// <summary>Those items, in that order.</summary>
    internal CocoKeypoints Chosen(ReadOnlySpan<int> items)
    {
        var chosen = new CocoKeypoints();
        foreach (int item in items) chosen.Add(Of(item), LabelledCount(item));
        return chosen;
    }
}
