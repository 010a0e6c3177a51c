using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>Objects whose annotated area lies between two bounds, both included, in pixels.</summary>
public sealed record AreaRange(string Name, double Smallest, double Largest)
{
    /// <summary>Of COCO's small objects: 32 x 32 pixels.</summary>
    public const double CocoLargestSmall = 32 * 32;

    /// <summary>Of COCO's medium objects: 96 x 96 pixels.</summary>
    public const double CocoLargestMedium = 96 * 96;

    /// <summary>Of all objects that COCO counts: 100,000 x 100,000 pixels.</summary>
    public const double CocoLargestOfAll = 1e5 * 1e5;

    public static AreaRange CocoAll { get; } = new("all", 0, CocoLargestOfAll);

    public static AreaRange CocoSmall { get; } = new("small", 0, CocoLargestSmall);

    public static AreaRange CocoMedium { get; } = new("medium", CocoLargestSmall, CocoLargestMedium);

    public static AreaRange CocoLarge { get; } = new("large", CocoLargestMedium, CocoLargestOfAll);
}

/// <summary>
/// What the COCO evaluator found, for every IoU threshold, recall level, category, area range and number of detections
/// per image and category. -1 stands where nothing could be measured: no object of the category in the area range.
/// </summary>
/// <param name="IouThresholds">0.5 to 0.95 in steps of 0.05.</param>
/// <param name="RecallLevels">0 to 1 in steps of 0.01.</param>
/// <param name="Categories">By rising id, each once; empty when categories were not told apart (one row then).</param>
/// <param name="Areas">All, small, medium, large; for keypoints all, medium, large.</param>
/// <param name="MaxDetections">Rising: the most confident detections of an image and category that count.</param>
public sealed partial record CocoEvaluation(
    OverlapKind Kind, IReadOnlyList<double> IouThresholds, IReadOnlyList<double> RecallLevels, IReadOnlyList<CocoCategory> Categories,
    IReadOnlyList<AreaRange> Areas, IReadOnlyList<int> MaxDetections)
{
    // 0.55 as typed is not 0.5 + 1/20 as summed.
    private const double ThresholdTolerance = 1e-9;

    /// <summary>[threshold, level, category, area, max detections], the last index fastest: the largest precision at that recall or more.</summary>
    public required double[] Precision { get; init; }

    /// <summary>Like <see cref="Precision"/>: the score from which detections count at that recall.</summary>
    public required double[] Scores { get; init; }

    /// <summary>[threshold, category, area, max detections]: the largest recall.</summary>
    public required double[] Recall { get; init; }

    /// <summary>[category, area]: how many objects count, without crowds and others that are ignored.</summary>
    public required int[] ObjectCounts { get; init; }

    /// <summary>Categories that were told apart; 1 when none were.</summary>
    public int CategoryCount => ObjectCounts.Length / Areas.Count;

    /// <summary>The mean of the precision over recall levels, thresholds and categories (those that have objects); -1 when there is none.</summary>
    /// <param name="iouThreshold">Null: over all ten.</param>
    /// <param name="area">A name of <see cref="Areas"/>.</param>
    /// <param name="maxDetections">One of <see cref="MaxDetections"/>; null: the largest.</param>
    /// <param name="categoryId">Null: over all.</param>
    /// <exception cref="ArgumentException">Nothing was measured for one of these.</exception>
    public double AveragePrecision(double? iouThreshold = null, string area = "all", int? maxDetections = null, long? categoryId = null) =>
        Mean(Precision, RecallLevels.Count, iouThreshold, AreaIndex(area), MaxDetectionsIndex(maxDetections), CategoryIndex(categoryId));

    /// <summary>The mean of the largest recall over thresholds and categories (those that have objects); -1 when there is none.</summary>
    /// <inheritdoc cref="AveragePrecision"/>
    public double AverageRecall(double? iouThreshold = null, string area = "all", int? maxDetections = null, long? categoryId = null) =>
        Mean(Recall, 1, iouThreshold, AreaIndex(area), MaxDetectionsIndex(maxDetections), CategoryIndex(categoryId));

    /// <summary>Average precision of each category, in the order of <see cref="Categories"/>; -1 for one without objects.</summary>
    /// <inheritdoc cref="AveragePrecision"/>
    public IReadOnlyList<double> AveragePrecisionByCategory(double? iouThreshold = null, string area = "all", int? maxDetections = null)
    {
        int areaIndex = AreaIndex(area), maxIndex = MaxDetectionsIndex(maxDetections);
        var values = new double[CategoryCount];
        for (int k = 0; k < values.Length; k++) values[k] = Mean(Precision, RecallLevels.Count, iouThreshold, areaIndex, maxIndex, k);
        return values;
    }

    /// <summary>
    /// Precision at each of <see cref="RecallLevels"/>; over several categories their mean. Empty when there is no object.
    /// </summary>
    /// <inheritdoc cref="AveragePrecision"/>
    public IReadOnlyList<double> PrecisionRecallCurve(double iouThreshold, long? categoryId = null, string area = "all", int? maxDetections = null)
    {
        int t = ThresholdIndex(iouThreshold), a = AreaIndex(area), m = MaxDetectionsIndex(maxDetections), chosen = CategoryIndex(categoryId);
        var curve = new double[RecallLevels.Count];
        int count = 0;
        for (int k = Math.Max(chosen, 0); k < (chosen < 0 ? CategoryCount : chosen + 1); k++)
        {
            if (Recall[Index(t, k, a, m)] < 0) continue;
            count++;
            for (int level = 0; level < curve.Length; level++) curve[level] += Precision[Index((t * curve.Length) + level, k, a, m)];
        }
        for (int level = 0; level < curve.Length; level++) curve[level] /= Math.Max(count, 1);
        return count == 0 ? [] : curve;
    }

    /// <summary>The score of the last detection that counts at each of <see cref="RecallLevels"/>, 0 where the recall is not reached. Empty when there is no object.</summary>
    /// <param name="categoryId">Null only where there is one, or none was told apart: the scores of several have no mean.</param>
    /// <inheritdoc cref="AveragePrecision"/>
    public IReadOnlyList<double> ScoreCurve(double iouThreshold, long? categoryId = null, string area = "all", int? maxDetections = null)
    {
        if (categoryId is null && CategoryCount != 1) throw new ArgumentException($"there are {CategoryCount} categories; name one", nameof(categoryId));
        int t = ThresholdIndex(iouThreshold), k = Math.Max(CategoryIndex(categoryId), 0), a = AreaIndex(area), m = MaxDetectionsIndex(maxDetections);
        var curve = new double[RecallLevels.Count];
        for (int level = 0; level < curve.Length; level++) curve[level] = Scores[Index((t * curve.Length) + level, k, a, m)];
        return Recall[Index(t, k, a, m)] < 0 ? [] : curve;
    }

    /// <summary>Over the values above -1, a category after another for each threshold.</summary>
    private double Mean(double[] values, int levels, double? iouThreshold, int area, int maxDetections, int category)
    {
        int firstThreshold = iouThreshold is { } wanted ? ThresholdIndex(wanted) : 0;
        int endThreshold = iouThreshold is null ? IouThresholds.Count : firstThreshold + 1;
        double sum = 0;
        long count = 0;
        for (int row = firstThreshold * levels; row < endThreshold * levels; row++)
        {
            for (int k = Math.Max(category, 0); k < (category < 0 ? CategoryCount : category + 1); k++)
            {
                double value = values[Index(row, k, area, maxDetections)];
                if (!(value > -1)) continue;
                sum += value;
                count++;
            }
        }
        return count == 0 ? -1 : sum / count;
    }

    /// <param name="row">Threshold, or threshold x levels + level.</param>
    private int Index(int row, int category, int area, int maxDetections) =>
        (((((row * CategoryCount) + category) * Areas.Count) + area) * MaxDetections.Count) + maxDetections;

    private int ThresholdIndex(double iouThreshold)
    {
        for (int t = 0; t < IouThresholds.Count; t++)
            if (Math.Abs(IouThresholds[t] - iouThreshold) < ThresholdTolerance) return t;
        throw new ArgumentException($"no IoU threshold of {iouThreshold}; there are {string.Join(", ", IouThresholds)}", nameof(iouThreshold));
    }

    private int AreaIndex(string area)
    {
        for (int a = 0; a < Areas.Count; a++)
            if (Areas[a].Name == area) return a;
        throw new ArgumentException($"no area '{area}'; there are {string.Join(", ", Areas.Select(range => range.Name))}", nameof(area));
    }

    private int MaxDetectionsIndex(int? maxDetections)
    {
        if (maxDetections is null) return MaxDetections.Count - 1;
        for (int m = 0; m < MaxDetections.Count; m++)
            if (MaxDetections[m] == maxDetections) return m;
        throw new ArgumentException($"not evaluated with {maxDetections} detections; there are {string.Join(", ", MaxDetections)}", nameof(maxDetections));
    }

    /// <summary>Index of a category; -1 for all.</summary>
    private int CategoryIndex(long? categoryId)
    {
        if (categoryId is null) return -1;
        for (int k = 0; k < Categories.Count; k++)
            if (Categories[k].Id == categoryId) return k;
        throw new ArgumentException($"no category of id {categoryId}", nameof(categoryId));
    }
}
