namespace ScratchDet.Data;

/// <summary>What the training stream does where an epoch does not divide into batches.</summary>
public enum EpochEnd
{
    /// <summary>A batch goes on with the next epoch: every batch is full and every image is seen equally often.</summary>
    Continue,

    /// <summary>The images left over at the end of an epoch are dropped, others in each epoch.</summary>
    DropLast,

    /// <summary>The last batch of an epoch is smaller.</summary>
    KeepLast,
}

/// <summary>
/// Which samples make up step k of the infinite training stream. It is computed from (seed, epoch) alone, so a stream
/// can start at any step and needs no state. Safe to use from several threads.
/// </summary>
internal sealed class SampleOrder(int sampleCount, int batchSize, EpochEnd epochEnd, bool shuffle, ulong seed)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, int[]> orderByEpoch = [];

    /// <summary>Batches of one epoch; 0 when the epochs run into one another.</summary>
    public long StepsPerEpoch { get; } = epochEnd switch
    {
        EpochEnd.DropLast => sampleCount / batchSize,
        EpochEnd.KeepLast => (sampleCount + batchSize - 1) / batchSize,
        _ => 0,
    };

    /// <summary>(epoch, sample index) of every place in the batch of a step.</summary>
    public (long Epoch, int Index)[] Batch(long step)
    {
        (long epoch, long first) = StepsPerEpoch == 0
            ? Math.DivRem(checked(step * batchSize), sampleCount)
            : (step / StepsPerEpoch, step % StepsPerEpoch * batchSize);
        int count = epochEnd == EpochEnd.KeepLast ? (int)Math.Min(batchSize, sampleCount - first) : batchSize;
        var batch = new (long, int)[count];
        int[] order = Order(epoch);
        for (int i = 0; i < count; i++, first++)
        {
            if (first == sampleCount)
            {
                first = 0;
                order = Order(++epoch);
            }
            batch[i] = (epoch, order[first]);
        }
        return batch;
    }

    private int[] Order(long epoch)
    {
        lock (gate)
        {
            if (orderByEpoch.TryGetValue(epoch, out int[]? order)) return order;
            if (!shuffle)
            {
                order = new int[sampleCount];
                for (int i = 0; i < sampleCount; i++) order[i] = i;
            }
            else
            {
                order = Permutation.Of(sampleCount, Seeds.Generator(seed, "order", epoch));
            }
            if (orderByEpoch.Count >= 4) orderByEpoch.Remove(orderByEpoch.Keys.Min());   // workers span few epochs
            orderByEpoch[epoch] = order;
            return order;
        }
    }
}
