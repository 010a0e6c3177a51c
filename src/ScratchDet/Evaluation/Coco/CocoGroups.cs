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
    private readonly int[] objects;
    private readonly int[] detections;
    private readonly int[] objectStarts;
    private readonly int[] detectionStarts;

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
        (objects, objectStarts) = Arrange(imageKeys, imageCount, categoryKeys, categoryCount, isClassAgnostic);

        imageKeys = new int[allDetections.Length];
        categoryKeys = new int[allDetections.Length];
        for (int i = 0; i < allDetections.Length; i++)
        {
            imageKeys[i] = imageRanks[allDetections[i].ImageIndex];
            categoryKeys[i] = categoryRanks[allDetections[i].CategoryIndex];
        }
        (detections, detectionStarts) = Arrange(imageKeys, imageCount, categoryKeys, categoryCount, isClassAgnostic);
    }

    /// <summary>By rising id, each once.</summary>
    public IReadOnlyList<CocoCategory> Categories { get; }

    /// <summary>Number of rows: categories, or 1 without regard to class.</summary>
    public int Count => objectStarts.Length - 1;

    /// <summary>Indices of the objects of a row.</summary>
    public ReadOnlySpan<int> Objects(int row) => objects.AsSpan(objectStarts[row]..objectStarts[row + 1]);

    /// <summary>Indices of the detections of a row.</summary>
    public ReadOnlySpan<int> Detections(int row) => detections.AsSpan(detectionStarts[row]..detectionStarts[row + 1]);

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

    private static (int[] Items, int[] Starts) Arrange(int[] imageKeys, int imageCount, int[] categoryKeys, int categoryCount, bool isClassAgnostic)
    {
        int[] items = InOrder(imageKeys.Length);
        if (isClassAgnostic)
        {
            items = Sort(Sort(items, categoryKeys, categoryCount, out _), imageKeys, imageCount, out _);
            return (items, [0, items.Length]);
        }
        items = Sort(Sort(items, imageKeys, imageCount, out _), categoryKeys, categoryCount, out int[] starts);
        return (items, starts);
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
}
