using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>Objects and detections of each image, as indices: objects in the order of the file, detections by falling score.</summary>
internal sealed class InstancesByImage
{
    private readonly int[] objects;
    private readonly int[] firstObject;
    private readonly int[] detections;
    private readonly int[] firstDetection;
    private readonly int mostDetections;
    private readonly CocoGroundTruth truth;
    private readonly CocoResults results;
    private double[] overlaps = [];

    /// <param name="mostDetections">The most confident detections of an image that count, whatever their class.</param>
    public InstancesByImage(CocoGroundTruth truth, CocoResults results, int mostDetections)
    {
        (this.truth, this.results, this.mostDetections) = (truth, results, mostDetections);
        int images = truth.Images.Count;
        ReadOnlySpan<CocoObject> annotated = new FlatList<CocoObject>(truth.Objects).Span;
        ReadOnlySpan<CocoDetection> found = new FlatList<CocoDetection>(results.Detections).Span;
        var keys = new int[annotated.Length];
        for (int i = 0; i < keys.Length; i++) keys[i] = annotated[i].ImageIndex;
        (firstObject, objects) = Group(keys, images);
        keys = new int[found.Length];
        for (int i = 0; i < keys.Length; i++) keys[i] = found[i].ImageIndex;
        (firstDetection, detections) = Group(keys, images);
        var scoreOrder = new ScoreOrder();
        for (int image = 0; image < images; image++)
            scoreOrder.Sort(detections.AsSpan(firstDetection[image]..firstDetection[image + 1]), found);
    }

    public ReadOnlySpan<int> Objects(int image) => objects.AsSpan(firstObject[image]..firstObject[image + 1]);

    public ReadOnlySpan<int> Detections(int image)
    {
        (int first, int end) = (firstDetection[image], firstDetection[image + 1]);
        return detections.AsSpan(first, Math.Min(end - first, mostDetections));
    }

    /// <summary>Of <see cref="Detections"/> x <see cref="Objects"/> of the image, a row for each detection; until the next call.</summary>
    /// <exception cref="BadInputException">There are more than fit into memory.</exception>
    public ReadOnlySpan<double> Overlaps(int image, InstanceOverlap overlap)
    {
        ReadOnlySpan<int> found = Detections(image), annotated = Objects(image);
        int count = OverlapLimit.Count(truth, results, image, -1, found.Length, annotated.Length);
        if (overlaps.Length < count) overlaps = new double[count];
        if (count > 0) overlap.Compute(found, annotated, overlaps.AsSpan(0, count));
        return overlaps.AsSpan(0, count);
    }

    /// <summary>Indices by group, in their order within it; and where each group starts, with one more entry for the end.</summary>
    private static (int[] First, int[] Items) Group(ReadOnlySpan<int> groupOfItem, int groupCount)
    {
        var first = new int[groupCount + 1];
        foreach (int group in groupOfItem) first[group + 1]++;
        for (int group = 0; group < groupCount; group++) first[group + 1] += first[group];
        var items = new int[groupOfItem.Length];
        int[] next = first[..groupCount];
        for (int item = 0; item < items.Length; item++) items[next[groupOfItem[item]]++] = item;
        return (first, items);
    }
}
