using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>A detection as the error split sees it.</summary>
/// <param name="Error">Index of its error; -1 for a true positive.</param>
internal readonly record struct SplitEntry(int Category, double Score, bool IsTruePositive, bool IsIgnored, int Error);

/// <summary>
/// Matches detections with objects image by image and gives each detection that is no true positive its reason. The order of the
/// questions is TIDE's: location, class, duplicate, background, and both for the rest.
/// </summary>
internal sealed class ErrorSorter(CocoGroundTruth truth, CocoResults results, ErrorSplitOptions options)
{
    private readonly FlatList<CocoObject> annotated = new(truth.Objects);
    private readonly FlatList<CocoDetection> detected = new(results.Detections);
    private readonly List<SplitEntry> entries = [];
    private readonly List<DetectionError> errors = [];
    private readonly List<int> categoryOfError = [];

    // By error: whether repairing it makes it a true positive; of several for one object, the most confident does.
    private readonly List<bool> becomesTruePositive = [];

    private readonly List<int> counted = [];
    private bool[] isFound = [];
    private bool[] isRepairable = [];

    /// <summary>Every detection that counts, image after image, by falling score.</summary>
    public IReadOnlyList<SplitEntry> Entries => entries;

    public IReadOnlyList<DetectionError> Errors => errors;

    /// <summary>By category: objects that are neither crowds nor ignored.</summary>
    public int[] ObjectCounts { get; } = new int[truth.Categories.Count];

    /// <summary>By category: objects that no detection found.</summary>
    public int[] NotFoundCounts { get; } = new int[truth.Categories.Count];

    /// <summary>Of the detection; of the object where there is none.</summary>
    public int CategoryOfError(int error) => categoryOfError[error];

    /// <summary>Whether a repair makes a true positive of the detection; else it takes it away.</summary>
    public bool BecomesTruePositive(int error) => becomesTruePositive[error];

    /// <summary>Of the object on which the detection of this class error lies.</summary>
    public int RepairedCategory(int error) => annotated.Span[errors[error].ObjectIndex].CategoryIndex;

    /// <summary>Matches the next image.</summary>
    /// <param name="overlaps">Of detections x objects of the image, a row for each detection.</param>
    public void Add(int image, ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, ReadOnlySpan<double> overlaps)
    {
        counted.Clear();
        for (int g = 0; g < objects.Length; g++)
        {
            ref readonly CocoObject item = ref annotated.Span[objects[g]];
            if (item.IsCrowd || item.Ignore) continue;
            counted.Add(g);
            ObjectCounts[item.CategoryIndex]++;
        }
        if (isFound.Length < objects.Length) (isFound, isRepairable) = (new bool[objects.Length], new bool[objects.Length]);
        Array.Clear(isFound, 0, objects.Length);
        Array.Clear(isRepairable, 0, objects.Length);

        int firstEntry = entries.Count;
        for (int d = 0; d < detections.Length; d++) Match(detections[d], objects, overlaps.Slice(d * objects.Length, objects.Length));
        // Reasons need to know which objects were found by anyone, so they come after all matches.
        for (int d = 0; d < detections.Length; d++)
        {
            SplitEntry entry = entries[firstEntry + d];
            if (entry.IsTruePositive) continue;
            entries[firstEntry + d] = entry with { Error = errors.Count };
            errors.Add(Reason(image, detections[d], entry, objects, overlaps.Slice(d * objects.Length, objects.Length)));
            categoryOfError.Add(entry.Category);
        }
        foreach (int g in counted)
        {
            if (isFound[g]) continue;
            int category = annotated.Span[objects[g]].CategoryIndex;
            NotFoundCounts[category]++;
            if (isRepairable[g]) continue;
            errors.Add(new DetectionError(DetectionErrorKind.Missed, image, -1, objects[g], 0, IsIgnored: false));
            categoryOfError.Add(category);
            becomesTruePositive.Add(false);
        }
    }

    /// <summary>The free object of its class that the detection overlaps most; the first of equals.</summary>
    private void Match(int detectionIndex, ReadOnlySpan<int> objects, ReadOnlySpan<double> overlaps)
    {
        ref readonly CocoDetection detection = ref detected.Span[detectionIndex];
        int best = -1;
        double largest = 0;
        foreach (int g in counted)
        {
            double share = overlaps[g];
            if (share > largest && !isFound[g] && annotated.Span[objects[g]].CategoryIndex == detection.CategoryIndex) (best, largest) = (g, share);
        }
        bool isTruePositive = best >= 0 && largest >= options.ForegroundThreshold;
        if (isTruePositive) isFound[best] = true;
        bool isIgnored = !isTruePositive && counted.Count < objects.Length && LiesOnIgnored(detection.CategoryIndex, objects, overlaps);
        entries.Add(new SplitEntry(detection.CategoryIndex, detection.Score, isTruePositive, isIgnored, -1));
    }

    /// <summary>In a crowd by more than the threshold (TIDE), or on an ignored object by at least as much (as a true positive needs).</summary>
    private bool LiesOnIgnored(int category, ReadOnlySpan<int> objects, ReadOnlySpan<double> overlaps)
    {
        for (int g = 0; g < objects.Length; g++)
        {
            ref readonly CocoObject item = ref annotated.Span[objects[g]];
            if (item.CategoryIndex != category || !(item.IsCrowd || item.Ignore)) continue;
            double share = overlaps[g];
            if (share > options.ForegroundThreshold || (!item.IsCrowd && share == options.ForegroundThreshold)) return true;
        }
        return false;
    }

    private DetectionError Reason(int image, int detectionIndex, SplitEntry entry, ReadOnlySpan<int> objects, ReadOnlySpan<double> overlaps)
    {
        (int same, int other, int found) = (-1, -1, -1);
        double largestSame = 0, largestOther = 0, largestFound = 0;
        foreach (int g in counted)
        {
            double share = overlaps[g];
            if (annotated.Span[objects[g]].CategoryIndex != entry.Category)
            {
                if (share > largestOther) (other, largestOther) = (g, share);
                continue;
            }
            if (share > largestSame) (same, largestSame) = (g, share);
            if (isFound[g] && share > largestFound) (found, largestFound) = (g, share);
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
            bool repairs = kind is DetectionErrorKind.Location or DetectionErrorKind.Class && !isFound[g];
            becomesTruePositive.Add(repairs && !isRepairable[g]);
            if (repairs) isRepairable[g] = true;
            return new DetectionError(kind, image, detectionIndex, g < 0 ? -1 : objects[g], share, entry.IsIgnored);
        }
    }
}
