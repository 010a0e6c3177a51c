using System.Runtime.InteropServices;

namespace ScratchDet.Data.Coco;

/// <summary>Keypoints of many items, by the item's index: x, y, visibility (0: not labelled, 1: hidden, 2: visible), one after another.</summary>
public sealed class CocoKeypoints
{
    private readonly List<double> numbers = [];
    private readonly List<int> ends = [];

    public int Count => ends.Count;

    /// <summary>Adds the keypoints of the next item; none is allowed.</summary>
    /// <exception cref="ArgumentException">The length is not a multiple of 3.</exception>
    public void Add(ReadOnlySpan<double> triples)
    {
        if (triples.Length % 3 != 0) throw new ArgumentException($"{triples.Length} numbers are no triples of x, y, visibility", nameof(triples));
        numbers.AddRange(triples);
        ends.Add(numbers.Count);
    }

    /// <summary>x, y, visibility of each keypoint; valid until the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<double> Of(int item)
    {
        int start = item == 0 ? 0 : ends[item - 1];
        return CollectionsMarshal.AsSpan(numbers)[start..ends[item]];
    }
}
