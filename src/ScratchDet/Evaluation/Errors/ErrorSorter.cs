using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>A detection as the error split sees it.</summary>
/// <param name="Error">Index of its error; -1 for a hit.</param>
internal readonly record struct SplitEntry(int Category, double Score, bool IsHit, bool IsIgnored, int Error);

/// <summary>
/// Matches detections with objects image by image and gives each detection that is no hit its reason. The order of the
/// questions is TIDE's: location, class, duplicate, background, and both for the rest.
/// </summary>
internal sealed class ErrorSorter(CocoGroundTruth truth, CocoResults results, InstanceOverlap overlap, ErrorSplitOptions options)
{
    private readonly FlatList<CocoObject> annotated = new(truth.Objects);
    private readonly FlatList<CocoDetection> detected = new(results.Detections);
    private readonly List<SplitEntry> entries = [];
    private readonly List<DetectionError> errors = [];
    private readonly List<int> categoryOfError = [];

    // By error: whether repairing it makes it a hit; of several for one object, the most confident does.
    private readonly List<bool> becomesHit = [];

    private double[] overlaps = [];
    private readonly List<int> counted = [];
    private int[] finder = [];
    private bool[] isRepairable = [];

    /// <summary>Every detection that counts, image after image, by falling score.</summary>
    public IReadOnlyList<SplitEntry> Entries => entries;

    public IReadOnlyList<DetectionError> Errors => errors;

    /// <summary>By category: objects that are neither crowds nor ignored.</summary>
    public int[] ObjectCounts { get; } = new int[truth.Categories.Count];

    /// <summary>By category: objects without a hit.</summary>
    public int[] NotFoundCounts { get; } = new int[truth.Categories.Count];

    /// <summary>Of the detection; of the object where there is none.</summary>
    public int CategoryOfError(int error) => categoryOfError[error];

    /// <summary>Whether a repair makes a hit of the detection; else it takes it away.</summary>
    public bool BecomesHit(int error) => becomesHit[error];

    /// <summary>Of the object on which the detection of this class error lies.</summary>
    public int RepairedCategory(int error) => annotated.Span[errors[error].ObjectIndex].CategoryIndex;

    public void Run()
    {
        var byImage = new InstancesByImage(truth, results, options.DetectionsPerImage);
        for (int image = 0; image < truth.Images.Count; image++)
            SortImage(image, byImage.Detections(image), byImage.Objects(image));
    }

    private void SortImage(int image, ReadOnlySpan<int> detections, ReadOnlySpan<int> objects)
    {
        if (overlaps.Length < detections.Length * objects.Length) overlaps = new double[detections.Length * objects.Length];
        if (detections.Length > 0 && objects.Length > 0) overlap.Compute(detections, objects, overlaps.AsSpan(0, detections.Length * objects.Length));
        counted.Clear();
        for (int g = 0; g < objects.Length; g++)
        {
            ref readonly CocoObject item = ref annotated.Span[objects[g]];
            if (item.IsCrowd || item.Ignore) continue;
            counted.Add(g);
            ObjectCounts[item.CategoryIndex]++;
        }
        if (finder.Length < objects.Length) (finder, isRepairable) = (new int[objects.Length], new bool[objects.Length]);
        Array.Fill(finder, -1, 0, objects.Length);
        Array.Clear(isRepairable, 0, objects.Length);

        int firstEntry = entries.Count;
        for (int d = 0; d < detections.Length; d++) Match(d, detections[d], objects);
        // Reasons need to know which objects were found by anyone, so they come after all matches.
        for (int d = 0; d < detections.Length; d++)
        {
            SplitEntry entry = entries[firstEntry + d];
            if (entry.IsHit) continue;
            entries[firstEntry + d] = entry with { Error = errors.Count };
            errors.Add(Reason(image, d, detections[d], entry, objects));
            categoryOfError.Add(entry.Category);
        }
        foreach (int g in counted)
        {
            if (finder[g] >= 0) continue;
            int category = annotated.Span[objects[g]].CategoryIndex;
            NotFoundCounts[category]++;
            if (isRepairable[g]) continue;
            errors.Add(new DetectionError(DetectionErrorKind.Missed, image, -1, objects[g], 0, IsIgnored: false));
            categoryOfError.Add(category);
            becomesHit.Add(false);
        }
    }

    /// <summary>The free object of its class that the detection overlaps most; the first of equals.</summary>
    private void Match(int d, int detectionIndex, ReadOnlySpan<int> objects)
    {
        ref readonly CocoDetection detection = ref detected.Span[detectionIndex];
        int best = -1;
        double largest = 0;
        foreach (int g in counted)
        {
            double share = overlaps[d * objects.Length + g];
            if (share > largest && finder[g] < 0 && annotated.Span[objects[g]].CategoryIndex == detection.CategoryIndex) (best, largest) = (g, share);
        }
        bool isHit = best >= 0 && largest >= options.ForegroundThreshold;
        if (isHit) finder[best] = d;
        bool isIgnored = !isHit && counted.Count < objects.Length && LiesOnIgnored(d, detection.CategoryIndex, objects);
        entries.Add(new SplitEntry(detection.CategoryIndex, detection.Score, isHit, isIgnored, -1));
    }

    /// <summary>In a crowd by more than the threshold (TIDE), or on an ignored object by at least as much (as a hit needs).</summary>
    private bool LiesOnIgnored(int d, int category, ReadOnlySpan<int> objects)
    {
        for (int g = 0; g < objects.Length; g++)
        {
            ref readonly CocoObject item = ref annotated.Span[objects[g]];
            if (item.CategoryIndex != category || !(item.IsCrowd || item.Ignore)) continue;
            double share = overlaps[d * objects.Length + g];
            if (share > options.ForegroundThreshold || (!item.IsCrowd && share == options.ForegroundThreshold)) return true;
        }
        return false;
    }

    private DetectionError Reason(int image, int d, int detectionIndex, SplitEntry entry, ReadOnlySpan<int> objects)
    {
        (int same, int other, int found) = (-1, -1, -1);
        double largestSame = 0, largestOther = 0, largestFound = 0;
        foreach (int g in counted)
        {
            double share = overlaps[d * objects.Length + g];
            if (annotated.Span[objects[g]].CategoryIndex != entry.Category)
            {
                if (share > largestOther) (other, largestOther) = (g, share);
                continue;
            }
            if (share > largestSame) (same, largestSame) = (g, share);
            if (finder[g] >= 0 && share > largestFound) (found, largestFound) = (g, share);
        }
        (double background, double foreground) = (options.BackgroundThreshold, options.ForegroundThreshold);
        if (same >= 0 && background <= largestSame && largestSame <= foreground)
            return Make(DetectionErrorKind.Location, same, largestSame, objects);
        if (other >= 0 && largestOther >= foreground)
            return Make(DetectionErrorKind.Class, other, largestOther, objects);
        if (found >= 0 && largestFound >= foreground)
            return Make(DetectionErrorKind.Duplicate, found, largestFound, objects);
        (int nearest, double largest) = largestSame >= largestOther ? (same, largestSame) : (other, largestOther);
        return Make(largest <= background ? DetectionErrorKind.Background : DetectionErrorKind.Both, nearest, largest, objects);

        DetectionError Make(DetectionErrorKind kind, int g, double share, ReadOnlySpan<int> objects)
        {
            bool repairs = kind is DetectionErrorKind.Location or DetectionErrorKind.Class && finder[g] < 0;
            becomesHit.Add(repairs && !isRepairable[g]);
            if (repairs) isRepairable[g] = true;
            return new DetectionError(kind, image, detectionIndex, g < 0 ? -1 : objects[g], share, entry.IsIgnored);
        }
    }
}
