using ScratchDet.Data.Augment;

namespace ScratchDet.Data;

/// <summary>How <see cref="Loader{TBatch}"/> groups, orders and prefetches.</summary>
public sealed record LoaderSpec
{
    public int BatchSize { get; init; } = 8;

    /// <summary>The run's seed: the orders of the epochs and the augmentation of every sample derive from it.</summary>
    public ulong Seed { get; init; }

    /// <summary>A new order in every epoch; false keeps the order of the data.</summary>
    public bool Shuffle { get; init; } = true;

    public EpochEnd EpochEnd { get; init; } = EpochEnd.Continue;

    /// <summary>Threads that decode, augment and collate; each makes whole batches. The batches do not depend on it.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Batches finished or in the making beyond the one handed out last.</summary>
    public int Prefetch { get; init; } = 4;
}

/// <summary>
/// Batches of augmented images, made ahead on worker threads. A sample's randomness comes from (seed, epoch, place in
/// the data) alone, so threads never change a batch and a stream started at step k equals the uninterrupted one.
/// </summary>
/// <typeparam name="TBatch">What <c>collate</c> makes, for example tensors. Batches that were made but never handed out
/// are disposed when <typeparamref name="TBatch"/> is disposable; the others belong to the consumer.</typeparam>
public sealed class Loader<TBatch> : IDisposable
{
    private readonly IReadOnlyList<Sample> samples;
    private readonly ImageDecoder decode;
    private readonly Pipeline pipeline;
    private readonly Func<IReadOnlyList<LoadedSample>, long, TBatch> collate;
    private readonly LoaderSpec spec;
    private readonly SampleOrder order;
    private readonly Lock gate = new();
    private readonly HashSet<Prefetcher<TBatch>> running = [];
    private bool disposed;

    /// <param name="decode">Reads an image; called from the workers. <see cref="ImageCache.Decode"/> keeps what fits in memory.</param>
    /// <param name="collate">Makes the batch of a step; called from the workers, for several steps at once.</param>
    /// <exception cref="ArgumentException">No samples, or fewer than a batch while the last batch is dropped.</exception>
    public Loader(
        IReadOnlyList<Sample> samples, ImageDecoder decode, Pipeline pipeline,
        Func<IReadOnlyList<LoadedSample>, long, TBatch> collate, LoaderSpec spec)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(spec.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(spec.Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(spec.Prefetch, 1);
        if (samples.Count == 0)
            throw new ArgumentException("there are no samples to load", nameof(samples));
        if (spec.EpochEnd == EpochEnd.DropLast && samples.Count < spec.BatchSize)
            throw new ArgumentException($"{samples.Count} samples are fewer than a batch of {spec.BatchSize}, and the last batch is dropped: nothing is left", nameof(samples));
        (this.samples, this.decode, this.pipeline, this.collate, this.spec) = (samples, decode, pipeline, collate, spec);
        order = new SampleOrder(samples.Count, spec.BatchSize, spec.EpochEnd, spec.Shuffle, spec.Seed);
    }

    /// <summary>The infinite training stream from a step on. Leaving the enumeration joins the workers.</summary>
    /// <exception cref="BadInputException">While enumerating: a sample cannot be read; thrown promptly, before finished batches.</exception>
    /// <exception cref="OperationCanceledException">While enumerating: cancelled.</exception>
    public IEnumerable<TBatch> Batches(long firstStep = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        return Enumerate(firstStep, long.MaxValue, order, cancellation);
    }

    /// <summary>Every sample once, in the order of the data, the last batch maybe smaller: for evaluation.</summary>
    /// <inheritdoc cref="Batches" path="/exception"/>
    public IEnumerable<TBatch> Once(CancellationToken cancellation = default)
    {
        var sequential = new SampleOrder(samples.Count, spec.BatchSize, EpochEnd.KeepLast, shuffle: false, spec.Seed);
        return Enumerate(0, sequential.StepsPerEpoch, sequential, cancellation);
    }

    private IEnumerable<TBatch> Enumerate(long firstStep, long endStep, SampleOrder steps, CancellationToken cancellation)
    {
        Prefetcher<TBatch> prefetcher = Start(firstStep, endStep, steps);
        try
        {
            while (prefetcher.TryTake(out TBatch batch, cancellation)) yield return batch;
        }
        finally
        {
            lock (gate) running.Remove(prefetcher);
            prefetcher.Dispose();
        }
    }

    private Prefetcher<TBatch> Start(long firstStep, long endStep, SampleOrder steps)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            int workers = (int)Math.Min(spec.Workers, endStep - firstStep);
            var prefetcher = new Prefetcher<TBatch>(firstStep, endStep, workers, spec.Prefetch, (step, stop) => Make(steps, step, stop));
            running.Add(prefetcher);
            return prefetcher;
        }
    }

    private TBatch Make(SampleOrder steps, long step, CancellationToken stop)
    {
        (long Epoch, int Index)[] places = steps.Batch(step);
        var batch = new LoadedSample[places.Length];
        for (int i = 0; i < batch.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            batch[i] = Load(places[i].Epoch, places[i].Index);
        }
        return collate(batch, step);
    }

    private LoadedSample Load(long epoch, int index)
    {
        Sample sample = samples[index];
        PlanarImage image = Decode(sample);
        Random random = Seeds.Generator(spec.Seed, "augment", epoch, index);
        AnnotatedImage augmented = pipeline.Apply(new AnnotatedImage(image, sample.Objects), random);
        return new LoadedSample(index, sample.Id, augmented.Image, augmented.Objects, sample.Width, sample.Height);
    }

    private PlanarImage Decode(Sample sample)
    {
        PlanarImage image;
        try
        {
            image = decode(sample.ImagePath);
        }
        catch (Exception exception) when (exception is not (BadInputException or OutOfMemoryException or OperationCanceledException))
        {
            throw new InvalidOperationException($"{sample.ImagePath}: decoding failed: {exception.Message}", exception);
        }
        if (image.Width != sample.Width || image.Height != sample.Height)
            throw new BadInputException(sample.ImagePath, null, $"the image is {image.Width} x {image.Height} pixels, its boxes belong to one of {sample.Width} x {sample.Height}", "do not change images during a run");
        return image;
    }

    /// <summary>Ends every enumeration under way, joins the workers and disposes batches that were not handed out.</summary>
    public void Dispose()
    {
        Prefetcher<TBatch>[] left;
        lock (gate)
        {
            disposed = true;
            left = [.. running];
            running.Clear();
        }
        foreach (Prefetcher<TBatch> prefetcher in left) prefetcher.Dispose();
    }
}
