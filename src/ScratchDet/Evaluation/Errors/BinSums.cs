using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>Adds up average precision bin by bin, category after category.</summary>
internal sealed class BinSums(CocoGroundTruth truth, CocoResults results, IReadOnlyList<ObjectBin> bins, CancellationToken cancellation)
{
    private readonly BinSum[] sums = [.. bins.Select(_ => new BinSum())];
    private readonly PrecisionCurve curve = new();
    private readonly double[] averagePrecisions = new double[CocoEvaluator.IouThresholds.Count];

    public void Add(CategoryInstances category)
    {
        if (category.Objects.Length == 0) return;
        (bool[] counts, bool[] crowds) = category.ObjectFlags(truth);
        var isIn = new bool[counts.Length];
        var isOutside = new bool[category.Detections.Length];
        var outcomes = new DetectionOutcome[category.Detections.Length];
        for (int b = 0; b < bins.Count; b++)
        {
            cancellation.ThrowIfCancellationRequested();
            int objects = 0;
            for (int o = 0; o < isIn.Length; o++)
            {
                isIn[o] = counts[o] && bins[b].Contains(Value(truth.Objects[category.Objects[o]], bins[b].Quantity));
                if (isIn[o]) objects++;
            }
            if (objects == 0) continue;
            for (int d = 0; d < isOutside.Length; d++)
                isOutside[d] = !bins[b].Contains(Value(results.Detections[category.Detections[d]], bins[b].Quantity));
            double recall50 = 0;
            for (int t = 0; t < averagePrecisions.Length; t++)
            {
                category.Match(CocoEvaluator.IouThresholds[t], isIn, crowds, isOutside, outcomes);
                (averagePrecisions[t], int truePositives) = AveragePrecision(category, outcomes, objects);
                if (t == 0) recall50 = (double)truePositives / objects;
            }
            sums[b].Add(objects, averagePrecisions, recall50);
        }
    }

    public BinnedAveragePrecision Result() => new([.. bins.Select((bin, b) => sums[b].Result(bin))]);

    private (double AveragePrecision, int TruePositives) AveragePrecision(CategoryInstances category, ReadOnlySpan<DetectionOutcome> outcomes, int objects)
    {
        curve.Clear();
        int truePositives = 0;
        foreach (int d in category.ByFallingScore)
        {
            if (outcomes[d] == DetectionOutcome.FalsePositive) curve.AddFalsePositive();
            if (outcomes[d] != DetectionOutcome.TruePositive) continue;
            curve.AddTruePositive();
            truePositives++;
        }
        return (curve.Interpolated(objects, PrecisionCurve.CocoLevels), truePositives);
    }

    private static double Value(CocoObject item, BinQuantity quantity) => quantity == BinQuantity.Area ? item.Area : Aspect(item.Box);

    private static double Value(CocoDetection detection, BinQuantity quantity) => quantity == BinQuantity.Area ? detection.Area : Aspect(detection.Box);

    private static double Aspect(CocoBox box) => Math.Log2(box.Width / box.Height);

    private sealed class BinSum
    {
        private int objectCount;
        private int classCount;
        private double ap50;
        private double ap;
        private double recall;

        public void Add(int objects, double[] apByThreshold, double recall50)
        {
            objectCount += objects;
            classCount++;
            ap50 += apByThreshold[0];
            ap += apByThreshold.Sum() / apByThreshold.Length;
            recall += recall50;
        }

        public BinAveragePrecision Result(ObjectBin bin) => new(bin, objectCount, ap50 / classCount, ap / classCount, recall / classCount);
    }
}
