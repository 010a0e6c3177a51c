namespace ScratchDet.Boxes;

/// <summary>
/// From a detector's outputs for one image to its detections (SSD, arXiv 1512.02325, section 3; numbers of the
/// reference implementation): per class the best candidates over the score threshold, non-maximum suppression within
/// the class, then the best of the image. Equal scores are taken by class, then by box index, so that the same outputs
/// always give the same detections. Boxes that are not finite are left out.
/// </summary>
public sealed record DetectionDecoder
{
    /// <summary>Caffe SSD: 0.01, 400 per class, 0.45, 200 per image, no clipping.</summary>
    public static DetectionDecoder Reference { get; } = new();

    /// <summary>torchvision: the same numbers; boxes are clipped to the image before suppression.</summary>
    public static DetectionDecoder Torchvision { get; } = new() { ClipToImage = true };

    /// <summary>A candidate's score is above this; at least 0.</summary>
    public float ScoreThreshold { get; init; } = 0.01f;

    /// <summary>Candidates per class that go into suppression.</summary>
    public int CandidatesPerClass { get; init; } = 400;

    /// <summary>A candidate with a larger IoU than this with a better one of its class is dropped.</summary>
    public float NmsIouThreshold { get; init; } = 0.45f;

    public int DetectionsPerImage { get; init; } = 200;

    /// <summary>Clips boxes to the image before suppression.</summary>
    public bool ClipToImage { get; init; }

    /// <summary>Detections from raw head outputs, by falling score.</summary>
    /// <param name="logits">A x classes, class 0 is background; softmax is applied.</param>
    /// <param name="offsets">A x 4, encoded by <paramref name="coder"/>.</param>
    /// <param name="imageWidth">Pixels of the image that the detections are wanted in; any size, also the height.</param>
    /// <exception cref="ArgumentException">Lengths do not fit the default boxes, or a setting is out of range.</exception>
    public List<Detection> Decode(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> offsets, DefaultBoxSet defaultBoxes, BoxCoder coder,
        float imageWidth, float imageHeight)
    {
        if (offsets.Length != 4 * defaultBoxes.Count)
            throw new ArgumentException($"{offsets.Length} offsets for {defaultBoxes.Count} x 4", nameof(offsets));
        int classCount = RequireScores(logits, defaultBoxes.Count);
        using var candidates = new CandidateQueue(defaultBoxes.Count);
        SoftmaxCandidates.Collect(logits, classCount, ScoreThreshold, candidates);
        return Select(candidates, classCount, new EncodedBoxes(offsets, defaultBoxes, coder), imageWidth, imageHeight);
    }

    /// <summary>Detections from class probabilities and decoded boxes, by falling score.</summary>
    /// <param name="probabilities">A x classes, class 0 is background.</param>
    /// <param name="boxesXyxy">A x 4, normalised to the image.</param>
    /// <exception cref="ArgumentException">Lengths do not fit each other, or a setting is out of range.</exception>
    public List<Detection> DecodeProbabilities(
        ReadOnlySpan<float> probabilities, ReadOnlySpan<float> boxesXyxy, float imageWidth, float imageHeight)
    {
        if (boxesXyxy.Length % 4 != 0) throw new ArgumentException($"{boxesXyxy.Length} values are no boxes of 4", nameof(boxesXyxy));
        int boxCount = boxesXyxy.Length / 4, classCount = RequireScores(probabilities, boxCount);
        using var candidates = new CandidateQueue(boxCount);
        for (int i = 0; i < boxCount; i++)
        {
            ReadOnlySpan<float> row = probabilities.Slice(i * classCount, classCount);
            for (int c = 1; c < row.Length; c++)
            {
                if (row[c] > ScoreThreshold) candidates.Add(row[c], c - 1, i);
            }
        }
        return Select(candidates, classCount, new CornerBoxes(boxesXyxy), imageWidth, imageHeight);
    }

    /// <summary>
    /// Suppression within each class over all classes at once by falling score: what is kept when the image's limit is
    /// reached is what class by class and then the best of all would give, without looking at the rest.
    /// </summary>
    private List<Detection> Select<TBoxes>(
        CandidateQueue candidates, int classCount, TBoxes boxes, float imageWidth, float imageHeight)
        where TBoxes : INormalisedBoxes, allows ref struct
    {
        int openClasses = classCount - 1;
        var taken = new int[classCount - 1];
        var lastKept = new int[classCount - 1]; // chain of kept detections of a class; 1-based, 0 ends it
        var previousKept = new List<int>();
        var kept = new List<Detection>();
        while (kept.Count < DetectionsPerImage && openClasses > 0
            && candidates.TryTake(out float score, out int classIndex, out int boxIndex))
        {
            if (taken[classIndex] == CandidatesPerClass) continue;
            if (++taken[classIndex] == CandidatesPerClass) openClasses--;
            Box box = boxes[boxIndex].Scale(imageWidth, imageHeight);
            if (ClipToImage) box = box.Clip(imageWidth, imageHeight);
            if (!float.IsFinite(box.XMin + box.YMin + box.XMax + box.YMax)) continue;
            if (IsSuppressed(box, kept, previousKept, lastKept[classIndex])) continue;
            kept.Add(new Detection(classIndex, score, box));
            previousKept.Add(lastKept[classIndex]);
            lastKept[classIndex] = kept.Count;
        }
        return kept;
    }

    private bool IsSuppressed(Box box, List<Detection> kept, List<int> previousKept, int last)
    {
        for (int k = last; k != 0; k = previousKept[k - 1])
        {
            if (box.Iou(kept[k - 1].Box) > NmsIouThreshold) return true;
        }
        return false;
    }

    /// <summary>The number of classes with background.</summary>
    private int RequireScores(ReadOnlySpan<float> scores, int boxCount)
    {
        if (!(ScoreThreshold >= 0)) throw new ArgumentException($"score threshold {ScoreThreshold} is below 0");
        if (CandidatesPerClass < 1) throw new ArgumentException($"{CandidatesPerClass} candidates per class");
        if (DetectionsPerImage < 1) throw new ArgumentException($"{DetectionsPerImage} detections per image");
        if (boxCount == 0 || scores.Length % boxCount != 0 || scores.Length / boxCount < 2)
            throw new ArgumentException($"{scores.Length} class scores for {boxCount} boxes; boxes x (background + classes) are needed");
        return scores.Length / boxCount;
    }

    /// <summary>Boxes by index, normalised to the image; decoded only when asked for.</summary>
    private interface INormalisedBoxes
    {
        Box this[int index] { get; }
    }

    private readonly ref struct EncodedBoxes(ReadOnlySpan<float> offsets, DefaultBoxSet defaultBoxes, BoxCoder coder) : INormalisedBoxes
    {
        private readonly ReadOnlySpan<float> offsets = offsets;
        private readonly ReadOnlySpan<float> defaultsCxcywh = defaultBoxes.Cxcywh;

        public Box this[int index] => coder.DecodeBox(offsets.Slice(4 * index, 4), defaultsCxcywh.Slice(4 * index, 4));
    }

    private readonly ref struct CornerBoxes(ReadOnlySpan<float> boxesXyxy) : INormalisedBoxes
    {
        private readonly ReadOnlySpan<float> boxesXyxy = boxesXyxy;

        public Box this[int index]
        {
            get
            {
                ReadOnlySpan<float> box = boxesXyxy.Slice(4 * index, 4);
                return new Box(box[0], box[1], box[2], box[3]);
            }
        }
    }
}
