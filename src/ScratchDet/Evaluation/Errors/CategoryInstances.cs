using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>What became of a detection.</summary>
internal enum DetectionFate : byte
{
    FalsePositive,
    TruePositive,

    /// <summary>Neither: it matches an object that does not count.</summary>
    Ignored,
}

/// <summary>The objects and detections of one category in one image: stretches of the category's lists.</summary>
/// <param name="FirstOverlap">Of detections x objects overlaps, a row for each detection.</param>
internal readonly record struct ImageGroup(int Image, int FirstDetection, int DetectionCount, int FirstObject, int ObjectCount, int FirstOverlap);

/// <summary>
/// The objects and detections of one category with their overlaps, image after image by rising image id, which decides
/// between equal scores as in the COCO evaluator; in an image objects in the order of the file, detections by falling score.
/// </summary>
internal sealed class CategoryInstances
{
    private readonly ImageGroup[] groups;
    private readonly double[] overlaps;
    private readonly List<int> objectOrder = [];
    private bool[] isTaken = [];

    private CategoryInstances(int category, int[] detections, double[] scores, int[] imageOfDetection, int[] objects, ImageGroup[] groups, double[] overlaps)
    {
        (Category, Detections, Scores, ImageOfDetection, Objects) = (category, detections, scores, imageOfDetection, objects);
        (this.groups, this.overlaps) = (groups, overlaps);
        Falling = ScoreSorter.Order(scores);
    }

    public int Category { get; }

    /// <summary>Indices into <see cref="CocoResults.Detections"/>.</summary>
    public int[] Detections { get; }

    /// <summary>By place in <see cref="Detections"/>.</summary>
    public double[] Scores { get; }

    /// <summary>By place in <see cref="Detections"/>.</summary>
    public int[] ImageOfDetection { get; }

    /// <summary>Indices into <see cref="CocoGroundTruth.Objects"/>.</summary>
    public int[] Objects { get; }

    /// <summary>Places in <see cref="Detections"/>, the largest score of all images first.</summary>
    public int[] Falling { get; }

    /// <summary>One after another for each category, by rising id, with or without objects and detections.</summary>
    /// <param name="detectionsPerImage">The most confident detections of an image and category that count.</param>
    public static IEnumerable<CategoryInstances> Of(CocoGroundTruth truth, CocoResults results, InstanceOverlap overlap, int detectionsPerImage)
    {
        (FlatList<CocoObject> objects, FlatList<CocoDetection> detections) = (new(truth.Objects), new(results.Detections));
        var groups = new CocoGroups(truth, objects.Span, detections.Span, isClassAgnostic: false);
        var indexOfId = new Dictionary<long, int>();
        for (int category = 0; category < truth.Categories.Count; category++) indexOfId[truth.Categories[category].Id] = category;
        var sorter = new ScoreSorter();
        for (int row = 0; row < groups.Count; row++)
            yield return Make(indexOfId[groups.Categories[row].Id], groups, row, objects.Span, detections.Span, overlap, detectionsPerImage, sorter);
    }

    private static CategoryInstances Make(
        int category, CocoGroups groups, int row, ReadOnlySpan<CocoObject> allObjects, ReadOnlySpan<CocoDetection> allDetections, InstanceOverlap overlap, int detectionsPerImage,
        ScoreSorter sorter)
    {
        int[] objects = groups.Objects(row).ToArray(), found = groups.Detections(row).ToArray();
        var detections = new List<int>(found.Length);
        var images = new List<ImageGroup>();
        int overlapCount = 0;
        for (int d = 0, o = 0; d < found.Length || o < objects.Length;)
        {
            int ofDetection = d < found.Length ? allDetections[found[d]].ImageIndex : -1, ofObject = o < objects.Length ? allObjects[objects[o]].ImageIndex : -1;
            int image = ofDetection < 0 ? ofObject : ofObject < 0 || groups.ImageRank(ofDetection) < groups.ImageRank(ofObject) ? ofDetection : ofObject;
            int endDetection = d, endObject = o;
            while (endDetection < found.Length && allDetections[found[endDetection]].ImageIndex == image) endDetection++;
            while (endObject < objects.Length && allObjects[objects[endObject]].ImageIndex == image) endObject++;
            Span<int> own = found.AsSpan(d..endDetection);
            sorter.Sort(own, allDetections);
            int kept = Math.Min(own.Length, detectionsPerImage);
            images.Add(new ImageGroup(image, detections.Count, kept, o, endObject - o, overlapCount));
            detections.AddRange(own[..kept]);
            overlapCount = checked(overlapCount + (kept * (endObject - o)));
            (d, o) = (endDetection, endObject);
        }
        int[] all = [.. detections];
        var overlaps = new double[overlapCount];
        var imageOfDetection = new int[all.Length];
        foreach (ImageGroup group in images)
        {
            imageOfDetection.AsSpan(group.FirstDetection, group.DetectionCount).Fill(group.Image);
            int count = group.DetectionCount * group.ObjectCount;
            if (count > 0) overlap.Compute(all.AsSpan(group.FirstDetection, group.DetectionCount), objects.AsSpan(group.FirstObject, group.ObjectCount), overlaps.AsSpan(group.FirstOverlap, count));
        }
        var scores = new double[all.Length];
        for (int d = 0; d < scores.Length; d++) scores[d] = allDetections[all[d]].Score;
        return new CategoryInstances(category, all, scores, imageOfDetection, objects, [.. images], overlaps);
    }

    /// <summary>
    /// Matches as the COCO evaluator does: by falling score a detection takes the free object that it overlaps most, those that
    /// count before those that do not; a crowd can be taken any number of times.
    /// </summary>
    /// <param name="objectCounts">By place in <see cref="Objects"/>: false for objects that do not count.</param>
    /// <param name="isCrowd">By place in <see cref="Objects"/>.</param>
    /// <param name="isOutside">By place in <see cref="Detections"/>: without a match these are ignored. Null: none.</param>
    /// <param name="fates">Gets one for each place in <see cref="Detections"/>.</param>
    /// <param name="takenObject">Gets the place in <see cref="Objects"/>, or -1. Empty: not wanted.</param>
    public void Match(
        double threshold, ReadOnlySpan<bool> objectCounts, ReadOnlySpan<bool> isCrowd, ReadOnlySpan<bool> isOutside, Span<DetectionFate> fates, Span<int> takenObject = default)
    {
        if (isTaken.Length < Objects.Length) isTaken = new bool[Objects.Length];
        Array.Clear(isTaken);
        foreach (ImageGroup group in groups)
        {
            objectOrder.Clear();
            for (int o = group.FirstObject; o < group.FirstObject + group.ObjectCount; o++)
                if (objectCounts[o]) objectOrder.Add(o);
            int counting = objectOrder.Count;
            for (int o = group.FirstObject; o < group.FirstObject + group.ObjectCount; o++)
                if (!objectCounts[o]) objectOrder.Add(o);
            for (int d = group.FirstDetection; d < group.FirstDetection + group.DetectionCount; d++)
            {
                int row = group.FirstOverlap + ((d - group.FirstDetection) * group.ObjectCount) - group.FirstObject;
                double largest = Math.Min(threshold, 1 - 1e-10);
                int best = -1;
                for (int i = 0; i < objectOrder.Count && !(i == counting && best >= 0); i++)
                {
                    int o = objectOrder[i];
                    // Of equal overlaps the last wins, as in the reference evaluator.
                    if (overlaps[row + o] < largest || (isTaken[o] && !isCrowd[o])) continue;
                    (largest, best) = (overlaps[row + o], o);
                }
                if (best >= 0) isTaken[best] = true;
                fates[d] = best >= 0 ? (objectCounts[best] ? DetectionFate.TruePositive : DetectionFate.Ignored)
                    : !isOutside.IsEmpty && isOutside[d] ? DetectionFate.Ignored : DetectionFate.FalsePositive;
                if (!takenObject.IsEmpty) takenObject[d] = best;
            }
        }
    }

    /// <summary>
    /// Matches as the PASCAL VOC devkit does: a detection belongs to the object that it overlaps most, the first of equals, and
    /// is a false positive when an earlier detection has that one; on an object that does not count it is ignored.
    /// </summary>
    public void MatchVoc(double threshold, ReadOnlySpan<bool> objectCounts, Span<DetectionFate> fates)
    {
        if (isTaken.Length < Objects.Length) isTaken = new bool[Objects.Length];
        Array.Clear(isTaken);
        foreach (ImageGroup group in groups)
        {
            for (int d = group.FirstDetection; d < group.FirstDetection + group.DetectionCount; d++)
            {
                int row = group.FirstOverlap + ((d - group.FirstDetection) * group.ObjectCount) - group.FirstObject;
                int best = -1;
                double largest = 0;
                for (int o = group.FirstObject; o < group.FirstObject + group.ObjectCount; o++)
                    if (overlaps[row + o] > largest) (largest, best) = (overlaps[row + o], o);
                fates[d] = best < 0 || largest < threshold ? DetectionFate.FalsePositive
                    : !objectCounts[best] ? DetectionFate.Ignored
                    : isTaken[best] ? DetectionFate.FalsePositive : DetectionFate.TruePositive;
                if (fates[d] == DetectionFate.TruePositive) isTaken[best] = true;
            }
        }
    }

    /// <summary>By place in <see cref="Objects"/>: whether finding it counts, and whether it is a crowd.</summary>
    public (bool[] Counts, bool[] IsCrowd) ObjectFlags(CocoGroundTruth truth)
    {
        var counts = new bool[Objects.Length];
        var crowds = new bool[Objects.Length];
        for (int o = 0; o < counts.Length; o++)
        {
            CocoObject item = truth.Objects[Objects[o]];
            (counts[o], crowds[o]) = (!item.IsCrowd && !item.Ignore, item.IsCrowd);
        }
        return (counts, crowds);
    }
}
