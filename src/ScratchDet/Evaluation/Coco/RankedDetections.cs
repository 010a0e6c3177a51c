using System.Runtime.InteropServices;
using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>
/// The detections of one category by falling score, without those beyond the most that count in an image, and beside
/// them what each of them found. Keeps its buffers from category to category.
/// </summary>
internal sealed class RankedDetections(int areaCount)
{
    private readonly ScoreOrder scoreOrder = new();
    private readonly List<ImageGroup> images = [];
    private double[] scores = [];
    private double[] areasOf = [];
    private int[] order = [];
    private int[] imageOf = [];
    private int[] slotDetections = [];
    private int[] slotPlaces = [];

    /// <summary>Number of detections.</summary>
    public int Count { get; private set; }

    /// <summary>By place in the order: how many of the same image come before.</summary>
    public int[] RankInImage { get; private set; } = [];

    /// <summary>By place in the order.</summary>
    public double[] Scores { get; private set; } = [];

    /// <summary>By place in the order x areas + area: a bit for each threshold at which an object was found.</summary>
    public ushort[] Hits { get; private set; } = [];

    /// <summary>Like <see cref="Hits"/>: where the detection is a false one.</summary>
    public ushort[] Misses { get; private set; } = [];

    /// <summary>The images that have both detections and objects.</summary>
    public IReadOnlyList<ImageGroup> Images => images;

    /// <summary>Detections of an image, by falling score.</summary>
    public ReadOnlySpan<int> Detections(ImageGroup image) => slotDetections.AsSpan(image.FirstSlot, image.DetectionCount);

    /// <summary>Their places in the order of the whole category.</summary>
    public ReadOnlySpan<int> Places(ImageGroup image) => slotPlaces.AsSpan(image.FirstSlot, image.DetectionCount);

    /// <summary>Ranks the detections of a row, none of which has found anything yet.</summary>
    public void Rank(CocoGroups groups, int row, ReadOnlySpan<CocoDetection> allDetections, ReadOnlySpan<AreaRange> areas, int mostPerImage, ushort thresholds)
    {
        ReadOnlySpan<int> detections = groups.Detections(row);
        Reserve(detections.Length);
        for (int i = 0; i < detections.Length; i++)
        {
            ref readonly CocoDetection found = ref allDetections[detections[i]];
            (scores[i], areasOf[i]) = (found.Score, found.Area);
        }
        scoreOrder.Sort(scores.AsSpan(0, detections.Length), order);

        FindImages(groups.DetectionImages(row), groups.ObjectImages(row));
        Count = 0;
        Span<ImageGroup> groupOf = CollectionsMarshal.AsSpan(images);
        for (int i = 0; i < detections.Length; i++)
        {
            int place = order[i];
            ref ImageGroup image = ref groupOf[imageOf[place]];
            if (image.DetectionCount == mostPerImage) continue;
            int slot = image.FirstSlot + image.DetectionCount;
            slotDetections[slot] = detections[place];
            slotPlaces[slot] = Count;
            RankInImage[Count] = image.DetectionCount;
            Scores[Count] = scores[place];
            for (int a = 0; a < areas.Length; a++)
            {
                Hits[(Count * areaCount) + a] = 0;
                Misses[(Count * areaCount) + a] = InstanceMatcher.Contains(areas[a], areasOf[place]) ? thresholds : (ushort)0;
            }
            image = image with { DetectionCount = image.DetectionCount + 1 };
            Count++;
        }
        images.RemoveAll(static image => image.ObjectCount == 0);
    }

    /// <summary>Each image gets as many slots as it has detections, and its part of the objects.</summary>
    private void FindImages(ReadOnlySpan<int> detectionImages, ReadOnlySpan<int> objectImages)
    {
        images.Clear();
        int firstObject = 0;
        for (int start = 0, end; start < detectionImages.Length; start = end)
        {
            int image = detectionImages[start];
            for (end = start; end < detectionImages.Length && detectionImages[end] == image; end++) imageOf[end] = images.Count;
            while (firstObject < objectImages.Length && objectImages[firstObject] < image) firstObject++;
            int endObject = firstObject;
            while (endObject < objectImages.Length && objectImages[endObject] == image) endObject++;
            images.Add(new ImageGroup(start, 0, firstObject, endObject - firstObject));
            firstObject = endObject;
        }
    }

    private void Reserve(int count)
    {
        if (scores.Length >= count) return;
        int room = Math.Max(count, (int)Math.Min(2L * scores.Length, Array.MaxLength / 8));
        scores = new double[room];
        areasOf = new double[room];
        order = new int[room];
        imageOf = new int[room];
        slotDetections = new int[room];
        slotPlaces = new int[room];
        RankInImage = new int[room];
        Scores = new double[room];
        Hits = new ushort[checked(room * areaCount)];
        Misses = new ushort[checked(room * areaCount)];
    }
}

/// <summary>Detections and objects of one image and category.</summary>
/// <param name="FirstSlot">Of the detections, in <see cref="RankedDetections"/>.</param>
/// <param name="FirstObject">Of the objects, in the category's row.</param>
internal readonly record struct ImageGroup(int FirstSlot, int DetectionCount, int FirstObject, int ObjectCount);
