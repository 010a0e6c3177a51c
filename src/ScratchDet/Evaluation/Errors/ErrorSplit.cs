using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>What is wrong with a detection that is no true positive, or with an object that nothing found (TIDE, section 2.2).</summary>
public enum DetectionErrorKind
{
    /// <summary>Lies on an object of another class (overlap of at least the foreground threshold).</summary>
    Class,

    /// <summary>The right class, but beside the object: an overlap between the background and the foreground threshold.</summary>
    Location,

    /// <summary>Neither the right class nor the right place.</summary>
    Both,

    /// <summary>Lies on an object of its class that a more confident detection has found already.</summary>
    Duplicate,

    /// <summary>No object is there: all overlaps are at most the background threshold.</summary>
    Background,

    /// <summary>An object that no detection found, nor would have with the right class or place.</summary>
    Missed,
}

/// <summary>One error.</summary>
/// <param name="ImageIndex">Index into <see cref="CocoGroundTruth.Images"/>.</param>
/// <param name="DetectionIndex">Index into <see cref="CocoResults.Detections"/>; -1 for a missed object.</param>
/// <param name="ObjectIndex">
/// Index into <see cref="CocoGroundTruth.Objects"/>: the object that the detection lies on or beside; for background and
/// both errors the one it overlaps most. -1 when it overlaps none.
/// </param>
/// <param name="Overlap">With that object, 0 to 1; 0 for a missed object.</param>
/// <param name="IsIgnored">The detection lies in a crowd or on an ignored object: it costs nothing, and is an error all the same.</param>
public readonly record struct DetectionError(
    DetectionErrorKind Kind, int ImageIndex, int DetectionIndex, int ObjectIndex, double Overlap, bool IsIgnored);

/// <summary>All errors of one kind.</summary>
/// <param name="Count">With those of ignored detections.</param>
/// <param name="IgnoredCount">Of them, errors of detections in crowds and on ignored objects.</param>
/// <param name="DeltaAp">What repairing them, and nothing else, would add to the average precision, as a share; not below 0.</param>
public sealed record ErrorKindResult(DetectionErrorKind Kind, int Count, int IgnoredCount, double DeltaAp);

/// <summary>The errors of one class: those of its detections, and its missed objects.</summary>
/// <param name="ObjectCount">Objects that count: neither crowds nor ignored.</param>
/// <param name="AveragePrecision">0 to 1; NaN for a class that is not in the mean.</param>
/// <param name="Counts">By <see cref="DetectionErrorKind"/>.</param>
/// <param name="DeltaAp">
/// By kind: what repairing the errors of all classes changes for this one. Below 0 is possible: a detection that gets
/// this class may rank below its false positives. NaN where nothing of the class is left.
/// </param>
public sealed record CategoryErrors(
    CocoCategory Category, int ObjectCount, double AveragePrecision, IReadOnlyList<int> Counts, IReadOnlyList<double> DeltaAp);

/// <summary>How <see cref="ErrorSplit"/> splits; the defaults are TIDE's.</summary>
public sealed record ErrorSplitOptions
{
    /// <summary>A detection with at least this overlap is on the object.</summary>
    public double ForegroundThreshold { get; init; } = 0.5;

    /// <summary>A detection with at most this overlap with every object is on the background.</summary>
    public double BackgroundThreshold { get; init; } = 0.1;

    /// <summary>The most confident detections of an image that count, of all classes together.</summary>
    public int DetectionsPerImage { get; init; } = 100;

    /// <exception cref="ArgumentOutOfRangeException">The thresholds are not 0 &lt; background &lt;= foreground &lt;= 1, or no detection counts.</exception>
    internal void Check()
    {
        if (!(BackgroundThreshold > 0 && BackgroundThreshold <= ForegroundThreshold && ForegroundThreshold <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(BackgroundThreshold), $"thresholds {BackgroundThreshold} and {ForegroundThreshold}: 0 < background <= foreground <= 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(DetectionsPerImage, 1);
    }
}

/// <summary>
/// Where average precision is lost: every false positive and every missed object gets one reason, and each reason is
/// weighed by the average precision that repairing it alone would add. TIDE: A General Toolbox for Identifying Object
/// Detection Errors (Bolya, Foley, Hays, Hoffman; ECCV 2020), section 2; the numbers are those of its published program.
/// Average precision is the mean over classes and 101 recall levels at the foreground threshold. It is not COCO's: the most
/// confident detections of an image count whatever their class (COCO: of each class), a class with detections but without
/// objects counts as 0 (COCO leaves it out), and equal scores keep the order of the file's images (COCO: of their ids).
/// </summary>
public sealed record ErrorSplit
{
    public required ErrorSplitOptions Options { get; init; }

    /// <summary>Before any repair, 0 to 1; NaN when no object counts, as are all gains then.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary>One for each kind, in the order of <see cref="DetectionErrorKind"/>.</summary>
    public required IReadOnlyList<ErrorKindResult> Kinds { get; init; }

    /// <summary>What would be gained if every false positive ranked behind every true positive.</summary>
    public required double FalsePositiveDeltaAp { get; init; }

    /// <summary>What would be gained if the objects that were not found did not exist.</summary>
    public required double FalseNegativeDeltaAp { get; init; }

    /// <summary>Objects that count: neither crowds nor ignored.</summary>
    public required int ObjectCount { get; init; }

    public required int TruePositiveCount { get; init; }

    public required int FalsePositiveCount { get; init; }

    /// <summary>Objects that no detection found: missed ones, and those whose detection has the wrong class or place.</summary>
    public required int FalseNegativeCount { get; init; }

    /// <summary>Detections in crowds and on ignored objects.</summary>
    public required int IgnoredDetectionCount { get; init; }

    /// <summary>One for each class, in the order of the ground truth.</summary>
    public required IReadOnlyList<CategoryErrors> Categories { get; init; }

    /// <summary>Image after image; in an image the detections by falling score, then the missed objects.</summary>
    public required IReadOnlyList<DetectionError> Errors { get; init; }

    public ErrorKindResult this[DetectionErrorKind kind] => Kinds[(int)kind];

    /// <param name="overlap">Null compares boxes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The thresholds are not 0 &lt; background &lt;= foreground &lt;= 1.</exception>
    public static ErrorSplit Compute(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, ErrorSplitOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new ErrorSplitOptions();
        options.Check();
        var sorter = new ErrorSorter(truth, results, options);
        var byImage = new InstancesByImage(truth, results, options.DetectionsPerImage);
        overlap ??= new BoxOverlap(truth, results);
        for (int image = 0; image < truth.Images.Count; image++)
        {
            cancellation.ThrowIfCancellationRequested();
            sorter.Add(image, byImage.Detections(image), byImage.Objects(image), byImage.Overlaps(image, overlap));
        }
        return Weigh(truth, options, sorter);
    }

    internal static ErrorSplit Weigh(CocoGroundTruth truth, ErrorSplitOptions options, ErrorSorter sorter)
    {
        var oracle = new ErrorOracle(truth.Categories.Count, sorter);
        double[] before = oracle.Unrepaired();
        int objectCount = sorter.ObjectCounts.Sum();
        // Without any object there is no precision to average, and no repair could bring one about.
        double averagePrecision = objectCount == 0 ? double.NaN : Mean(before);
        DetectionErrorKind[] kinds = Enum.GetValues<DetectionErrorKind>();
        double[][] repaired = [.. kinds.Select(oracle.Repaired)];
        (int[,] counts, int[] ignored) = Count(truth, sorter, kinds.Length);
        return new ErrorSplit
        {
            Options = options,
            AveragePrecision = averagePrecision,
            Kinds = [.. kinds.Select(kind => new ErrorKindResult(
                kind, Enumerable.Range(0, truth.Categories.Count).Sum(category => counts[category, (int)kind]), ignored[(int)kind],
                double.Max(0, Gain(repaired[(int)kind], averagePrecision))))],
            FalsePositiveDeltaAp = Gain(oracle.FalsePositivesLast(), averagePrecision),
            FalseNegativeDeltaAp = Gain(oracle.WithoutFalseNegatives(), averagePrecision),
            ObjectCount = objectCount,
            TruePositiveCount = sorter.Entries.Count(entry => entry.IsTruePositive),
            FalsePositiveCount = sorter.Entries.Count(entry => !entry.IsTruePositive && !entry.IsIgnored),
            FalseNegativeCount = sorter.NotFoundCounts.Sum(),
            IgnoredDetectionCount = sorter.Entries.Count(entry => entry.IsIgnored),
            Categories = [.. truth.Categories.Select((category, index) => new CategoryErrors(
                category, sorter.ObjectCounts[index], before[index],
                [.. kinds.Select(kind => counts[index, (int)kind])], [.. repaired.Select(after => after[index] - before[index])]))],
            Errors = sorter.Errors,
        };
    }

    /// <summary>When no class is left after a repair, nothing is left that could be wrong: that is an average precision of 1.</summary>
    private static double Gain(double[] after, double before)
    {
        double mean = Mean(after);
        if (double.IsNaN(before)) return double.NaN;
        return double.IsNaN(mean) ? 1 - before : mean - before;
    }

    private static double Mean(double[] averagePrecisions)
    {
        double sum = 0;
        int count = 0;
        foreach (double one in averagePrecisions)
            if (!double.IsNaN(one)) (sum, count) = (sum + one, count + 1);
        return count == 0 ? double.NaN : sum / count;
    }

    private static (int[,] OfCategory, int[] Ignored) Count(CocoGroundTruth truth, ErrorSorter sorter, int kinds)
    {
        var counts = new int[truth.Categories.Count, kinds];
        var ignored = new int[kinds];
        for (int e = 0; e < sorter.Errors.Count; e++)
        {
            DetectionError error = sorter.Errors[e];
            counts[sorter.CategoryOfError(e), (int)error.Kind]++;
            if (error.IsIgnored) ignored[(int)error.Kind]++;
        }
        return (counts, ignored);
    }
}
