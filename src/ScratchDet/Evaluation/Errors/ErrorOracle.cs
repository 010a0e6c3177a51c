using System.Runtime.InteropServices;

namespace ScratchDet.Evaluation.Errors;

/// <summary>
/// Average precision of each category with some errors repaired: a wrong class is corrected and a wrong place made exact
/// for the most confident error of an object that was not found; all other false positives of the kind disappear; missed
/// objects are struck from the count.
/// </summary>
internal sealed class ErrorOracle
{
    private readonly ErrorSorter sorter;
    private readonly ErrorSplitOptions options;

    // Categories, each with its candidates in the order of the lists before and after a repair.
    private readonly Candidate[][] unrepaired;
    private readonly Candidate[][] repaired;
    private readonly int[] missedCounts;
    private readonly PrecisionCurve curve = new();

    public ErrorOracle(int categoryCount, ErrorSorter sorter, ErrorSplitOptions options)
    {
        (this.sorter, this.options) = (sorter, options);
        List<Candidate>[] candidates = [.. Enumerable.Range(0, categoryCount).Select(_ => new List<Candidate>())];
        for (int e = 0; e < sorter.Entries.Count; e++)
        {
            SplitEntry entry = sorter.Entries[e];
            candidates[entry.Category].Add(new Candidate(entry, IsMoved: false));
            if (entry.Error >= 0 && sorter.Errors[entry.Error].Kind == DetectionErrorKind.Class && sorter.BecomesHit(entry.Error))
                candidates[sorter.RepairedCategory(entry.Error)].Add(new Candidate(entry, IsMoved: true));
        }
        unrepaired = [.. candidates.Select(Sorted)];
        // Stable: among equal scores, hits go behind the rest (as they do in TIDE) and else all keep their order.
        repaired = options.KeepsOrderOfEqualScores ? unrepaired : [.. candidates.Select(list => Sorted([.. list.Where(one => !one.Entry.IsHit), .. list.Where(one => one.Entry.IsHit)]))];
        missedCounts = new int[categoryCount];
        for (int e = 0; e < sorter.Errors.Count; e++)
            if (sorter.Errors[e].Kind == DetectionErrorKind.Missed) missedCounts[sorter.CategoryOfError(e)]++;
    }

    /// <summary>By category, 0 to 1; NaN for a category that is not in the mean.</summary>
    public double[] Unrepaired() => Of(unrepaired, null, 0);

    public double[] Repaired(DetectionErrorKind kind) => Of(repaired, kind, kind == DetectionErrorKind.Missed ? 1 : 0);

    public double[] WithoutFalseNegatives()
    {
        var all = new double[unrepaired.Length];
        for (int category = 0; category < all.Length; category++)
        {
            Fill(repaired[category], null);
            all[category] = Value(category, sorter.ObjectCounts[category] - sorter.NotFoundCounts[category]);
        }
        return all;
    }

    public double[] FalsePositivesLast()
    {
        var all = new double[unrepaired.Length];
        for (int category = 0; category < all.Length; category++)
        {
            curve.Clear();
            int misses = 0;
            foreach (Candidate one in unrepaired[category])
            {
                if (one.IsMoved || one.Entry.IsIgnored) continue;
                if (one.Entry.IsHit) curve.Hit();
                else misses++;
            }
            if (misses > 0) curve.Miss(misses);
            all[category] = Value(category, sorter.ObjectCounts[category]);
        }
        return all;
    }

    private double[] Of(Candidate[][] lists, DetectionErrorKind? kind, int missedFactor)
    {
        var all = new double[lists.Length];
        for (int category = 0; category < all.Length; category++)
        {
            Fill(lists[category], kind);
            all[category] = Value(category, sorter.ObjectCounts[category] - (missedFactor * missedCounts[category]));
        }
        return all;
    }

    private void Fill(Candidate[] candidates, DetectionErrorKind? repairedKind)
    {
        curve.Clear();
        foreach (Candidate one in candidates)
        {
            if (one.IsMoved)
            {
                if (repairedKind == DetectionErrorKind.Class) curve.Hit();
            }
            else if (one.Entry.IsHit)
            {
                curve.Hit();
            }
            else if (repairedKind == sorter.Errors[one.Entry.Error].Kind)
            {
                if (repairedKind == DetectionErrorKind.Location && sorter.BecomesHit(one.Entry.Error)) curve.Hit();
            }
            else if (!one.Entry.IsIgnored)
            {
                curve.Miss();
            }
        }
    }

    private double Value(int category, int objectCount) =>
        curve.IsEmpty && objectCount == 0 ? double.NaN
        : sorter.ObjectCounts[category] == 0 && !options.CountsClassesWithoutObjects ? double.NaN
        : curve.Interpolated(objectCount, PrecisionCurve.HundredthLevels);

    private static Candidate[] Sorted(List<Candidate> candidates)
    {
        var scores = new double[candidates.Count];
        ReadOnlySpan<Candidate> all = CollectionsMarshal.AsSpan(candidates);
        for (int i = 0; i < scores.Length; i++) scores[i] = all[i].Entry.Score;
        int[] order = ScoreSorter.Order(scores);
        var sorted = new Candidate[order.Length];
        for (int i = 0; i < order.Length; i++) sorted[i] = all[order[i]];
        return sorted;
    }

    /// <param name="IsMoved">It stands in the category that repairing its class error would give it.</param>
    private readonly record struct Candidate(SplitEntry Entry, bool IsMoved);
}
