using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>What a bootstrap compares; each is a mean over the classes that have objects.</summary>
public enum BootstrapMetric
{
    /// <summary>COCO's average precision at IoU 0.5: 101 recall levels.</summary>
    CocoAp50,

    /// <summary>COCO's average precision: the mean over IoU 0.5 to 0.95.</summary>
    CocoAp,

    /// <summary>PASCAL VOC's average precision at IoU 0.5: the area under the curve, with its rule of matching.</summary>
    VocArea,
}

/// <summary>How <see cref="PairedBootstrap"/> draws and measures.</summary>
public sealed record BootstrapOptions
{
    public BootstrapMetric Metric { get; init; } = BootstrapMetric.CocoAp50;

    public int ResampleCount { get; init; } = 1000;

    /// <summary>Of the intervals, by percentiles.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>The most confident detections of an image and class that count; null: 100 for COCO's metrics, all for VOC's.</summary>
    public int? DetectionsPerImage { get; init; }

    /// <summary>Boxes or masks.</summary>
    public OverlapKind Kind { get; init; } = OverlapKind.Boxes;

    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    internal void Check()
    {
        if (ResampleCount < 1 || !(Confidence is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(ResampleCount), "at least one resample, and a confidence between 0 and 1");
        if (Kind is not (OverlapKind.Boxes or OverlapKind.Masks)) throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "boxes or masks");
    }
}

/// <summary>A number with its percentile interval over resamples; NaN when no class has an object.</summary>
/// <param name="Value">On the images as they are.</param>
public readonly record struct BootstrapEstimate(double Value, double Low, double High)
{
    internal static BootstrapEstimate Of(double value, IReadOnlyList<double> samples, double confidence)
    {
        double[] sorted = [.. samples.Where(double.IsFinite).Order()];
        return new BootstrapEstimate(value, Percentile(sorted, (1 - confidence) / 2), Percentile(sorted, (1 + confidence) / 2));
    }

    /// <summary>With the interval moved by what the resamples' mean is off.</summary>
    internal static BootstrapEstimate WithoutBias(double value, double[] samples, double confidence)
    {
        double bias = samples.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average() - value;
        BootstrapEstimate leaning = Of(value, samples, confidence);
        return leaning with { Low = leaning.Low - bias, High = leaning.High - bias };
    }

    // Linear between order statistics, the first at 0 and the last at 1.
    private static double Percentile(double[] sorted, double share)
    {
        if (sorted.Length == 0) return double.NaN;
        double place = share * (sorted.Length - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}

/// <summary>How two runs differ: the second's metric less the first's.</summary>
/// <param name="First">Index of the run.</param>
/// <param name="Samples">One for each resample; NaN where no class had an object.</param>
/// <param name="SignFlipShare">Resamples in which the difference has not the sign that it has on the images as they are (0 counts as a flip).</param>
/// <param name="PValue">
/// Two-sided and like a p-value: twice the share of resamples on the other side of 0, with one added to both counts, at
/// most 1. Small means that the sign of the difference hardly depends on which images were drawn.
/// </param>
public sealed record BootstrapDifference(
    int First, int Second, BootstrapEstimate Difference, double SignFlipShare, double PValue, IReadOnlyList<double> Samples);

/// <summary>
/// Whether the difference of runs on the same images outlasts another choice of images: images are drawn with replacement,
/// as many as there are, the same ones for every run; an image that is drawn twice counts twice. Efron and Tibshirani, An
/// Introduction to the Bootstrap, chapter 13. It says nothing about other seeds of training.
/// </summary>
/// <param name="Runs">
/// One for each run, in their order. Resamples lean upward, the more the fewer objects the classes have: interpolated precision
/// is a maximum, and the 63 % of the images that a resample holds restrain it less. A run's own interval is therefore
/// moved back by the mean of the resamples less the value. Differences need no such thing: both runs lean alike.
/// </param>
/// <param name="Differences">One for each pair of runs.</param>
public sealed record PairedBootstrap(
    BootstrapOptions Options, int ImageCount, IReadOnlyList<BootstrapEstimate> Runs, IReadOnlyList<BootstrapDifference> Differences)
{
    private const int VocDetectionsPerImage = int.MaxValue;

    // Draws that are held at once, so that memory does not grow with the number of resamples.
    private const int Batch = 64;

    /// <summary>
    /// Detections are matched once; a resample only weights them by how often their image was drawn. Equal scores are taken
    /// in the order of image ids.
    /// </summary>
    /// <param name="runs">At least two, on the same ground truth.</param>
    /// <param name="random">Seeded; the same seed gives the same numbers on any number of processors.</param>
    /// <param name="progress">Given the number of finished resamples, now and then.</param>
    public static PairedBootstrap Compute(
        CocoGroundTruth truth, IReadOnlyList<CocoResults> runs, Random random, BootstrapOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new BootstrapOptions();
        if (runs.Count < 2) throw new ArgumentException("a comparison needs two runs", nameof(runs));
        options.Check();
        int usualLimit = options.Metric == BootstrapMetric.VocArea ? VocDetectionsPerImage : BinnedAveragePrecision.DefaultDetectionsPerImage;
        int limit = options.DetectionsPerImage ?? usualLimit;
        WeightedMetric[] metrics = [.. runs.Select(run => new WeightedMetric(truth, run, options.Kind, options.Metric, limit, cancellation))];

        int images = truth.Images.Count;
        var once = new int[images];
        Array.Fill(once, 1);
        double[] values = [.. metrics.Select(metric => metric.Of(once))];
        double[][] samples = [.. runs.Select(_ => new double[options.ResampleCount])];
        var weights = new int[Math.Min(Batch, options.ResampleCount)][];
        for (int start = 0; start < options.ResampleCount; start += Batch)
        {
            int count = Math.Min(Batch, options.ResampleCount - start);
            // Drawn one after another, so that the numbers do not depend on which thread is first.
            for (int i = 0; i < count; i++) weights[i] = Draw(images, random, weights[i]);
            int first = start;
            Parallel.For(0, count * metrics.Length, new ParallelOptions { CancellationToken = cancellation },
                job => samples[job % metrics.Length][first + (job / metrics.Length)] = metrics[job % metrics.Length].Of(weights[job / metrics.Length]));
            progress?.Report(start + count);
        }
        return new PairedBootstrap(options, images,
            [.. values.Select((value, run) => BootstrapEstimate.WithoutBias(value, samples[run], options.Confidence))],
            [.. from second in Enumerable.Range(0, runs.Count)
                from first in Enumerable.Range(0, second)
                orderby first
                select Compare(first, second, values, samples, options.Confidence)]);
    }

    /// <summary>How often each image was drawn.</summary>
    private static int[] Draw(int images, Random random, int[]? reused)
    {
        int[] weights = reused ?? new int[images];
        Array.Clear(weights);
        for (int i = 0; i < images; i++) weights[random.Next(images)]++;
        return weights;
    }

    private static BootstrapDifference Compare(int first, int second, double[] values, double[][] samples, double confidence)
    {
        double difference = values[second] - values[first];
        double[] all = [.. samples[second].Zip(samples[first], (b, a) => b - a)];
        (int below, int above, int flips, int finite) = (0, 0, 0, 0);
        foreach (double sample in all)
        {
            if (double.IsNaN(sample)) continue;
            finite++;
            if (sample <= 0) below++;
            if (sample >= 0) above++;
            if (Math.Sign(sample) != Math.Sign(difference) || sample == 0) flips++;
        }
        double pValue = finite == 0 ? double.NaN : Math.Min(1, 2.0 * (Math.Min(below, above) + 1) / (finite + 1));
        double flipShare = finite == 0 ? double.NaN : (double)flips / finite;
        return new BootstrapDifference(first, second, BootstrapEstimate.Of(difference, all, confidence), flipShare, pValue, all);
    }
}
