using System.Buffers;
using System.Numerics;

namespace ScratchDet.Boxes;

/// <summary>
/// Candidates (score, class, box) of one image, handed out by falling score; equal scores by class, then by box. An
/// untrained net has 100,000 candidates of which a few thousand are looked at, so they are put into buckets by score and
/// a bucket is sorted only when its turn comes.
/// </summary>
internal sealed class CandidateQueue(int boxCount) : IDisposable
{
    private const int BucketBits = 13;

    // High half: inverted bits of the score, low half: class * boxCount + box; so ascending keys are the wanted order.
    private ulong[] keys = ArrayPool<ulong>.Shared.Rent(4096);
    private ulong[]? bucketed;
    private int[]? bucketEnds;
    private int bucket, bucketCount, position, sortedEnd;

    public int Count { get; private set; }

    /// <param name="score">Positive, because only then do its bits order like its value.</param>
    public void Add(float score, int classIndex, int boxIndex)
    {
        if (Count == keys.Length) Grow();
        uint place = (uint)classIndex * (uint)boxCount + (uint)boxIndex;
        keys[Count++] = ((ulong)~BitConverter.SingleToUInt32Bits(score) << 32) | place;
    }

    /// <summary>The next candidate; false when all are gone. No <see cref="Add"/> after the first call.</summary>
    public bool TryTake(out float score, out int classIndex, out int boxIndex)
    {
        if (bucketed is null) FillBuckets();
        while (position == sortedEnd)
        {
            if (bucket == bucketCount)
            {
                (score, classIndex, boxIndex) = (0, -1, -1);
                return false;
            }
            sortedEnd = bucketEnds![bucket++];
            bucketed.AsSpan(position, sortedEnd - position).Sort();
        }
        ulong key = bucketed![position++];
        score = BitConverter.UInt32BitsToSingle(~(uint)(key >> 32));
        (uint quotient, uint remainder) = Math.DivRem((uint)key, (uint)boxCount);
        (classIndex, boxIndex) = ((int)quotient, (int)remainder);
        return true;
    }

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(keys);
        if (bucketed is not null) ArrayPool<ulong>.Shared.Return(bucketed);
        if (bucketEnds is not null) ArrayPool<int>.Shared.Return(bucketEnds);
    }

    private void Grow()
    {
        ulong[] larger = ArrayPool<ulong>.Shared.Rent(keys.Length * 2);
        keys.AsSpan().CopyTo(larger);
        ArrayPool<ulong>.Shared.Return(keys);
        keys = larger;
    }

    /// <summary>Counting sort by the leading bits of the span of scores that is there.</summary>
    private void FillBuckets()
    {
        ReadOnlySpan<ulong> filled = keys.AsSpan(0, Count);
        uint lowest = uint.MaxValue, highest = 0;
        foreach (ulong key in filled)
        {
            uint high = (uint)(key >> 32);
            lowest = Math.Min(lowest, high);
            highest = Math.Max(highest, high);
        }
        uint range = Count == 0 ? 0 : highest - lowest;
        int shift = Math.Max(0, 32 - BitOperations.LeadingZeroCount(range) - BucketBits);
        bucketCount = Count == 0 ? 0 : (int)(range >> shift) + 1;

        bucketed = ArrayPool<ulong>.Shared.Rent(Math.Max(1, Count));
        bucketEnds = ArrayPool<int>.Shared.Rent(bucketCount + 1);
        Span<int> ends = bucketEnds.AsSpan(0, bucketCount + 1);
        ends.Clear();
        foreach (ulong key in filled)
            ends[(int)(((uint)(key >> 32) - lowest) >> shift) + 1]++;
        for (int b = 1; b <= bucketCount; b++)
            ends[b] += ends[b - 1];
        foreach (ulong key in filled) // ends[b] runs from the start of bucket b to its end
            bucketed[ends[(int)(((uint)(key >> 32) - lowest) >> shift)]++] = key;
    }
}
