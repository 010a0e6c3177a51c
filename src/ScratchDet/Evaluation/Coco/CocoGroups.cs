using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>
/// Objects and detections brought together by category and image: all of a category stand in a row, by rising id of the
/// image, and within an image in the order of the file. Without regard to class all stand in one row, by image, category
/// and file. Counting sorts, so the time grows with the number of items.
/// </summary>
internal sealed class CocoGroups
{
    private readonly int[] imageRanks;
    private readonly Arrangement objects;
    private readonly Arrangement detections;

    public CocoGroups(CocoGroundTruth truth, ReadOnlySpan<CocoObject> allObjects, ReadOnlySpan<CocoDetection> allDetections, bool isClassAgnostic)
    {
        imageRanks = Ranks(truth.Images.Count, i => truth.Images[i].Id, out int imageCount);
        int[] categoryRanks = Ranks(truth.Categories.Count, i => truth.Categories[i].Id, out int categoryCount);
        var categories = new CocoCategory[categoryCount];
        for (int i = 0; i < categoryRanks.Length; i++) categories[categoryRanks[i]] = truth.Categories[i];
        Categories = categories;

        var imageKeys = new int[allObjects.Length];
        var categoryKeys = new int[allObjects.Length];
        for (int i = 0; i < allObjects.Length; i++)
        {
            imageKeys[i] = imageRanks[allObjects[i].ImageIndex];
            categoryKeys[i] = categoryRanks[allObjects[i].CategoryIndex];
        }
        objects = Arrange(imageKeys, imageCount, categoryKeys, categoryCount, isClassAgnostic);

        imageKeys = new int[allDetections.Length];
        categoryKeys = new int[allDetections.Length];
        for (int i = 0; i < allDetections.Length; i++)
        {
            imageKeys[i] = imageRanks[allDetections[i].ImageIndex];
            categoryKeys[i] = categoryRanks[allDetections[i].CategoryIndex];
        }
        detections = Arrange(imageKeys, imageCount, categoryKeys, categoryCount, isClassAgnostic);
    }

    /// <summary>By rising id, each once.</summary>
    public IReadOnlyList<CocoCategory> Categories { get; }

    /// <summary>Number of rows: categories, or 1 without regard to class.</summary>
    public int Count => objects.Starts.Length - 1;

    /// <summary>Indices of the objects of a row.</summary>
    public ReadOnlySpan<int> Objects(int row) => objects.Row(objects.Items, row);

    /// <summary>The images of <see cref="Objects"/>, each as its place among the images by rising id.</summary>
    public ReadOnlySpan<int> ObjectImages(int row) => objects.Row(objects.Images, row);

    /// <summary>Indices of the detections of a row.</summary>
    public ReadOnlySpan<int> Detections(int row) => detections.Row(detections.Items, row);

    /// <summary>Like <see cref="ObjectImages"/>.</summary>
    public ReadOnlySpan<int> DetectionImages(int row) => detections.Row(detections.Images, row);

    /// <summary>Place of an image among the images by rising id.</summary>
    public int ImageRank(int imageIndex) => imageRanks[imageIndex];

    /// <summary>Place of each item among all by rising id; equal ids are one item.</summary>
    private static int[] Ranks(int count, Func<int, long> id, out int distinctCount)
    {
        var ids = new long[count];
        for (int i = 0; i < count; i++) ids[i] = id(i);
        int[] order = InOrder(count);
        Array.Sort(ids, order);
        var ranks = new int[count];
        distinctCount = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == 0 || ids[i] != ids[i - 1]) distinctCount++;
            ranks[order[i]] = distinctCount - 1;
        }
        return ranks;
    }

    private static int[] InOrder(int count)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        return order;
    }

    private static Arrangement Arrange(int[] imageKeys, int imageCount, int[] categoryKeys, int categoryCount, bool isClassAgnostic)
    {
        int[] items = InOrder(imageKeys.Length);
        int[] starts = [0, items.Length];
        items = isClassAgnostic
            ? Sort(Sort(items, categoryKeys, categoryCount, out _), imageKeys, imageCount, out _)
            : Sort(Sort(items, imageKeys, imageCount, out _), categoryKeys, categoryCount, out starts);
        var images = new int[items.Length];
        for (int i = 0; i < items.Length; i++) images[i] = imageKeys[items[i]];
        return new Arrangement(items, images, starts);
    }

    /// <summary>A stable counting sort of items by their keys.</summary>
    /// <param name="starts">Where the items of each key begin; one more for the end.</param>
    private static int[] Sort(int[] items, int[] keys, int keyCount, out int[] starts)
    {
        starts = new int[keyCount + 1];
        foreach (int item in items) starts[keys[item] + 1]++;
        for (int key = 0; key < keyCount; key++) starts[key + 1] += starts[key];
        int[] next = [.. starts];
        var sorted = new int[items.Length];
        foreach (int item in items) sorted[next[keys[item]]++] = item;
        return sorted;
    }

    /// <summary>Indices of items, row after row, with the image of each.</summary>
    /// <param name="Starts">Where each row begins; one more for the end.</param>
    private sealed record Arrangement(int[] Items, int[] Images, int[] Starts)
    {
        public ReadOnlySpan<int> Row(int[] of, int row) => of.AsSpan(Starts[row]..Starts[row + 1]);
    }
}
