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

    // Categories, each with its candidates in the order of the lists before and after a repair.
    private readonly Candidate[][] unrepaired;
    private readonly Candidate[][] repaired;
    private readonly int[] missedCounts;
    private readonly PrecisionCurve curve = new();

    public ErrorOracle(int categoryCount, ErrorSorter sorter)
    {
        this.sorter = sorter;
        List<Candidate>[] candidates = [.. Enumerable.Range(0, categoryCount).Select(_ => new List<Candidate>())];
        for (int e = 0; e < sorter.Entries.Count; e++)
        {
            SplitEntry entry = sorter.Entries[e];
            candidates[entry.Category].Add(new Candidate(entry, IsMoved: false));
            bool isClassError = entry.Error >= 0 && sorter.Errors[entry.Error].Kind == DetectionErrorKind.Class;
            if (isClassError && sorter.BecomesTruePositive(entry.Error))
                candidates[sorter.RepairedCategory(entry.Error)].Add(new Candidate(entry, IsMoved: true));
        }
        unrepaired = [.. candidates.Select(Sorted)];
        // Stable: among equal scores, true positives go behind the rest, which makes repairs look worth less than they are, and
        // else all keep their order: so it is in TIDE.
        repaired = [.. candidates.Select(list => Sorted([.. list.Where(one => !one.Entry.IsTruePositive), .. list.Where(one => one.Entry.IsTruePositive)]))];
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
            int falsePositives = 0;
            foreach (Candidate one in unrepaired[category])
            {
                if (one.IsMoved || one.Entry.IsIgnored) continue;
                if (one.Entry.IsTruePositive) curve.AddTruePositive();
                else falsePositives++;
            }
            if (falsePositives > 0) curve.AddFalsePositive(falsePositives);
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
                if (repairedKind == DetectionErrorKind.Class) curve.AddTruePositive();
            }
            else if (one.Entry.IsTruePositive)
            {
                curve.AddTruePositive();
            }
            else if (repairedKind == sorter.Errors[one.Entry.Error].Kind)
            {
                if (repairedKind == DetectionErrorKind.Location && sorter.BecomesTruePositive(one.Entry.Error)) curve.AddTruePositive();
            }
            else if (!one.Entry.IsIgnored)
            {
                curve.AddFalsePositive();
            }
        }
    }

    private double Value(int category, int objectCount) =>
        curve.IsEmpty && objectCount == 0 ? double.NaN
        : curve.Interpolated(objectCount, PrecisionCurve.HundredthLevels);

    private static Candidate[] Sorted(List<Candidate> candidates)
    {
        var scores = new double[candidates.Count];
        ReadOnlySpan<Candidate> all = CollectionsMarshal.AsSpan(candidates);
        for (int i = 0; i < scores.Length; i++) scores[i] = all[i].Entry.Score;
        int[] order = ScoreOrder.Of(scores);
        var sorted = new Candidate[order.Length];
        for (int i = 0; i < order.Length; i++) sorted[i] = all[order[i]];
        return sorted;
    }

    /// <param name="IsMoved">It stands in the category that repairing its class error would give it.</param>
    private readonly record struct Candidate(SplitEntry Entry, bool IsMoved);
}
