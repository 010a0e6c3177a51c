using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>Average precision of one run as a function of how often each image counts. Matched once; may be asked by several threads.</summary>
internal sealed class WeightedMetric
{
    private const double SmallestThreshold = 0.5;

    private readonly BootstrapMetric metric;
    private readonly List<ClassRecords> classes = [];

    /// <param name="kind">Boxes or masks.</param>
    public WeightedMetric(
        CocoGroundTruth truth, CocoResults results, OverlapKind kind, BootstrapMetric metric, int detectionsPerImage, CancellationToken cancellation)
    {
        this.metric = metric;
        IReadOnlyList<double> thresholds = metric == BootstrapMetric.CocoAp ? CocoEvaluator.IouThresholds : [SmallestThreshold];
        // VOC knows no crowds: one is a difficult object, with an intersection over union like any other.
        if (metric == BootstrapMetric.VocArea) truth = WithoutCrowds(truth);
        InstanceOverlap overlap = kind == OverlapKind.Masks ? new MaskOverlap(truth, results, SmallestThreshold) : new BoxOverlap(truth, results);
        foreach (CategoryInstances category in CategoryInstances.Of(truth, results, overlap, detectionsPerImage, cancellation))
        {
            (bool[] counts, bool[] crowds) = category.ObjectFlags(truth);
            int[] objectImages = [.. Enumerable.Range(0, counts.Length).Where(o => counts[o]).Select(o => truth.Objects[category.Objects[o]].ImageIndex)];
            if (objectImages.Length == 0) continue; // in no resample has it an object
            var outcomes = new DetectionOutcome[category.Detections.Length];
            var detections = new int[thresholds.Count][];
            for (int t = 0; t < detections.Length; t++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (metric == BootstrapMetric.VocArea) category.MatchVoc(thresholds[t], counts, outcomes);
                else category.Match(thresholds[t], counts, crowds, [], outcomes);
                detections[t] = ByFallingScore(category, outcomes);
            }
            classes.Add(new ClassRecords(objectImages, detections));
        }
    }

    /// <summary>0 to 1; NaN when no class has an object.</summary>
    /// <param name="weights">By index of the image.</param>
    public double Of(int[] weights)
    {
        var curve = new PrecisionCurve();
        double sum = 0;
        int counted = 0;
        foreach (ClassRecords records in classes)
        {
            long objects = 0;
            foreach (int image in records.ObjectImages) objects += weights[image];
            if (objects == 0) continue;
            counted++;
            double overThresholds = 0;
            foreach (int[] detections in records.Detections) overThresholds += Value(detections, weights, objects, curve);
            sum += overThresholds / records.Detections.Length;
        }
        return counted == 0 ? double.NaN : sum / counted;
    }

    private double Value(int[] detections, int[] weights, long objects, PrecisionCurve curve)
    {
        curve.Clear();
        foreach (int signed in detections)
        {
            int weight = weights[signed < 0 ? ~signed : signed];
            if (weight == 0) continue;
            // Copies of an image follow each other: between the first and the last no precision is larger, no recall missing.
            if (signed >= 0) curve.AddTruePositive(weight);
            else curve.AddFalsePositive(weight);
        }
        return metric == BootstrapMetric.VocArea ? curve.Area(objects) : curve.Interpolated(objects, PrecisionCurve.CocoLevels);
    }

    /// <summary>Images of the detections that count, by falling score: as they are for true positives, complemented for false ones.</summary>
    private static int[] ByFallingScore(CategoryInstances category, DetectionOutcome[] outcomes)
    {
        var falling = new List<int>(outcomes.Length);
        foreach (int d in category.ByFallingScore)
        {
            if (outcomes[d] == DetectionOutcome.TruePositive) falling.Add(category.ImageOfDetection[d]);
            else if (outcomes[d] == DetectionOutcome.FalsePositive) falling.Add(~category.ImageOfDetection[d]);
        }
        return [.. falling];
    }

    private static CocoGroundTruth WithoutCrowds(CocoGroundTruth truth) =>
        truth with { Objects = [.. truth.Objects.Select(item => item.IsCrowd ? item with { IsCrowd = false, Ignore = true } : item)] };

    /// <param name="ObjectImages">The image of each object that counts.</param>
    /// <param name="Detections">By threshold; see <see cref="ByFallingScore"/>.</param>
    private sealed record ClassRecords(int[] ObjectImages, int[][] Detections);
}
