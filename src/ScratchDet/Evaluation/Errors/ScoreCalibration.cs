using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>How <see cref="ScoreCalibration"/> matches.</summary>
public sealed record CalibrationOptions
{
    /// <summary>A true positive has at least this overlap.</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>The most confident detections of an image and class that count.</summary>
    public int DetectionsPerImage { get; init; } = 100;
}

/// <summary>Detections whose scores lie between two bounds.</summary>
/// <param name="Low">Included.</param>
/// <param name="High">Excluded, except in the last bin.</param>
/// <param name="MeanScore">NaN without detections.</param>
/// <param name="Precision">True positives among them, 0 to 1; NaN without detections.</param>
public readonly record struct CalibrationBin(double Low, double High, int Count, double MeanScore, double Precision);

/// <summary>Calibration of one class's scores; NaN without detections.</summary>
public sealed record CategoryCalibration(CocoCategory Category, int Count, double MeanScore, double Precision, double ExpectedError);

/// <summary>
/// Whether scores are what they look like, probabilities: of detections with score 0.7, seven in ten should be right.
/// Detections are matched within their class as the COCO evaluator does; those on crowds and ignored objects are left out.
/// Missed objects have no score, so that recall plays no part.
/// </summary>
/// <param name="Bins">Ten of equal width from 0 to 1, the smallest scores first.</param>
/// <param name="Count">Of all detections that count.</param>
/// <param name="ExpectedError">
/// Expected calibration error: |precision - mean score| of the bins, weighted by their counts (Guo et al., On Calibration
/// of Modern Neural Networks, section 2; with precision in place of accuracy). NaN without detections.
/// </param>
/// <param name="LargestError">The largest |precision - mean score| of a bin.</param>
/// <param name="Brier">Mean square of (score - 1 for a true positive, 0 for a false one).</param>
/// <param name="Categories">In the order of the ground truth.</param>
public sealed record ScoreCalibration(
    CalibrationOptions Options, IReadOnlyList<CalibrationBin> Bins, int Count, double ExpectedError, double LargestError, double Brier,
    IReadOnlyList<CategoryCalibration> Categories)
{
    private const int BinCount = 10;

    /// <summary>Whether all scores are from 0 to 1, as probabilities are; others cannot be calibrated.</summary>
    public static bool HasProbabilities(CocoResults results)
    {
        foreach (CocoDetection detection in results.Detections)
            if (!(detection.Score is >= 0 and <= 1)) return false;
        return true;
    }

    /// <param name="overlap">Null compares boxes.</param>
    /// <exception cref="ArgumentException">A score is below 0 or above 1.</exception>
    public static ScoreCalibration Compute(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, CalibrationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new CalibrationOptions();
        if (!HasProbabilities(results)) throw new ArgumentException("scores must be from 0 to 1 to be held against a precision", nameof(results));
        overlap ??= new BoxOverlap(truth, results);
        return Of(truth, MatchedDetections.Of(truth, results, overlap, options.IouThreshold, options.DetectionsPerImage, cancellation), options);
    }

    internal static ScoreCalibration Of(CocoGroundTruth truth, IReadOnlyList<MatchedDetection> matched, CalibrationOptions options)
    {
        var all = new Tally();
        Tally[] categories = [.. truth.Categories.Select(_ => new Tally())];
        foreach (MatchedDetection detection in matched)
        {
            if (detection.Outcome == DetectionOutcome.Ignored) continue;
            all.Add(detection.Score, detection.Outcome == DetectionOutcome.TruePositive);
            categories[detection.Category].Add(detection.Score, detection.Outcome == DetectionOutcome.TruePositive);
        }
        return new ScoreCalibration(
            options, all.Bins(), all.Count, all.ExpectedError(), all.LargestError(), all.Brier,
            [.. categories.Select((tally, index) => new CategoryCalibration(
                truth.Categories[index], tally.Count, tally.MeanScore, tally.Precision, tally.ExpectedError()))]);
    }

    private sealed class Tally
    {
        private readonly int[] counts = new int[BinCount];
        private readonly int[] truePositives = new int[BinCount];
        private readonly double[] scores = new double[BinCount];
        private double squares;

        public int Count { get; private set; }

        public double MeanScore => scores.Sum() / Count;

        public double Precision => (double)truePositives.Sum() / Count;

        public double Brier => squares / Count;

        public void Add(double score, bool isTruePositive)
        {
            int bin = Math.Min(BinCount - 1, (int)(score * BinCount));
            // The product may round across an edge.
            if (bin + 1 < BinCount && score >= (bin + 1.0) / BinCount) bin++;
            else if (score < (double)bin / BinCount) bin--;
            counts[bin]++;
            scores[bin] += score;
            if (isTruePositive) truePositives[bin]++;
            double off = score - (isTruePositive ? 1 : 0);
            squares += off * off;
            Count++;
        }

        public IReadOnlyList<CalibrationBin> Bins() =>
            [.. Enumerable.Range(0, BinCount).Select(bin => new CalibrationBin(
                (double)bin / BinCount, (bin + 1.0) / BinCount, counts[bin], scores[bin] / counts[bin], (double)truePositives[bin] / counts[bin]))];

        public double ExpectedError()
        {
            double sum = 0;
            for (int bin = 0; bin < BinCount; bin++) sum += Math.Abs(truePositives[bin] - scores[bin]);
            return sum / Count;
        }

        public double LargestError()
        {
            if (Count == 0) return double.NaN;
            double largest = 0;
            for (int bin = 0; bin < BinCount; bin++)
                if (counts[bin] > 0) largest = Math.Max(largest, Math.Abs(truePositives[bin] - scores[bin]) / counts[bin]);
            return largest;
        }
    }
}
