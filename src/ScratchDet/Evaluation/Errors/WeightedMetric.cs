using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>Average precision of one run as a function of how often each image counts. Matched once; may be asked by several threads.</summary>
internal sealed class WeightedMetric
{
    private readonly BootstrapMetric metric;
    private readonly List<ClassRecords> classes = [];

    public WeightedMetric(CocoGroundTruth truth, CocoResults results, InstanceOverlap overlap, BootstrapMetric metric, int detectionsPerImage)
    {
        this.metric = metric;
        IReadOnlyList<double> thresholds = metric == BootstrapMetric.CocoAp ? CocoEvaluator.IouThresholds : [0.5];
        foreach (CategoryInstances one in CategoryInstances.Of(truth, results, overlap, detectionsPerImage))
        {
            (bool[] counts, bool[] crowds) = one.ObjectFlags(truth);
            int[] objectImages = [.. Enumerable.Range(0, counts.Length).Where(o => counts[o]).Select(o => truth.Objects[one.Objects[o]].ImageIndex)];
            if (objectImages.Length == 0) continue; // in no resample has it an object
            var fates = new DetectionFate[one.Detections.Length];
            classes.Add(new ClassRecords(objectImages, [.. thresholds.Select(threshold =>
            {
                if (metric == BootstrapMetric.VocArea) one.MatchVoc(threshold, counts, fates);
                else one.Match(threshold, counts, crowds, [], fates);
                return Falling(one, fates);
            })]));
        }
    }

    /// <summary>0 to 1; NaN when no class has an object.</summary>
    /// <param name="weights">By index of the image.</param>
    public double Of(int[] weights)
    {
        var curve = new PrecisionCurve();
        double sum = 0;
        int counted = 0;
        foreach (ClassRecords one in classes)
        {
            long objects = 0;
            foreach (int image in one.ObjectImages) objects += weights[image];
            if (objects == 0) continue;
            counted++;
            double overThresholds = 0;
            foreach (int[] detections in one.Detections) overThresholds += Value(detections, weights, objects, curve);
            sum += overThresholds / one.Detections.Length;
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
            if (signed >= 0) curve.Hit(weight);
            else curve.Miss(weight);
        }
        return metric == BootstrapMetric.VocArea ? curve.Area(objects) : curve.Interpolated(objects, PrecisionCurve.CocoLevels);
    }

    /// <summary>Images of the detections that count, by falling score: as they are for hits, complemented for false positives.</summary>
    private static int[] Falling(CategoryInstances one, DetectionFate[] fates)
    {
        var falling = new List<int>(fates.Length);
        foreach (int d in one.Falling)
        {
            if (fates[d] == DetectionFate.TruePositive) falling.Add(one.ImageOfDetection[d]);
            else if (fates[d] == DetectionFate.FalsePositive) falling.Add(~one.ImageOfDetection[d]);
        }
        return [.. falling];
    }

    /// <param name="ObjectImages">The image of each object that counts.</param>
    /// <param name="Detections">By threshold; see <see cref="Falling"/>.</param>
    private sealed record ClassRecords(int[] ObjectImages, int[][] Detections);
}
