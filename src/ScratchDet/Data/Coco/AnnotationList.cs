using System.Globalization;

namespace ScratchDet.Data.Coco;

/// <summary>Annotations in the order of the file, their image and category still by id.</summary>
internal sealed class AnnotationList(JsonFileReader json, CocoParts parts, CocoIdFaults idFaults)
{
    private readonly List<CocoObject> objects = [];
    private readonly List<(long Image, long Category)> ids = [];
    private readonly CocoMasks? masks = parts.HasFlag(CocoParts.Masks) ? new() : null;
    private readonly CocoKeypoints? keypoints = parts.HasFlag(CocoParts.Keypoints) ? new() : null;
    private readonly CapacityGuess guess = new(json);

    public void Add(in CocoObject item, long imageId, long categoryId)
    {
        if (objects.Count == objects.Capacity)
        {
            int capacity = guess.Next(objects.Count);
            objects.EnsureCapacity(capacity);
            ids.EnsureCapacity(capacity);
            masks?.Reserve(capacity);
        }
        objects.Add(item);
        ids.Add((imageId, categoryId));
    }

    public void AddKeypoints(ReadOnlySpan<double> triples, int labelledCount) => keypoints!.Add(triples, labelledCount);

    // The size of the image is known when all is read.
    public void AddMask(SegmentationReader segmentation) => segmentation.AddTo(masks!, 0, 0);

    /// <exception cref="BadInputException">An id is unknown, or used twice; or masks or keypoints do not fit each other.</exception>
    public CocoGroundTruth Resolve(IdTable<CocoImage> images, IdTable<CocoCategory> categories)
    {
        bool isWhole = true;
        for (int i = 0; i < objects.Count; i++)
        {
            CocoObject item = objects[i];
            (long imageId, long categoryId) = ids[i];
            bool knowsImage = images.TryIndex(imageId, out int image), knowsCategory = categories.TryIndex(categoryId, out int category);
            if (!(knowsImage && knowsCategory))
            {
                if (idFaults == CocoIdFaults.Refused) throw Unknown(item.Id, knowsImage ? $"category {categoryId}" : $"image {imageId}");
                isWhole = false;
            }
            objects[i] = item with { ImageIndex = knowsImage ? image : -1, CategoryIndex = knowsCategory ? category : -1 };
        }
        SetMaskSizes(images);
        CheckKeypointCounts(categories);
        Dictionary<long, int>? lastById = LastOfEqualIds();
        if (isWhole && lastById is null) return new(json.File, images.Items, categories.Items, objects) { Masks = masks, Keypoints = keypoints };

        int[] order = Chosen(lastById);
        masks?.Choose(order);
        return new(json.File, images.Items, categories.Items, Array.ConvertAll(order, i => objects[i])) { Masks = masks, Keypoints = keypoints?.Chosen(order) };
    }

    private BadInputException Unknown(long id, string what) =>
        new(json.File, Place(id), $"{what} is unknown", "list it, or take the annotation out");

    private static string Place(long id) => string.Create(CultureInfo.InvariantCulture, $"annotation {id}");

    /// <summary>The last annotation of each id, if any id is used twice.</summary>
    private Dictionary<long, int>? LastOfEqualIds()
    {
        var lastById = new Dictionary<long, int>(objects.Count);
        bool areUnique = true;
        for (int i = 0; i < objects.Count; i++)
        {
            if (lastById.TryAdd(objects[i].Id, i)) continue;
            if (idFaults == CocoIdFaults.Refused)
                throw new BadInputException(json.File, Place(objects[i].Id), "the id is used twice", "give each annotation an id of its own");
            lastById[objects[i].Id] = i;
            areUnique = false;
        }
        return areUnique ? null : lastById;
    }

    /// <summary>
    /// Which annotations stay, in which order. pycocotools goes through the images by rising id; where an image lists an
    /// id that is used twice, the last annotation of that id is taken, even when it is of another image.
    /// </summary>
    private int[] Chosen(Dictionary<long, int>? lastById)
    {
        var places = new List<int>(objects.Count);
        for (int i = 0; i < objects.Count; i++)
        {
            int last = lastById is null ? i : lastById[objects[i].Id];
            if (IsKnown(objects[i]) && IsKnown(objects[last])) places.Add(i);
        }
        int[] order = [.. places];
        if (lastById is null) return order;
        Array.Sort(order, (a, b) => (ids[a].Image, a).CompareTo((ids[b].Image, b)));
        for (int i = 0; i < order.Length; i++) order[i] = lastById[objects[order[i]].Id];
        return order;
    }

    private static bool IsKnown(in CocoObject item) => item.ImageIndex >= 0 && item.CategoryIndex >= 0;

    private void SetMaskSizes(IdTable<CocoImage> images)
    {
        if (masks is null) return;
        var sizes = new MaskSizes(images.Items);
        for (int i = 0; i < objects.Count; i++)
        {
            if (!IsKnown(objects[i])) continue;
            (int height, int width) = masks.SizeOf(i);
            if (sizes.Fit(objects[i].ImageIndex, ref height, ref width) is { } fault) throw new BadInputException(json.File, Place(objects[i].Id), fault, MaskSizes.WhatToDo);
            masks.SetSize(i, height, width);
        }
    }

    private void CheckKeypointCounts(IdTable<CocoCategory> categories)
    {
        if (keypoints is null) return;
        Span<int> lengths = new int[categories.Items.Count];
        lengths.Fill(-1);
        for (int i = 0; i < objects.Count; i++)
        {
            if (!IsKnown(objects[i])) continue;
            ref int expected = ref lengths[objects[i].CategoryIndex];
            int length = keypoints.Of(i).Length;
            if (expected < 0) expected = length;
            if (length != expected)
            {
                throw new BadInputException(
                    json.File, Place(objects[i].Id), $"it has {length / 3} keypoints, others of its category have {expected / 3}", "give all the same keypoints");
            }
        }
    }
}
