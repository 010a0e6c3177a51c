using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Evaluation;

/// <summary>
/// The PASCAL VOC detection metric, with the rules of the devkit (VOCevaldet.m): by falling score (equal scores in the
/// order they were added) a detection goes to the object of its class with the largest IoU in its image. Below the IoU
/// threshold it is a false positive; a difficult object makes it neither; an object that an earlier detection has makes it
/// a false positive. Images are added one by one; <see cref="Compute()"/> may be called at any time and again after more
/// images.
/// </summary>
public sealed class VocEvaluator
{
    private readonly Dictionary<string, int> imageNumbers = [];
    private readonly ClassRecords[] classes;

    /// <param name="iouThreshold">A match has at least this IoU (<see cref="VocRules.PyFasterRcnn"/>: more).</param>
    public VocEvaluator(IReadOnlyList<string> classNames, double iouThreshold = 0.5, VocRules rules = VocRules.Devkit)
    {
        if (!(iouThreshold > 0 && iouThreshold <= 1))
            throw new ArgumentOutOfRangeException(nameof(iouThreshold), iouThreshold, "an IoU threshold is above 0 and at most 1");
        ClassNames = classNames;
        IouThreshold = iouThreshold;
        Rules = rules;
        classes = [.. classNames.Select(_ => new ClassRecords())];
    }

    public IReadOnlyList<string> ClassNames { get; }

    public double IouThreshold { get; }

    public VocRules Rules { get; }

    public int ImageCount => imageNumbers.Count;

    /// <summary>One image with its objects and detections, both in continuous pixels of the same image.</summary>
    /// <exception cref="ArgumentException">The image is there already; a class is unknown; a score is NaN.</exception>
    public void Add(string imageId, IReadOnlyList<ObjectAnnotation> objects, IReadOnlyList<Detection> detections)
    {
        foreach (ObjectAnnotation annotation in objects)
            RequireClass(imageId, annotation.ClassIndex);
        AddImage(imageId);
        foreach (ObjectAnnotation annotation in objects)
            AddObject(imageId, annotation.ClassIndex, VocCorners.From(annotation.Box), annotation.Difficult);
        foreach (Detection detection in detections)
            AddDetection(imageId, detection.ClassIndex, detection.Score, VocCorners.From(detection.Box));
    }

    /// <summary>One image; its objects and detections follow.</summary>
    /// <exception cref="ArgumentException">The image is there already.</exception>
    public void AddImage(string imageId)
    {
        if (!imageNumbers.TryAdd(imageId, imageNumbers.Count))
            throw new ArgumentException($"image {imageId} was added before", nameof(imageId));
    }

    /// <summary>One object of an image that was added; of equal overlaps the object added first counts.</summary>
    /// <exception cref="ArgumentException">The image or the class is unknown.</exception>
    public void AddObject(string imageId, int classIndex, VocCorners box, bool isDifficult)
    {
        RequireClass(imageId, classIndex);
        classes[classIndex].Objects.Add(new ObjectRecord(NumberOf(imageId), box, isDifficult));
    }

    /// <summary>One detection of an image that was added. The order of calls decides between equal scores.</summary>
    /// <exception cref="ArgumentException">The image or the class is unknown, or the score is NaN.</exception>
    public void AddDetection(string imageId, int classIndex, double score, VocCorners box)
    {
        RequireClass(imageId, classIndex);
        if (double.IsNaN(score))
            throw new ArgumentException($"a detection of image {imageId} has no score (NaN)", nameof(score));
        classes[classIndex].Detections.Add(new DetectionRecord(NumberOf(imageId), score, box));
    }

    /// <summary>The score of everything added so far.</summary>
    public VocResult Compute()
    {
        var results = new VocClassResult[classes.Length];
        double sum07 = 0, sumArea = 0;
        int counted = 0;
        for (int c = 0; c < classes.Length; c++)
        {
            results[c] = ComputeClass(ClassNames[c], classes[c]);
            if (results[c] is not { Ap07: { } ap07, ApArea: { } apArea }) continue;
            (sum07, sumArea, counted) = (sum07 + ap07, sumArea + apArea, counted + 1);
        }
        return counted == 0 ? new VocResult(null, null, results) : new VocResult(sum07 / counted, sumArea / counted, results);
    }

    private VocClassResult ComputeClass(string className, ClassRecords records)
    {
        int objectCount = 0;
        foreach (ObjectRecord annotation in records.Objects)
        {
            if (!annotation.IsDifficult) objectCount++;
        }
        int[] order = ByFallingScore(records.Detections);
        double[] scores = Array.ConvertAll(order, d => records.Detections[d].Score);
        if (objectCount == 0) return new VocClassResult(className, 0, null, null, scores, [], []);

        (int[] firstObject, ObjectRecord[] objects) = ByImage(records.Objects);
        var isTaken = new bool[objects.Length];
        var precision = new double[order.Length];
        var recall = new double[order.Length];
        int truePositives = 0, falsePositives = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            DetectionRecord detection = records.Detections[order[rank]];
            int best = LargestOverlap(objects.AsSpan(firstObject[detection.Image]..firstObject[detection.Image + 1]), detection.Box, out double iou);
            if (best < 0 || !IsMatch(iou))
            {
                falsePositives++;
            }
            else if (!objects[firstObject[detection.Image] + best].IsDifficult)
            {
                ref bool taken = ref isTaken[firstObject[detection.Image] + best];
                if (taken) falsePositives++;
                else truePositives++;
                taken = true;
            }
            int decided = truePositives + falsePositives;
            // The devkit has 0 / 0 = NaN while only difficult objects were hit, and its maximum passes over NaN: as 0 does.
            precision[rank] = decided == 0 ? 0 : (double)truePositives / decided;
            recall[rank] = (double)truePositives / objectCount;
        }
        return new VocClassResult(
            className, objectCount, AveragePrecision.ElevenPoint(recall, precision, Rules), AveragePrecision.Area(recall, precision),
            scores, precision, recall);
    }

    private bool IsMatch(double iou) => Rules == VocRules.PyFasterRcnn ? iou > IouThreshold : iou >= IouThreshold;

    /// <summary>The objects image by image, in their order within each, and where each image's start (one more entry for the end).</summary>
    private (int[] First, ObjectRecord[] Objects) ByImage(List<ObjectRecord> objects)
    {
        var first = new int[imageNumbers.Count + 1];
        foreach (ObjectRecord annotation in objects)
            first[annotation.Image + 1]++;
        for (int image = 0; image < imageNumbers.Count; image++)
            first[image + 1] += first[image];
        int[] next = [.. first];
        var sorted = new ObjectRecord[objects.Count];
        foreach (ObjectRecord annotation in objects)
            sorted[next[annotation.Image]++] = annotation;
        return (first, sorted);
    }

    /// <summary>The first object with the largest IoU, difficult ones included; -1 when none overlaps.</summary>
    private static int LargestOverlap(ReadOnlySpan<ObjectRecord> objects, VocCorners box, out double largest)
    {
        (int best, largest) = (-1, 0);
        for (int o = 0; o < objects.Length; o++)
        {
            double iou = box.Iou(objects[o].Box);
            if (iou > largest) (best, largest) = (o, iou);
        }
        return best;
    }

    /// <summary>Indices by falling score; equal scores keep the order of adding.</summary>
    private static int[] ByFallingScore(List<DetectionRecord> detections)
    {
        var scores = new double[detections.Count];
        var order = new int[scores.Length];
        for (int d = 0; d < scores.Length; d++) scores[d] = detections[d].Score;
        new ScoreOrder().Sort(scores, order);
        return order;
    }

    private int NumberOf(string imageId) => imageNumbers.TryGetValue(imageId, out int number)
        ? number
        : throw new ArgumentException($"image {imageId} was not added", nameof(imageId));

    private void RequireClass(string imageId, int classIndex)
    {
        if (classIndex < 0 || classIndex >= classes.Length)
            throw new ArgumentException($"image {imageId} has class index {classIndex}; there are {classes.Length} classes");
    }

    private sealed class ClassRecords
    {
        public List<ObjectRecord> Objects { get; } = [];

        public List<DetectionRecord> Detections { get; } = [];
    }

    private readonly record struct ObjectRecord(int Image, VocCorners Box, bool IsDifficult);

    private readonly record struct DetectionRecord(int Image, double Score, VocCorners Box);
}
