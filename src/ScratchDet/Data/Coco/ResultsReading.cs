using System.Globalization;

namespace ScratchDet.Data.Coco;

/// <summary>One pass over a file of detections.</summary>
internal sealed class ResultsReading(JsonFileReader json, CocoGroundTruth truth, CocoParts parts, CocoReadOptions options)
{
    private const string Form = "give a list of detections";
    private readonly EntryReader entry = new(json);
    private readonly Dictionary<long, int> imageIndexById = IndexById(truth.Images, image => image.Id);
    private readonly Dictionary<long, int> categoryIndexById = IndexById(truth.Categories, category => category.Id);
    private readonly List<CocoDetection> detections = [];
    private readonly CocoKeypoints? keypoints = (parts & CocoParts.Keypoints) != 0 ? new() : null;
    private readonly NumberBuffer<double> keypointNumbers = new();
    private AreaSource source;
    private long imageId, categoryId;
    private bool hasImage, hasCategory, hasScore, hasBox, hasSegmentation, hasKeypoints;
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
        return new(json.File, detections) { Keypoints = keypoints };
    }

    private void ReadFields()
    {
        (hasImage, hasCategory, hasScore, hasBox, hasSegmentation, hasKeypoints, box) = (false, false, false, false, false, false, default);
        while (json.NextKey(out ReadOnlySpan<byte> key))
        {
            if (key.SequenceEqual("image_id"u8)) hasImage = entry.Whole("image_id", out imageId);
            else if (key.SequenceEqual("category_id"u8)) hasCategory = entry.Whole("category_id", out categoryId);
            else if (key.SequenceEqual("score"u8)) hasScore = entry.Number("the score", out score);
            else if (key.SequenceEqual("bbox"u8)) hasBox = entry.Box(out box);
            else if (key.SequenceEqual("keypoints"u8)) ReadKeypoints();
            else json.Skip();
        }
    }

    private void ReadKeypoints()
    {
        if (keypoints is null && source is AreaSource.Box or AreaSource.Segmentation)
        {
            json.Skip();
            return;
        }
        keypointNumbers.Clear();
        hasKeypoints = entry.Keypoints(keypointNumbers);
    }

    private void Add(CapacityGuess guess)
    {
        entry.Require(hasImage, "image_id");
        entry.Require(hasCategory, "category_id");
        entry.Require(hasScore, "score");
        if (source == AreaSource.Unknown) source = Source();
        if (source == AreaSource.Box) entry.Require(hasBox, "bbox");
        if (source == AreaSource.Segmentation) entry.Require(hasSegmentation, "segmentation");
        if (source == AreaSource.Keypoints || keypoints is not null) entry.Require(hasKeypoints, "keypoints");
        if (entry.IsFaulty) return;
        if (!imageIndexById.TryGetValue(imageId, out int image))
        {
            entry.Note($"image {imageId} is not in the ground truth", "give the results of these images");
            return;
        }
        if (!categoryIndexById.TryGetValue(categoryId, out int category))
        {
            if (!options.UnknownIdsAreLeftOut) entry.Note($"category {categoryId} is not in the ground truth", "give the results of these categories");
            return;
        }
        double area = box.Area;
        if (source == AreaSource.Keypoints)
        {
            box = Around(keypointNumbers.Span);
            area = box.Area;
        }
        if (detections.Count == detections.Capacity) detections.EnsureCapacity(guess.Next(detections.Count));
        detections.Add(new CocoDetection(image, category, score, box, area));
        keypoints?.Add(keypointNumbers.Span);
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
