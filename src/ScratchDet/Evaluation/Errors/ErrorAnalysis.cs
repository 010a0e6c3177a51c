using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>How far an <see cref="ErrorAnalysis"/> is.</summary>
/// <param name="Items">What is counted in this step: "classes", then "images".</param>
public readonly record struct ErrorAnalysisProgress(string Items, int Done, int All);

/// <summary>Everything that can be said of one run's detections.</summary>
/// <param name="Operating">The score threshold of the confusion matrix and the ranking when none was given.</param>
/// <param name="Calibration">Null when a score is not from 0 to 1.</param>
public sealed record ErrorAnalysis(
    int ImageCount, int ObjectCount, int DetectionCount, OperatingPoint Operating, ErrorSplit Split, ConfusionMatrix Confusion,
    BinnedAveragePrecision BySize, BinnedAveragePrecision ByAspect, ScoreCalibration? Calibration, ImageRanking Ranking)
{
    /// <summary>All analyses with the numbers that each gives alone; overlaps are computed only twice: within classes, and across them.</summary>
    /// <param name="overlap">Null compares boxes.</param>
    /// <param name="scoreThreshold">Of the confusion matrix and the ranking; null takes the score with the best F1.</param>
    public static ErrorAnalysis Compute(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, double? scoreThreshold = null, ErrorSplitOptions? split = null,
        IProgress<ErrorAnalysisProgress>? progress = null, CancellationToken cancellation = default)
    {
        overlap ??= new BoxOverlap(truth, results);
        split ??= new ErrorSplitOptions();
        split.Check();
        var rankingOptions = new ImageRankingOptions { ScoreThreshold = scoreThreshold };
        var matched = new MatchedDetections(truth, rankingOptions.IouThreshold);
        (BinSums bySize, BinSums byAspect) =
            (new(truth, results, BinnedAveragePrecision.Sizes(truth), cancellation), new(truth, results, ObjectBin.Aspects, cancellation));
        int done = 0;
        foreach (CategoryInstances category in CategoryInstances.Of(truth, results, overlap, rankingOptions.DetectionsPerImage, cancellation))
        {
            matched.Add(category);
            bySize.Add(category);
            byAspect.Add(category);
            progress?.Report(new("classes", ++done, truth.Categories.Count));
        }
        OperatingPoint operating = OperatingPoint.Best(truth, matched.All);
        double score = scoreThreshold ?? operating.ScoreThreshold;
        cancellation.ThrowIfCancellationRequested();

        var sorter = new ErrorSorter(truth, results, split);
        var confusions = new ConfusionCounter(truth, results, new ConfusionOptions().IouThreshold, score);
        int mostConfusable = new ConfusionOptions().DetectionsPerImage;
        var byImage = new InstancesByImage(truth, results, Math.Max(split.DetectionsPerImage, mostConfusable));
        for (int image = 0; image < truth.Images.Count; image++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> detections = byImage.Detections(image), objects = byImage.Objects(image);
            ReadOnlySpan<double> overlaps = byImage.Overlaps(image, overlap);
            sorter.Add(image, detections[..Math.Min(detections.Length, split.DetectionsPerImage)], objects, overlaps);
            confusions.Add(detections[..Math.Min(detections.Length, mostConfusable)], objects, overlaps);
            progress?.Report(new("images", image + 1, truth.Images.Count));
        }
        cancellation.ThrowIfCancellationRequested();
        ErrorSplit errors = ErrorSplit.Weigh(truth, split, sorter);
        cancellation.ThrowIfCancellationRequested();
        ScoreCalibration? calibration = ScoreCalibration.HasProbabilities(results) ? ScoreCalibration.Of(truth, matched.All, new CalibrationOptions()) : null;
        cancellation.ThrowIfCancellationRequested();
        return new ErrorAnalysis(
            truth.Images.Count, truth.Objects.Count, results.Detections.Count, operating, errors, confusions.Result(), bySize.Result(), byAspect.Result(),
            calibration, ImageRanking.Of(truth, matched.All, rankingOptions.IouThreshold, score));
    }
}
