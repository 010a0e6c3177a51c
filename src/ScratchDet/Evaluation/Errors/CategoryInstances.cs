using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>What became of a detection.</summary>
internal enum DetectionOutcome : byte
{
    FalsePositive,
    TruePositive,

    /// <summary>Neither: it matches an object that does not count.</summary>
    Ignored,
}

/// <summary>The objects and detections of one category in one image: stretches of the category's lists.</summary>
/// <param name="Overlaps">Detections x objects, a row for each detection.</param>
internal readonly record struct CategoryImage(int Image, int FirstDetection, int DetectionCount, int FirstObject, int ObjectCount, double[] Overlaps)
{
    /// <summary>With the objects of the image, in their order.</summary>
    public ReadOnlySpan<double> OverlapsOf(int detection) => Overlaps.AsSpan((detection - FirstDetection) * ObjectCount, ObjectCount);
}

/// <summary>
/// The objects and detections of one category with their overlaps, image after image by rising image id, which decides
/// between equal scores as in the COCO evaluator; in an image objects in the order of the file, detections by falling score.
/// </summary>
internal sealed class CategoryInstances
{
    private readonly CategoryImage[] images;
    private readonly List<int> objectOrder = [];
    private bool[] isTaken = [];

    private CategoryInstances(int category, int[] detections, double[] scores, int[] imageOfDetection, int[] objects, CategoryImage[] images)
    {
        (Category, Detections, Scores, ImageOfDetection, Objects) = (category, detections, scores, imageOfDetection, objects);
        this.images = images;
        ByFallingScore = ScoreOrder.Of(scores);
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
    public int[] ByFallingScore { get; }

    /// <summary>One after another for each category, by rising id, with or without objects and detections.</summary>
    /// <param name="detectionsPerImage">The most confident detections of an image and category that count.</param>
    /// <exception cref="BadInputException">An image has more pairs of a category than fit into memory.</exception>
    public static IEnumerable<CategoryInstances> Of(
        CocoGroundTruth truth, CocoResults results, InstanceOverlap overlap, int detectionsPerImage, CancellationToken cancellation)
    {
        (FlatList<CocoObject> objects, FlatList<CocoDetection> detections) = (new(truth.Objects), new(results.Detections));
        var groups = new CocoGroups(truth, objects.Span, detections.Span, isClassAgnostic: false);
        var indexOfId = new Dictionary<long, int>();
        for (int category = 0; category < truth.Categories.Count; category++) indexOfId[truth.Categories[category].Id] = category;
        var scoreOrder = new ScoreOrder();
        for (int row = 0; row < groups.Count; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] ofObjects = groups.Objects(row).ToArray(), found = groups.Detections(row).ToArray();
            var images = new List<CategoryImage>();
            int[] kept = Arrange(groups, ofObjects, found, objects.Span, detections.Span, detectionsPerImage, scoreOrder, images);
            int category = indexOfId[groups.Categories[row].Id];
            for (int i = 0; i < images.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                images[i] = images[i] with { Overlaps = Overlaps(truth, results, category, images[i], kept, ofObjects, overlap) };
            }
            yield return Make(category, kept, ofObjects, detections.Span, [.. images]);
        }
    }

    /// <summary>Walks through the images of a category, whose objects and detections come in the same order of images.</summary>
    /// <param name="images">Gets them, without overlaps.</param>
    /// <returns>The detections that count.</returns>
    private static int[] Arrange(
        CocoGroups groups, int[] objects, int[] found, ReadOnlySpan<CocoObject> allObjects, ReadOnlySpan<CocoDetection> allDetections,
        int detectionsPerImage, ScoreOrder scoreOrder, List<CategoryImage> images)
    {
        var detections = new List<int>(found.Length);
        for (int d = 0, o = 0; d < found.Length || o < objects.Length;)
        {
            int ofDetection = d < found.Length ? allDetections[found[d]].ImageIndex : -1;
            int ofObject = o < objects.Length ? allObjects[objects[o]].ImageIndex : -1;
            bool detectionIsFirst = ofObject < 0 || (ofDetection >= 0 && groups.ImageRank(ofDetection) < groups.ImageRank(ofObject));
            int image = detectionIsFirst ? ofDetection : ofObject;
            int endDetection = d, endObject = o;
            while (endDetection < found.Length && allDetections[found[endDetection]].ImageIndex == image) endDetection++;
            while (endObject < objects.Length && allObjects[objects[endObject]].ImageIndex == image) endObject++;
            Span<int> own = found.AsSpan(d..endDetection);
            scoreOrder.Sort(own, allDetections);
            int kept = Math.Min(own.Length, detectionsPerImage);
            images.Add(new CategoryImage(image, detections.Count, kept, o, endObject - o, []));
            detections.AddRange(own[..kept]);
            (d, o) = (endDetection, endObject);
        }
        return [.. detections];
    }

    private static double[] Overlaps(
        CocoGroundTruth truth, CocoResults results, int category, in CategoryImage image, int[] detections, int[] objects, InstanceOverlap overlap)
    {
        if (image.DetectionCount == 0 || image.ObjectCount == 0) return [];
        var overlaps = new double[OverlapLimit.Count(truth, results, image.Image, category, image.DetectionCount, image.ObjectCount)];
        overlap.Compute(
            detections.AsSpan(image.FirstDetection, image.DetectionCount), objects.AsSpan(image.FirstObject, image.ObjectCount), overlaps);
        return overlaps;
    }

    private static CategoryInstances Make(int category, int[] detections, int[] objects, ReadOnlySpan<CocoDetection> allDetections, CategoryImage[] images)
    {
        var imageOfDetection = new int[detections.Length];
        foreach (CategoryImage image in images) imageOfDetection.AsSpan(image.FirstDetection, image.DetectionCount).Fill(image.Image);
        var scores = new double[detections.Length];
        for (int d = 0; d < scores.Length; d++) scores[d] = allDetections[detections[d]].Score;
        return new CategoryInstances(category, detections, scores, imageOfDetection, objects, images);
    }

    /// <summary>
    /// Matches as the COCO evaluator does: by falling score a detection takes the free object that it overlaps most, those that
    /// count before those that do not; a crowd can be taken any number of times.
    /// </summary>
    /// <param name="objectCounts">By place in <see cref="Objects"/>: false for objects that do not count.</param>
    /// <param name="isCrowd">By place in <see cref="Objects"/>.</param>
    /// <param name="isOutside">By place in <see cref="Detections"/>: without a match these are ignored. Empty: none.</param>
    /// <param name="outcomes">Gets one for each place in <see cref="Detections"/>.</param>
    public void Match(
        double threshold, ReadOnlySpan<bool> objectCounts, ReadOnlySpan<bool> isCrowd, ReadOnlySpan<bool> isOutside, Span<DetectionOutcome> outcomes)
    {
        ClearTaken();
        foreach (CategoryImage image in images)
        {
            objectOrder.Clear();
            for (int o = image.FirstObject; o < image.FirstObject + image.ObjectCount; o++)
                if (objectCounts[o]) objectOrder.Add(o);
            int counting = objectOrder.Count;
            for (int o = image.FirstObject; o < image.FirstObject + image.ObjectCount; o++)
                if (!objectCounts[o]) objectOrder.Add(o);
            for (int d = image.FirstDetection; d < image.FirstDetection + image.DetectionCount; d++)
            {
                ReadOnlySpan<double> overlaps = image.OverlapsOf(d);
                double largest = Math.Min(threshold, 1 - 1e-10);
                int best = -1;
                for (int i = 0; i < objectOrder.Count && !(i == counting && best >= 0); i++)
                {
                    int o = objectOrder[i];
                    double share = overlaps[o - image.FirstObject];
                    // Of equal overlaps the last wins, as in the reference evaluator.
                    if (share < largest || (isTaken[o] && !isCrowd[o])) continue;
                    (largest, best) = (share, o);
                }
                if (best >= 0) isTaken[best] = true;
                outcomes[d] = best >= 0 ? (objectCounts[best] ? DetectionOutcome.TruePositive : DetectionOutcome.Ignored)
                    : !isOutside.IsEmpty && isOutside[d] ? DetectionOutcome.Ignored : DetectionOutcome.FalsePositive;
            }
        }
    }

    /// <summary>
    /// Matches as the PASCAL VOC devkit does: a detection belongs to the object that it overlaps most, the first of equals, and
    /// is a false positive when an earlier detection has that one; on an object that does not count it is ignored. VOC knows no
    /// crowds: overlaps must be intersections over unions with all objects.
    /// </summary>
    public void MatchVoc(double threshold, ReadOnlySpan<bool> objectCounts, Span<DetectionOutcome> outcomes)
    {
        ClearTaken();
        foreach (CategoryImage image in images)
        {
            for (int d = image.FirstDetection; d < image.FirstDetection + image.DetectionCount; d++)
            {
                ReadOnlySpan<double> overlaps = image.OverlapsOf(d);
                int best = -1;
                double largest = 0;
                for (int o = 0; o < overlaps.Length; o++)
                    if (overlaps[o] > largest) (largest, best) = (overlaps[o], image.FirstObject + o);
                outcomes[d] = best < 0 || largest < threshold ? DetectionOutcome.FalsePositive
                    : !objectCounts[best] ? DetectionOutcome.Ignored
                    : isTaken[best] ? DetectionOutcome.FalsePositive : DetectionOutcome.TruePositive;
                if (outcomes[d] == DetectionOutcome.TruePositive) isTaken[best] = true;
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

    private void ClearTaken()
    {
        if (isTaken.Length < Objects.Length) isTaken = new bool[Objects.Length];
        Array.Clear(isTaken);
    }
}
