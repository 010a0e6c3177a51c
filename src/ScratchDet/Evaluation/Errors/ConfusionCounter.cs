using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>Counts which classes are taken for which, image after image; see <see cref="ConfusionMatrix"/>.</summary>
internal sealed class ConfusionCounter(CocoGroundTruth truth, CocoResults results, double iouThreshold, double scoreThreshold)
{
    private readonly FlatList<CocoObject> annotated = new(truth.Objects);
    private readonly FlatList<CocoDetection> detected = new(results.Detections);
    private readonly int background = truth.Categories.Count;
    private readonly int[,] counts = new int[truth.Categories.Count + 1, truth.Categories.Count + 1];
    private bool[] isTaken = [];

    /// <summary>Pairs the detections and objects of the next image.</summary>
    /// <param name="detections">By falling score.</param>
    /// <param name="overlaps">Of detections x objects, a row for each detection.</param>
    public void Add(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, ReadOnlySpan<double> overlaps)
    {
        if (isTaken.Length < objects.Length) isTaken = new bool[objects.Length];
        Array.Clear(isTaken, 0, objects.Length);
        for (int d = 0; d < detections.Length; d++)
        {
            ref readonly CocoDetection detection = ref detected.Span[detections[d]];
            if (!(detection.Score >= scoreThreshold)) break;
            int pair = Pair(objects, overlaps.Slice(d * objects.Length, objects.Length), detection.CategoryIndex, out bool liesOnIgnored);
            if (pair >= 0)
            {
                isTaken[pair] = true;
                counts[annotated.Span[objects[pair]].CategoryIndex, detection.CategoryIndex]++;
            }
            else if (!liesOnIgnored)
            {
                counts[background, detection.CategoryIndex]++;
            }
        }
        for (int g = 0; g < objects.Length; g++)
        {
            ref readonly CocoObject item = ref annotated.Span[objects[g]];
            if (!isTaken[g] && !item.IsCrowd && !item.Ignore) counts[item.CategoryIndex, background]++;
        }
    }

    public ConfusionMatrix Result() => new(truth.Categories, iouThreshold, scoreThreshold, counts);

    /// <summary>The place of the free object that the detection overlaps most; -1 without one.</summary>
    private int Pair(ReadOnlySpan<int> objects, ReadOnlySpan<double> overlaps, int category, out bool liesOnIgnored)
    {
        int best = -1;
        liesOnIgnored = false;
        for (int g = 0; g < objects.Length; g++)
        {
            if (overlaps[g] < iouThreshold) continue;
            ref readonly CocoObject item = ref annotated.Span[objects[g]];
            if (item.IsCrowd || item.Ignore)
            {
                liesOnIgnored |= item.CategoryIndex == category;
                continue;
            }
            if (isTaken[g]) continue;
            bool isBetter = best < 0 || overlaps[g] > overlaps[best]
                || (overlaps[g] == overlaps[best] && item.CategoryIndex == category && annotated.Span[objects[best]].CategoryIndex != category);
            if (isBetter) best = g;
        }
        return best;
    }
}
