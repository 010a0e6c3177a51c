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
    public static ConfusionMatrix Compute(CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, ConfusionOptions? options = null)
    {
        options ??= new ConfusionOptions();
        overlap ??= new BoxOverlap(truth, results);
        double scoreThreshold = options.ScoreThreshold ?? OperatingPoint.Best(truth, results, overlap, options.IouThreshold).ScoreThreshold;
        int background = truth.Categories.Count;
        var counts = new int[background + 1, background + 1];
        var byImage = new InstancesByImage(truth, results, options.DetectionsPerImage);
        double[] overlaps = [];
        bool[] isTaken = [];
        for (int image = 0; image < truth.Images.Count; image++)
        {
            ReadOnlySpan<int> objects = byImage.Objects(image), detections = byImage.Detections(image);
            int kept = 0;
            while (kept < detections.Length && results.Detections[detections[kept]].Score >= scoreThreshold) kept++;
            detections = detections[..kept];
            if (overlaps.Length < kept * objects.Length) overlaps = new double[kept * objects.Length];
            if (isTaken.Length < objects.Length) isTaken = new bool[objects.Length];
            Array.Clear(isTaken);
            if (kept > 0 && objects.Length > 0) overlap.Compute(detections, objects, overlaps.AsSpan(0, kept * objects.Length));
            for (int d = 0; d < kept; d++)
            {
                int category = results.Detections[detections[d]].CategoryIndex;
                int pair = Pair(truth, objects, overlaps.AsSpan(d * objects.Length, objects.Length), isTaken, category, options.IouThreshold, out bool liesOnIgnored);
                if (pair >= 0)
                {
                    isTaken[pair] = true;
                    counts[truth.Objects[objects[pair]].CategoryIndex, category]++;
                }
                else if (!liesOnIgnored)
                {
                    counts[background, category]++;
                }
            }
            for (int g = 0; g < objects.Length; g++)
            {
                CocoObject item = truth.Objects[objects[g]];
                if (!isTaken[g] && !item.IsCrowd && !item.Ignore) counts[item.CategoryIndex, background]++;
            }
        }
        return new ConfusionMatrix(truth.Categories, options.IouThreshold, scoreThreshold, counts);
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
        return [.. confusions.OrderByDescending(one => one.Count).Take(count)];
    }

    private static int Pair(
        CocoGroundTruth truth, ReadOnlySpan<int> objects, ReadOnlySpan<double> overlaps, ReadOnlySpan<bool> isTaken, int category, double threshold, out bool liesOnIgnored)
    {
        int best = -1;
        liesOnIgnored = false;
        for (int g = 0; g < objects.Length; g++)
        {
            if (overlaps[g] < threshold) continue;
            CocoObject item = truth.Objects[objects[g]];
            if (item.IsCrowd || item.Ignore)
            {
                liesOnIgnored |= item.CategoryIndex == category;
                continue;
            }
            if (isTaken[g]) continue;
            bool isBetter = best < 0 || overlaps[g] > overlaps[best]
                || (overlaps[g] == overlaps[best] && item.CategoryIndex == category && truth.Objects[objects[best]].CategoryIndex != category);
            if (isBetter) best = g;
        }
        return best;
    }
}
