using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>How <see cref="ScoreCalibration"/> bins scores.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Of equal width, from 0 to 1.</summary>
    public int BinCount { get; init; } = 10;

    /// <summary>A hit has at least this overlap.</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>Detections with a lower score are left out. Detectors keep many boxes of tiny scores, which lie in one bin and decide its precision alone.</summary>
    public double SmallestScore { get; init; }

    /// <summary>The most confident detections of an image and class that count.</summary>
    public int DetectionsPerImage { get; init; } = 100;
}

/// <summary>Detections whose scores lie between two bounds.</summary>
/// <param name="Low">Included.</param>
/// <param name="High">Excluded, except in the last bin.</param>
/// <param name="MeanScore">NaN without detections.</param>
/// <param name="Precision">Hits among them, 0 to 1; NaN without detections.</param>
public readonly record struct CalibrationBin(double Low, double High, int Count, double MeanScore, double Precision);

/// <summary>Calibration of one class's scores; NaN without detections.</summary>
public sealed record CategoryCalibration(CocoCategory Category, int Count, double MeanScore, double Precision, double ExpectedError);

/// <summary>
/// Whether scores are what they look like, probabilities: of detections with score 0.7, seven in ten should be hits.
/// Detections are matched within their class as the COCO evaluator does; those on crowds and ignored objects are left out.
/// Missed objects have no score, so that recall plays no part.
/// </summary>
/// <param name="Bins">From the smallest scores on.</param>
/// <param name="Count">Of all detections that count.</param>
/// <param name="ExpectedError">
/// Expected calibration error: |precision - mean score| of the bins, weighted by their counts (Guo et al., On Calibration
/// of Modern Neural Networks, section 2; with precision in place of accuracy). NaN without detections.
/// </param>
/// <param name="LargestError">The largest |precision - mean score| of a bin.</param>
/// <param name="Brier">Mean square of (score - 1 for a hit, 0 for a false positive).</param>
/// <param name="Categories">In the order of the ground truth.</param>
public sealed record ScoreCalibration(
    CalibrationOptions Options, IReadOnlyList<CalibrationBin> Bins, int Count, double ExpectedError, double LargestError, double Brier, IReadOnlyList<CategoryCalibration> Categories)
{
    /// <summary>Whether all scores are from 0 to 1, as probabilities are; others cannot be calibrated.</summary>
    public static bool HasProbabilities(CocoResults results)
    {
        foreach (CocoDetection detection in results.Detections)
            if (!(detection.Score is >= 0 and <= 1)) return false;
        return true;
    }

    /// <param name="overlap">Null compares boxes.</param>
    /// <exception cref="ArgumentException">A score is below 0 or above 1.</exception>
    public static ScoreCalibration Compute(CocoGroundTruth truth, CocoResults results, InstanceOverlap? overlap = null, CalibrationOptions? options = null)
    {
        options ??= new CalibrationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BinCount, 1);
        if (!HasProbabilities(results)) throw new ArgumentException("scores must be from 0 to 1 to be held against a precision", nameof(results));
        var all = new Tally(options.BinCount);
        Tally[] categories = [.. truth.Categories.Select(_ => new Tally(options.BinCount))];
        foreach (MatchedDetection one in MatchedDetections.Of(truth, results, overlap ?? new BoxOverlap(truth, results), options.IouThreshold, options.DetectionsPerImage))
        {
            if (one.Fate == DetectionFate.Ignored || one.Score < options.SmallestScore) continue;
            all.Add(one.Score, one.Fate == DetectionFate.TruePositive);
            categories[one.Category].Add(one.Score, one.Fate == DetectionFate.TruePositive);
        }
        return new ScoreCalibration(
            options, all.Bins(), all.Count, all.ExpectedError(), all.LargestError(), all.Brier,
            [.. categories.Select((tally, index) => new CategoryCalibration(truth.Categories[index], tally.Count, tally.MeanScore, tally.Precision, tally.ExpectedError()))]);
    }

    private sealed class Tally(int binCount)
    {
        private readonly int[] counts = new int[binCount];
        private readonly int[] hits = new int[binCount];
        private readonly double[] scores = new double[binCount];
        private double squares;

        public int Count { get; private set; }

        public double MeanScore => scores.Sum() / Count;

        public double Precision => (double)hits.Sum() / Count;

        public double Brier => squares / Count;

        public void Add(double score, bool isHit)
        {
            int bin = Math.Min(binCount - 1, (int)(score * binCount));
            // The product may round across an edge.
            if (bin + 1 < binCount && score >= (bin + 1.0) / binCount) bin++;
            else if (score < (double)bin / binCount) bin--;
            counts[bin]++;
            scores[bin] += score;
            if (isHit) hits[bin]++;
            double off = score - (isHit ? 1 : 0);
            squares += off * off;
            Count++;
        }

        public IReadOnlyList<CalibrationBin> Bins() =>
            [.. Enumerable.Range(0, binCount).Select(bin => new CalibrationBin((double)bin / binCount, (bin + 1.0) / binCount, counts[bin], scores[bin] / counts[bin], (double)hits[bin] / counts[bin]))];

        public double ExpectedError()
        {
            double sum = 0;
            for (int bin = 0; bin < binCount; bin++) sum += Math.Abs(hits[bin] - scores[bin]);
            return sum / Count;
        }

        public double LargestError()
        {
            double largest = double.NaN;
            for (int bin = 0; bin < binCount; bin++)
                if (counts[bin] > 0 && !(Math.Abs(hits[bin] - scores[bin]) / counts[bin] <= largest)) largest = Math.Abs(hits[bin] - scores[bin]) / counts[bin];
            return largest;
        }
    }
}
