using System.Globalization;

namespace ScratchDet.Data.Coco;

/// <summary>One pass over a file of detections.</summary>
internal sealed class ResultsReading(JsonFileReader json, CocoGroundTruth truth, CocoParts parts, CocoIdFaults idFaults)
{
    private const string Form = "give a list of detections";
    private readonly EntryReader entry = new(json);
    private readonly Dictionary<long, int> imageIndexById = IndexById(truth.Images, image => image.Id);
    private readonly Dictionary<long, int> categoryIndexById = IndexById(truth.Categories, category => category.Id);
    private readonly List<CocoDetection> detections = [];
    private readonly CocoMasks? masks = parts.HasFlag(CocoParts.Masks) ? new() : null;
    private readonly CocoKeypoints? keypoints = parts.HasFlag(CocoParts.Keypoints) ? new() : null;
    private readonly MaskSizes sizes = new(truth);
    private readonly SegmentationReader segmentation = new(json);
    private readonly int[] keypointLengths = KeypointLengths(truth);
    private int keypointLength = FirstKeypointLength(truth);
    private readonly NumberBuffer<double> keypointNumbers = new();
    private AreaSource source;
    private long imageId, categoryId;
    private bool hasImage, hasCategory, hasScore, hasBox, hasSegmentation, hasKeypoints;
    private string? keypointFault;
    private double score;
    private CocoBox box;

    /// <summary>What the first detection of the file has decides for all of them.</summary>
    private enum AreaSource
    {
        Unknown,
        Box,
        Segmentation,
        Keypoints,
    }

    public CocoResults Read()
    {
        JsonKind kind = json.Peek();
        if (kind != JsonKind.Array) throw new BadInputException(json.File, null, $"the file {json.SkipInsteadOf("a list", kind)}", Form);
        json.BeginArray();
        var guess = new CapacityGuess(json);
        for (int index = 0; json.NextItem(); index++)
        {
            entry.Begin("detections", index);
            ReadFields();
            Add(guess);
            if (entry.IsFaulty) throw entry.Fault(string.Create(CultureInfo.InvariantCulture, $"detection {index + 1} (counted from 1)"));
        }
        json.End();
        return new(json.File, detections) { Masks = masks, Keypoints = keypoints };
    }

    private void ReadFields()
    {
        (hasImage, hasCategory, hasScore, hasBox, hasSegmentation, hasKeypoints, box, keypointFault) = (false, false, false, false, false, false, default, null);
        while (json.NextKey(out ReadOnlySpan<byte> key))
        {
            if (key.SequenceEqual("image_id"u8)) hasImage = entry.Id("image_id", out imageId);
            else if (key.SequenceEqual("category_id"u8)) hasCategory = entry.Id("category_id", out categoryId);
            else if (key.SequenceEqual("score"u8)) hasScore = entry.Number("the score", out score);
            else if (key.SequenceEqual("bbox"u8)) hasBox = entry.Box(out box);
            else if (key.SequenceEqual("segmentation"u8)) ReadSegmentation();
            else if (key.SequenceEqual("keypoints"u8)) ReadKeypoints();
            else json.Skip();
        }
    }

    // Also without masks in question, the area and the box may have to come from the segmentation.
    private void ReadSegmentation()
    {
        if (masks is null && source is AreaSource.Box or AreaSource.Keypoints) json.Skip();
        else hasSegmentation = segmentation.Read();
    }

    // Like a faulty segmentation, faulty keypoints matter only where they decide.
    private void ReadKeypoints()
    {
        if (keypoints is null && source is AreaSource.Box or AreaSource.Segmentation)
        {
            json.Skip();
            return;
        }
        keypointNumbers.Clear();
        hasKeypoints = entry.Keypoints(keypointNumbers, out keypointFault);
    }

    private void Add(CapacityGuess guess)
    {
        entry.Require(hasImage, "image_id");
        entry.Require(hasCategory, "category_id");
        entry.Require(hasScore, "score");
        if (source == AreaSource.Unknown) source = Source();
        if (source == AreaSource.Box) entry.Require(hasBox, "bbox");
        bool needsSegmentation = source == AreaSource.Segmentation || (masks is not null && (source != AreaSource.Box || hasSegmentation));
        if (needsSegmentation) entry.Require(hasSegmentation, "segmentation");
        if (source == AreaSource.Keypoints || keypoints is not null)
        {
            entry.Require(hasKeypoints, "keypoints");
            if (hasKeypoints && keypointFault is null && keypointNumbers.Count == 0) keypointFault = "keypoints is an empty list";
            if (hasKeypoints && keypointFault is not null) entry.Note(keypointFault, EntryReader.KeypointForm);
        }
        if (needsSegmentation && hasSegmentation && segmentation.Fault is { } fault) entry.Note(fault, segmentation.WhatToDo);
        if (entry.IsFaulty) return;
        if (!imageIndexById.TryGetValue(imageId, out int image))
        {
            entry.Note($"image {imageId} is not in the ground truth", "give the results of these images");
            return;
        }
        if (!categoryIndexById.TryGetValue(categoryId, out int category))
        {
            if (idFaults == CocoIdFaults.Refused) entry.Note($"category {categoryId} is not in the ground truth", "give the results of these categories");
            return;
        }
        Complete(image, category, needsSegmentation, out double area);
        if (entry.IsFaulty) return;
        if (detections.Count == detections.Capacity)
        {
            detections.EnsureCapacity(guess.Next(detections.Count));
            masks?.Reserve(detections.Capacity);
        }
        detections.Add(new CocoDetection(image, category, score, box, area));
        keypoints?.Add(keypointNumbers.Span);
    }

    /// <summary>Area, box and mask as far as they follow from the rest; adds the mask.</summary>
    private void Complete(int image, int category, bool needsSegmentation, out double area)
    {
        area = box.Area;
        if (source == AreaSource.Keypoints)
        {
            box = Around(keypointNumbers.Span);
            area = box.Area;
        }
        if (keypoints is not null) CheckKeypointCount(category);
        if (needsSegmentation || masks is not null)
        {
            if (!needsSegmentation) segmentation.TakeBox(box);
            (int height, int width) = (segmentation.Height, segmentation.Width);
            if ((segmentation.Fault ?? sizes.Fit(image, ref height, ref width)) is { } fault)
            {
                entry.Note(fault, MaskSizes.WhatToDo);
                return;
            }
            if (source == AreaSource.Segmentation) TakeSegmentation(height, width, out area);
            if (!entry.IsFaulty && masks is not null) segmentation.AddTo(masks, height, width);
        }
    }

    private void TakeSegmentation(int height, int width, out double area)
    {
        area = segmentation.Area;
        if (segmentation.IsPolygons)
        {
            RunLengthMask mask = segmentation.Rasterised(height, width);
            area = mask.Area;
            if (!hasBox) box = mask.Box;
        }
        else if (!hasBox)
        {
            box = RunLengthMask.BoxOf(height, segmentation.Runs);
        }
    }

    /// <summary>As many as the objects of the category have, or as those of others where none says, or as the first detection.</summary>
    private void CheckKeypointCount(int category)
    {
        if (keypointLength == 0) keypointLength = keypointNumbers.Count;
        int ofCategory = keypointLengths[category], expected = ofCategory > 0 ? ofCategory : keypointLength;
        if (keypointNumbers.Count == expected) return;
        string others = ofCategory > 0 ? "others of its category have" : "others have";
        entry.Note($"it has {keypointNumbers.Count / 3} keypoints, {others} {expected / 3}", "give all the same keypoints");
    }

    /// <summary>How many numbers the keypoints of each category have; 0 where no object says.</summary>
    private static int[] KeypointLengths(CocoGroundTruth truth)
    {
        var lengths = new int[truth.Categories.Count];
        for (int i = 0; i < (truth.Keypoints?.Count ?? 0); i++) lengths[truth.Objects[i].CategoryIndex] = truth.Keypoints!.Of(i).Length;
        return lengths;
    }

    private static int FirstKeypointLength(CocoGroundTruth truth)
    {
        for (int i = 0; i < (truth.Keypoints?.Count ?? 0); i++)
            if (truth.Keypoints!.Of(i).Length is > 0 and int length) return length;
        return 0;
    }

    private AreaSource Source()
    {
        if (hasBox) return AreaSource.Box;
        if (hasSegmentation) return AreaSource.Segmentation;
        if (hasKeypoints) return AreaSource.Keypoints;
        entry.Note("it has neither bbox nor segmentation nor keypoints", "give each detection what was detected");
        return AreaSource.Unknown;
    }

    /// <summary>The box around all keypoints, those at 0, 0 too.</summary>
    private static CocoBox Around(ReadOnlySpan<double> triples)
    {
        if (triples.IsEmpty) return default;
        (double left, double top, double right, double bottom) = (triples[0], triples[1], triples[0], triples[1]);
        for (int i = 3; i < triples.Length; i += 3)
        {
            (left, right) = (Math.Min(left, triples[i]), Math.Max(right, triples[i]));
            (top, bottom) = (Math.Min(top, triples[i + 1]), Math.Max(bottom, triples[i + 1]));
        }
        return new(left, top, right - left, bottom - top);
    }

    private static Dictionary<long, int> IndexById<T>(IReadOnlyList<T> items, Func<T, long> id)
    {
        var indexById = new Dictionary<long, int>(items.Count);
        for (int i = 0; i < items.Count; i++) indexById[id(items[i])] = i;
        return indexById;
    }
}
