using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>How <see cref="ImageRanking"/> scores an image.</summary>
public sealed record ImageRankingOptions
{
    /// <summary>A true positive has at least this overlap.</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>Detections with a lower score are not looked at. Null takes the <see cref="OperatingPoint"/>.</summary>
    public double? ScoreThreshold { get; init; }

    /// <summary>The most confident detections of an image and class that count.</summary>
    public int DetectionsPerImage { get; init; } = 100;
}

/// <summary>How well one image came out.</summary>
/// <param name="ImageIndex">Index into <see cref="CocoGroundTruth.Images"/>.</param>
/// <param name="FileName">As in the ground truth; null when it has none.</param>
/// <param name="FalseNegatives">Objects that no detection of their class found.</param>
public readonly record struct ImageScore(int ImageIndex, long ImageId, string? FileName, int TruePositives, int FalsePositives, int FalseNegatives)
{
    /// <summary>2 TP / (2 TP + FP + FN), 0 to 1; 1 for an image without objects on which nothing was found.</summary>
    public double F1 => TruePositives + ErrorCount == 0 ? 1 : 2.0 * TruePositives / ((2 * TruePositives) + ErrorCount);

    public int ErrorCount => FalsePositives + FalseNegatives;
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
    public static ImageRanking Compute(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, ImageRankingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new ImageRankingOptions();
        overlap ??= new BoxOverlap(truth, results);
        IReadOnlyList<MatchedDetection> matched =
            MatchedDetections.Of(truth, results, overlap, options.IouThreshold, options.DetectionsPerImage, cancellation);
        return Of(truth, matched, options.IouThreshold, options.ScoreThreshold ?? OperatingPoint.Best(truth, matched).ScoreThreshold);
    }

    internal static ImageRanking Of(CocoGroundTruth truth, IReadOnlyList<MatchedDetection> matched, double iouThreshold, double scoreThreshold)
    {
        var truePositives = new int[truth.Images.Count];
        var falsePositives = new int[truth.Images.Count];
        var objects = new int[truth.Images.Count];
        foreach (CocoObject item in truth.Objects)
            if (!item.IsCrowd && !item.Ignore) objects[item.ImageIndex]++;
        // Matches go by falling score, so leaving out low scores before or after matching is the same.
        foreach (MatchedDetection detection in matched)
        {
            if (detection.Score < scoreThreshold) continue;
            if (detection.Outcome == DetectionOutcome.TruePositive) truePositives[detection.Image]++;
            else if (detection.Outcome == DetectionOutcome.FalsePositive) falsePositives[detection.Image]++;
        }
        IEnumerable<ImageScore> scores = truth.Images.Select((image, i) =>
            new ImageScore(i, image.Id, image.FileName, truePositives[i], falsePositives[i], objects[i] - truePositives[i]));
        return new ImageRanking(iouThreshold, scoreThreshold,
        [
            .. scores.OrderByDescending(score => score.F1).ThenByDescending(score => score.TruePositives)
                .ThenBy(score => score.ErrorCount).ThenBy(score => score.ImageId),
        ]);
    }

    /// <summary>The first so many.</summary>
    public IReadOnlyList<ImageScore> Best(int count) => [.. Images.Take(count)];

    /// <summary>By rising F1, then more errors, then fewer true positives, then the smaller id.</summary>
    public IReadOnlyList<ImageScore> Worst(int count) =>
    [
        .. Images.OrderBy(image => image.F1).ThenByDescending(image => image.ErrorCount)
            .ThenBy(image => image.TruePositives).ThenBy(image => image.ImageId).Take(count),
    ];
}
