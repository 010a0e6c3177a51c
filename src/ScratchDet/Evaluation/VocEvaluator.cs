using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Evaluation;

/// <summary>
/// The PASCAL VOC detection metric, with the rules of the devkit: by falling score (equal scores in the order they were
/// added) a detection goes to the object of its class with the largest IoU in its image. Below the IoU threshold it is a
/// false positive; a difficult object makes it neither; an object that an earlier detection has makes it a false
/// positive. Boxes are in pixels, continuous; widths then equal the devkit's inclusive xmax - xmin + 1.
/// Images are added one by one; <see cref="Compute()"/> may be called at any time and again after more images.
/// </summary>
public sealed class VocEvaluator
{
    private readonly Dictionary<string, int> imageNumbers = [];
    private readonly ClassRecords[] classes;

    /// <param name="iouThreshold">A match has at least this IoU.</param>
    public VocEvaluator(IReadOnlyList<string> classNames, double iouThreshold = 0.5)
    {
        if (!(iouThreshold > 0 && iouThreshold <= 1))
            throw new ArgumentOutOfRangeException(nameof(iouThreshold), iouThreshold, "an IoU threshold is above 0 and at most 1");
        ClassNames = classNames;
        IouThreshold = iouThreshold;
        classes = [.. classNames.Select(_ => new ClassRecords())];
    }

    public IReadOnlyList<string> ClassNames { get; }

    public double IouThreshold { get; }

    public int ImageCount => imageNumbers.Count;

    /// <summary>One image with its objects and detections, both in pixels of the same image.</summary>
    /// <exception cref="ArgumentException">The image is there already; a class is unknown; a score is NaN.</exception>
    public void Add(string imageId, IReadOnlyList<ObjectAnnotation> objects, IReadOnlyList<Detection> detections)
    {
        AddObjects(imageId, objects);
        foreach (Detection detection in detections)
            AddDetection(imageId, detection);
    }

    /// <summary>One image with its objects; its detections follow through <see cref="AddDetection"/>.</summary>
    /// <exception cref="ArgumentException">The image is there already, or a class is unknown.</exception>
    public void AddObjects(string imageId, IReadOnlyList<ObjectAnnotation> objects)
    {
        foreach (ObjectAnnotation annotation in objects)
            RequireClass(imageId, annotation.ClassIndex);
        if (!imageNumbers.TryAdd(imageId, imageNumbers.Count))
            throw new ArgumentException($"image {imageId} was added before", nameof(imageId));
        int image = imageNumbers.Count - 1;
        foreach (ObjectAnnotation annotation in objects)
            classes[annotation.ClassIndex].Objects.Add(new ObjectRecord(image, annotation.Box, annotation.Difficult));
    }

    /// <summary>One detection of an image that was added. The order of calls decides between equal scores.</summary>
    /// <exception cref="ArgumentException">The image or the class is unknown, or the score is NaN.</exception>
    public void AddDetection(string imageId, Detection detection)
    {
        if (!imageNumbers.TryGetValue(imageId, out int image))
            throw new ArgumentException($"a detection for image {imageId}, which was not added", nameof(imageId));
        RequireClass(imageId, detection.ClassIndex);
        if (float.IsNaN(detection.Score))
            throw new ArgumentException($"a detection of image {imageId} has no score (NaN)", nameof(detection));
        classes[detection.ClassIndex].Detections.Add(new DetectionRecord(image, detection.Score, detection.Box));
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
            if (!annotation.Difficult) objectCount++;
        }
        int[] order = ByFallingScore(records.Detections);
        float[] scores = Array.ConvertAll(order, d => records.Detections[d].Score);
        if (objectCount == 0) return new VocClassResult(className, 0, null, null, scores, [], []);

        int[] firstObject = FirstObjectOfImages(records.Objects);
        var isTaken = new bool[records.Objects.Count];
        var precision = new double[order.Length];
        var recall = new double[order.Length];
        int truePositives = 0, falsePositives = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            DetectionRecord detection = records.Detections[order[rank]];
            int best = LargestOverlap(records.Objects, firstObject[detection.Image], firstObject[detection.Image + 1], detection.Box, out double iou);
            if (best < 0 || iou < IouThreshold)
            {
                falsePositives++;
            }
            else if (!records.Objects[best].Difficult)
            {
                if (isTaken[best]) falsePositives++;
                else truePositives++;
                isTaken[best] = true;
            }
            int decided = truePositives + falsePositives;
            // The devkit has 0 / 0 = NaN while only difficult objects were hit, and its maximum passes over NaN: as 0 does.
            precision[rank] = decided == 0 ? 0 : (double)truePositives / decided;
            recall[rank] = (double)truePositives / objectCount;
        }
        return new VocClassResult(
            className, objectCount, AveragePrecision.ElevenPoint(recall, precision), AveragePrecision.Area(recall, precision),
            scores, precision, recall);
    }

    /// <summary>Start of each image's objects in the list, which is ordered by image; one more entry for the end.</summary>
    private int[] FirstObjectOfImages(List<ObjectRecord> objects)
    {
        var first = new int[imageNumbers.Count + 1];
        foreach (ObjectRecord annotation in objects)
            first[annotation.Image + 1]++;
        for (int image = 0; image < imageNumbers.Count; image++)
            first[image + 1] += first[image];
        return first;
    }

    /// <summary>The first object with the largest IoU, difficult ones included; -1 when none overlaps.</summary>
    private static int LargestOverlap(List<ObjectRecord> objects, int start, int end, Box box, out double largest)
    {
        (int best, largest) = (-1, 0);
        for (int o = start; o < end; o++)
        {
            double iou = Iou(box, objects[o].Box);
            if (iou > largest) (best, largest) = (o, iou);
        }
        return best;
    }

    /// <summary>In double, like the devkit: an IoU of exactly the threshold must not fall to a rounding.</summary>
    private static double Iou(Box a, Box b)
    {
        double width = Math.Min((double)a.XMax, b.XMax) - Math.Max((double)a.XMin, b.XMin);
        double height = Math.Min((double)a.YMax, b.YMax) - Math.Max((double)a.YMin, b.YMin);
        if (!(width > 0 && height > 0)) return 0;
        double intersection = width * height;
        return intersection / (Area(a) + Area(b) - intersection);
    }

    private static double Area(Box box) => ((double)box.XMax - box.XMin) * ((double)box.YMax - box.YMin);

    /// <summary>Indices by falling score; equal scores keep the order of adding.</summary>
    private static int[] ByFallingScore(List<DetectionRecord> detections)
    {
        var keys = new ulong[detections.Count];
        for (int d = 0; d < keys.Length; d++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(-detections[d].Score + 0f); // + 0: one zero, not two
            uint ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000; // orders like the number
            keys[d] = ((ulong)ascending << 32) | (uint)d;
        }
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => (int)(uint)key);
    }

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

    private readonly record struct ObjectRecord(int Image, Box Box, bool Difficult);

    private readonly record struct DetectionRecord(int Image, float Score, Box Box);
}
