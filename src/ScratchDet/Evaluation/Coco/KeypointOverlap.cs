using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>
/// Object keypoint similarity, 0 to 1: the mean over the labelled keypoints of exp(-distance² / (2 area (2 sigma)²))
/// (COCO keypoint evaluation, "1.2. Object Keypoint Similarity"). Of an object without labelled keypoints, the distance
/// is that to twice its box, over all keypoints of the detection.
/// </summary>
public sealed class KeypointOverlap : InstanceOverlap
{
    private readonly FlatList<CocoObject> annotated;
    private readonly CocoKeypoints annotatedPoints;
    private readonly CocoKeypoints detectedPoints;
    private readonly double[] variances;

    /// <param name="sigmas">One for each keypoint, or one for all; null for COCO's 17.</param>
    /// <exception cref="BadInputException">An object or a detection has another number of keypoints.</exception>
    /// <exception cref="ArgumentException">Keypoints were not read, or the number of sigmas is not that of the keypoints.</exception>
    public KeypointOverlap(CocoGroundTruth truth, CocoResults results, IReadOnlyList<double>? sigmas = null)
    {
        annotated = new FlatList<CocoObject>(truth.Objects);
        annotatedPoints = truth.Keypoints ?? (truth.Objects.Count == 0 ? new CocoKeypoints() : throw new ArgumentException("the keypoints of the objects were not read", nameof(truth)));
        detectedPoints = results.Keypoints ?? (results.Detections.Count == 0 ? new CocoKeypoints() : throw new ArgumentException("the keypoints of the detections were not read", nameof(results)));
        int count = KeypointCount(truth, results) ?? sigmas?.Count ?? CocoSigmas.Count;
        sigmas ??= CocoSigmas;
        if (sigmas.Count != 1 && sigmas.Count != count)
            throw new ArgumentException($"{sigmas.Count} sigmas for {count} keypoints", nameof(sigmas));
        variances = new double[count];
        for (int k = 0; k < count; k++)
        {
            double sigma = sigmas[sigmas.Count == 1 ? 0 : k];
            if (!(sigma > 0 && double.IsFinite(sigma))) throw new ArgumentException($"a sigma is above 0, not {sigma}", nameof(sigmas));
            variances[k] = sigma * 2 * (sigma * 2);
        }
        for (int i = 0; i < truth.Objects.Count; i++)
        {
            if (annotatedPoints.Of(i).Length is var length && length != 0 && length != 3 * count)
                throw new BadInputException(truth.File ?? "ground truth", $"annotation {truth.Objects[i].Id}", $"it has {length / 3} keypoints, others have {count}", "give all the same keypoints");
        }
        // The reader has checked those of a file, by their numbers there; these here were made in memory.
        for (int i = 0; i < results.Detections.Count; i++)
        {
            if (detectedPoints.Of(i).Length is var length && length != 3 * count)
            {
                throw new BadInputException(
                    results.File ?? "results", $"detection {i + 1} (counted from 1)", $"it has {length / 3} keypoints, others have {count}", "give all the same keypoints");
            }
        }
    }

    /// <summary>Of nose, eyes, ears, shoulders, elbows, wrists, hips, knees and ankles, as COCO measured them.</summary>
    public static IReadOnlyList<double> CocoSigmas { get; } =
    [
        0.26 / 10, 0.25 / 10, 0.25 / 10, 0.35 / 10, 0.35 / 10, 0.79 / 10, 0.79 / 10, 0.72 / 10, 0.72 / 10,
        0.62 / 10, 0.62 / 10, 1.07 / 10, 1.07 / 10, 0.87 / 10, 0.87 / 10, 0.89 / 10, 0.89 / 10,
    ];

    /// <summary>How many keypoints the first item that has some has; null when none has.</summary>
    public static int? KeypointCount(CocoGroundTruth truth, CocoResults results)
    {
        foreach (CocoKeypoints? points in (ReadOnlySpan<CocoKeypoints?>)[truth.Keypoints, results.Keypoints])
        {
            for (int i = 0; i < (points?.Count ?? 0); i++)
                if (points!.Of(i).Length is > 0 and var length) return length / 3;
        }
        return null;
    }

    public override void Compute(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, Span<double> overlaps)
    {
        ReadOnlySpan<CocoObject> allObjects = annotated.Span;
        Span<double> similarities = variances.Length <= 256 ? stackalloc double[variances.Length] : new double[variances.Length];
        for (int g = 0; g < objects.Length; g++)
        {
            ref readonly CocoObject item = ref allObjects[objects[g]];
            ReadOnlySpan<double> truth = annotatedPoints.Of(objects[g]);
            bool isLabelled = false;
            for (int k = 2; k < truth.Length; k += 3) isLabelled |= truth[k] > 0;
            for (int d = 0; d < detections.Length; d++)
            {
                ReadOnlySpan<double> found = detectedPoints.Of(detections[d]);
                int count = isLabelled ? ToKeypoints(found, truth, item.Area, similarities) : ToBox(found, item, similarities);
                overlaps[(d * objects.Length) + g] = PairwiseSum(similarities[..count]) / count;
            }
        }
    }

    private int ToKeypoints(ReadOnlySpan<double> found, ReadOnlySpan<double> truth, double area, Span<double> similarities)
    {
        int count = 0;
        for (int k = 0; k < variances.Length; k++)
        {
            if (truth[(3 * k) + 2] > 0)
                similarities[count++] = Similarity(found[3 * k] - truth[3 * k], found[(3 * k) + 1] - truth[(3 * k) + 1], variances[k], area);
        }
        return count;
    }

    private int ToBox(ReadOnlySpan<double> found, in CocoObject item, Span<double> similarities)
    {
        CocoBox box = item.Box;
        double left = box.X - box.Width, right = box.X + (box.Width * 2), top = box.Y - box.Height, bottom = box.Y + (box.Height * 2);
        for (int k = 0; k < variances.Length; k++)
        {
            double dx = Math.Max(0, left - found[3 * k]) + Math.Max(0, found[3 * k] - right);
            double dy = Math.Max(0, top - found[(3 * k) + 1]) + Math.Max(0, found[(3 * k) + 1] - bottom);
            similarities[k] = Similarity(dx, dy, variances[k], item.Area);
        }
        return variances.Length;
    }

    // The epsilon keeps an object of area 0 from dividing by it.
    private static double Similarity(double dx, double dy, double variance, double area) =>
        Math.Exp(-(((dx * dx) + (dy * dy)) / variance / (area + CocoEvaluator.NumpyEpsilon) / 2));

    /// <summary>In numpy's order (eight running sums, halves above 128), so that equal similarities stay equal.</summary>
    internal static double PairwiseSum(ReadOnlySpan<double> values)
    {
        double sum;
        if (values.Length < 8)
        {
            sum = 0;
            foreach (double value in values) sum += value;
            return sum;
        }
        if (values.Length > 128)
        {
            int half = values.Length / 2;
            half -= half % 8;
            return PairwiseSum(values[..half]) + PairwiseSum(values[half..]);
        }
        Span<double> lanes = stackalloc double[8];
        values[..8].CopyTo(lanes);
        int whole = values.Length - (values.Length % 8);
        for (int i = 8; i < whole; i++) lanes[i % 8] += values[i];
        sum = lanes[0] + lanes[1] + (lanes[2] + lanes[3]) + (lanes[4] + lanes[5] + (lanes[6] + lanes[7]));
        for (int i = whole; i < values.Length; i++) sum += values[i];
        return sum;
    }
}
