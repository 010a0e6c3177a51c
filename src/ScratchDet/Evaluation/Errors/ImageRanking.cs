using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>How <see cref="ImageRanking"/> scores an image.</summary>
public sealed record ImageRankingOptions
{
    /// <summary>A hit has at least this overlap.</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>Detections with a lower score are not looked at. Null takes the <see cref="OperatingPoint"/>.</summary>
    public double? ScoreThreshold { get; init; }

    /// <summary>The most confident detections of an image and class that count.</summary>
    public int DetectionsPerImage { get; init; } = 100;
}

/// <summary>How well one image came out.</summary>
/// <param name="ImageIndex">Index into <see cref="CocoGroundTruth.Images"/>.</param>
/// <param name="FileName">As in the ground truth; null when it has none.</param>
/// <param name="Misses">Objects that no detection of their class found.</param>
public readonly record struct ImageScore(int ImageIndex, long ImageId, string? FileName, int TruePositives, int FalsePositives, int Misses)
{
    /// <summary>2 TP / (2 TP + FP + FN), 0 to 1; 1 for an image without objects on which nothing was found.</summary>
    public double F1 => TruePositives + ErrorCount == 0 ? 1 : 2.0 * TruePositives / ((2 * TruePositives) + ErrorCount);

    public int ErrorCount => FalsePositives + Misses;
}

/// <summary>
/// Images by how well they came out: by F1 at one score threshold, the share of right boxes among those that are drawn or
/// should have been. Average precision would need no threshold, but in one image it rests on a handful of objects and hardly
/// changes with false alarms of low rank, while F1 is what a person sees on the image with its boxes.
/// </summary>
/// <param name="ScoreThreshold">The one that was used.</param>
/// <param name="Images">One for each image, the best first: by falling F1, then more true positives, then fewer errors, then the smaller id.</param>
public sealed record ImageRanking(double IouThreshold, double ScoreThreshold, IReadOnlyList<ImageScore> Images)
{
    /// <param name="overlap">Null compares boxes.</param>
    public static ImageRanking Compute(CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, ImageRankingOptions? options = null)
    {
        options ??= new ImageRankingOptions();
        overlap ??= new BoxOverlap(truth, results);
        double scoreThreshold = options.ScoreThreshold ?? OperatingPoint.Best(truth, results, overlap, options.IouThreshold, options.DetectionsPerImage).ScoreThreshold;
        var hits = new int[truth.Images.Count];
        var falseAlarms = new int[truth.Images.Count];
        var objects = new int[truth.Images.Count];
        foreach (CocoObject item in truth.Objects)
            if (!item.IsCrowd && !item.Ignore) objects[item.ImageIndex]++;
        // Matches go by falling score, so leaving out low scores before or after matching is the same.
        foreach (MatchedDetection one in MatchedDetections.Of(truth, results, overlap, options.IouThreshold, options.DetectionsPerImage))
        {
            if (one.Score < scoreThreshold) continue;
            if (one.Fate == DetectionFate.TruePositive) hits[one.Image]++;
            else if (one.Fate == DetectionFate.FalsePositive) falseAlarms[one.Image]++;
        }
        IEnumerable<ImageScore> scores = truth.Images.Select((image, i) => new ImageScore(i, image.Id, image.FileName, hits[i], falseAlarms[i], objects[i] - hits[i]));
        return new ImageRanking(options.IouThreshold, scoreThreshold,
            [.. scores.OrderByDescending(one => one.F1).ThenByDescending(one => one.TruePositives).ThenBy(one => one.ErrorCount).ThenBy(one => one.ImageId)]);
    }

    /// <summary>The first so many.</summary>
    public IReadOnlyList<ImageScore> Best(int count) => [.. Images.Take(count)];

    /// <summary>By rising F1, then more errors, then fewer true positives, then the smaller id.</summary>
    public IReadOnlyList<ImageScore> Worst(int count) =>
        [.. Images.OrderBy(one => one.F1).ThenByDescending(one => one.ErrorCount).ThenBy(one => one.TruePositives).ThenBy(one => one.ImageId).Take(count)];
}
