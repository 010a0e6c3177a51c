using System.Numerics;

namespace ScratchDet.Evaluation.Coco;

/// <summary>
/// Goes down the detections of a category by falling score and notes precision and recall where an object is found:
/// between two of those precision only falls, so its largest value from a recall level on is taken at one of them.
/// </summary>
internal sealed class PrecisionWalk(int thresholdCount, double[] recallLevels)
{
    private readonly int[] found = new int[thresholdCount];
    private readonly int[] falseOnes = new int[thresholdCount];
    private readonly int[] foundForLevel = new int[recallLevels.Length];
    private double[] precisions = [];
    private int[] places = [];
    private int room;

    /// <summary>How many objects of so many must be found to reach each recall level.</summary>
    public void Begin(int objectCount)
    {
        if (room < objectCount)
        {
            room = Math.Max(objectCount, 2 * room);
            precisions = new double[room * thresholdCount];
            places = new int[room * thresholdCount];
        }
        int count = 0;
        for (int level = 0; level < recallLevels.Length; level++)
        {
            // By division, as the reference evaluator has it: 0.07 x 100 is above 7 in binary, 7 / 100 is not below 0.07.
            while ((double)count / objectCount < recallLevels[level]) count++;
            foundForLevel[level] = count;
        }
    }

    /// <summary>Writes one category, area range and number of detections into the results.</summary>
    /// <param name="objectCount">That of <see cref="Begin"/>: objects that count, above 0.</param>
    /// <param name="place">Index in <see cref="CocoEvaluation.Recall"/> at the first threshold.</param>
    /// <param name="stride">Step there from threshold to threshold.</param>
    public void Run(RankedDetections detections, int area, int areaCount, int maxDetections, int objectCount, int place, int stride, CocoEvaluation into)
    {
        int first = Walk(detections, area, areaCount, maxDetections);
        for (int t = 0; t < thresholdCount; t++)
        {
            into.Recall[place + (t * stride)] = (double)found[t] / objectCount;
            Span<double> envelope = precisions.AsSpan(t * room, found[t]);
            for (int i = envelope.Length - 2; i >= 0; i--)
                if (envelope[i + 1] > envelope[i]) envelope[i] = envelope[i + 1];
            for (int level = 0; level < recallLevels.Length; level++)
            {
                int index = place + (((t * recallLevels.Length) + level) * stride);
                int needed = Math.Max(1, foundForLevel[level]);
                bool isReached = needed <= envelope.Length;
                into.Precision[index] = isReached ? envelope[needed - 1] : 0;
                // A recall of 0 is reached by the first detection, whatever it is.
                int at = foundForLevel[level] == 0 ? first : isReached ? places[(t * room) + needed - 1] : -1;
                into.Scores[index] = at < 0 ? 0 : detections.Scores[at];
            }
        }
    }

    /// <summary>Fills in what was found, and where with which precision; the place of the first detection, or -1.</summary>
    private int Walk(RankedDetections detections, int area, int areaCount, int maxDetections)
    {
        Array.Clear(found);
        Array.Clear(falseOnes);
        ushort all = InstanceMatcher.AllThresholds(thresholdCount);
        int falseAtAll = 0, first = -1;
        ushort[] hits = detections.Hits, misses = detections.Misses;
        int[] ranks = detections.RankInImage;
        for (int i = 0; i < detections.Count; i++)
        {
            if (ranks[i] >= maxDetections) continue;
            if (first < 0) first = i;
            int miss = misses[(i * areaCount) + area];
            if (miss == all)
            {
                falseAtAll++;
                continue;
            }
            for (; miss != 0; miss &= miss - 1) falseOnes[BitOperations.TrailingZeroCount(miss)]++;
            for (int hit = hits[(i * areaCount) + area]; hit != 0; hit &= hit - 1)
            {
                int t = BitOperations.TrailingZeroCount(hit);
                int index = (t * room) + found[t]++;
                // The reference evaluator adds it to the divisor; it can show in the last digit.
                precisions[index] = found[t] / ((double)(falseAtAll + falseOnes[t]) + found[t] + CocoEvaluator.NumpyEpsilon);
                places[index] = i;
            }
        }
        return first;
    }
}
