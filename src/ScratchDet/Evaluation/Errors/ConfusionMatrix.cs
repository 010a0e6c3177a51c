using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>How <see cref="ConfusionMatrix"/> pairs detections with objects.</summary>
public sealed record ConfusionOptions
{
    /// <summary>A pair overlaps at least this much.</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>Detections with a lower score are not looked at. Null takes the <see cref="OperatingPoint"/>.</summary>
    public double? ScoreThreshold { get; init; }

    /// <summary>The most confident detections of an image that count, of all classes together.</summary>
    public int DetectionsPerImage { get; init; } = 100;
}

/// <summary>How often objects of one class were detected as another, for pairs of a true and a detected class.</summary>
/// <param name="TrueCategory">Index into <see cref="ConfusionMatrix.Categories"/>.</param>
public readonly record struct Confusion(int TrueCategory, int DetectedCategory, int Count);

/// <summary>
/// Which classes are taken for which. In each image, by falling score, a detection of any class is paired with the free
/// object that it overlaps most (of equal overlaps one of its own class, then the first). Crowds and ignored objects are
/// left out, and so are detections without a pair that lie on one of their class.
/// </summary>
/// <param name="ScoreThreshold">The one that was used.</param>
/// <param name="Counts">
/// [true class, detected class], both with background last: the last column holds the objects that nothing found, the last
/// row the detections where no object is; their corner is 0. A row adds up to the objects of the class, a column to its detections.
/// </param>
public sealed record ConfusionMatrix(IReadOnlyList<CocoCategory> Categories, double IouThreshold, double ScoreThreshold, int[,] Counts)
{
    /// <summary>The index of background.</summary>
    public int Background => Categories.Count;

    /// <param name="overlap">Null compares boxes.</param>
    public static ConfusionMatrix Compute(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, ConfusionOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new ConfusionOptions();
        overlap ??= new BoxOverlap(truth, results);
        double scoreThreshold = options.ScoreThreshold
            ?? OperatingPoint.Best(truth, results, overlap, options.IouThreshold, cancellation: cancellation).ScoreThreshold;
        var counter = new ConfusionCounter(truth, results, options.IouThreshold, scoreThreshold);
        var byImage = new InstancesByImage(truth, results, options.DetectionsPerImage);
        for (int image = 0; image < truth.Images.Count; image++)
        {
            cancellation.ThrowIfCancellationRequested();
            counter.Add(byImage.Detections(image), byImage.Objects(image), byImage.Overlaps(image, overlap));
        }
        return counter.Result();
    }

    /// <summary>The pairs of different classes, the most frequent first; equal counts in the order of the classes.</summary>
    public IReadOnlyList<Confusion> MostConfused(int count)
    {
        var confusions = new List<Confusion>();
        for (int row = 0; row < Background; row++)
        {
            for (int column = 0; column < Background; column++)
                if (row != column && Counts[row, column] > 0) confusions.Add(new Confusion(row, column, Counts[row, column]));
        }
        return [.. confusions.OrderByDescending(confusion => confusion.Count).Take(count)];
    }
}
