using System.Globalization;
using ScratchDet.Experiments;

namespace ScratchDet.Analysis;

/// <summary>What runs say about a claim.</summary>
public enum VerdictKind
{
    /// <summary>Some of the runs that it compares are not there.</summary>
    NotRun,

    /// <summary>The interval leaves both open, or there are fewer than two seeds.</summary>
    Undecided,

    /// <summary>The whole interval agrees with the claim.</summary>
    Shows,

    /// <summary>The whole interval says the opposite.</summary>
    ShowsTheOpposite,
}

/// <summary>A claim held against runs of one scale.</summary>
/// <param name="DifferencePoints">
/// First group less second, mean of the group in each seed, points of mAP in percent, with the 95% interval over seeds. A run
/// that diverged counts as 0.
/// </param>
public sealed record ClaimVerdict(Claim Claim, VerdictKind Kind, SeedStatistics DifferencePoints)
{
    /// <param name="table">Finished runs of the ablation; others are left aside.</param>
    public static ClaimVerdict Of(Claim claim, Ablation<Experiment> ablation, RunTable table)
    {
        Dictionary<ulong, double>? first = BySeed(claim.First(ablation), table), second = BySeed(claim.Second(ablation), table);
        if (first is null || second is null) return new ClaimVerdict(claim, VerdictKind.NotRun, SeedStatistics.Of([]));
        SeedStatistics difference = SeedStatistics.Of([.. first.Keys.Where(second.ContainsKey).Order().Select(seed => 100 * (first[seed] - second[seed]))]);
        return new ClaimVerdict(claim, KindOf(claim, difference), difference);
    }

    private static VerdictKind KindOf(Claim claim, SeedStatistics difference)
    {
        if (difference.Count == 0) return VerdictKind.NotRun;
        if (double.IsNaN(difference.HalfWidth95)) return VerdictKind.Undecided;
        double limit = claim.Kind == ClaimKind.AtLeastAsGood ? -claim.TolerancePoints : 0;
        if (difference.Mean - difference.HalfWidth95 > limit) return VerdictKind.Shows;
        return difference.Mean + difference.HalfWidth95 < limit ? VerdictKind.ShowsTheOpposite : VerdictKind.Undecided;
    }

    /// <summary>The mean score of the group in each seed that all of its variants have; null: a variant has no run.</summary>
    private static Dictionary<ulong, double>? BySeed(IEnumerable<Variant<Experiment>> variants, RunTable table)
    {
        var sums = new Dictionary<ulong, (double Sum, int Count)>();
        int group = 0;
        foreach (Variant<Experiment> variant in variants)
        {
            group++;
            foreach (RunRow row in table.Rows.Where(row => row.Identity.Variant == variant.Name && row.Outcome.IsFinished))
            {
                (double sum, int count) = sums.GetValueOrDefault(row.Identity.Seed);
                sums[row.Identity.Seed] = (sum + (row.Metric(RunMetrics.MapArea) ?? 0), count + 1);
            }
        }
        Dictionary<ulong, double> whole = sums.Where(entry => entry.Value.Count == group).ToDictionary(entry => entry.Key, entry => entry.Value.Sum / group);
        return whole.Count == 0 ? null : whole;
    }

    /// <summary>"shows: +8.1 +/- 2.3 points, 3 seeds".</summary>
    public override string ToString()
    {
        string verdict = Kind switch
        {
            VerdictKind.NotRun => "not run",
            VerdictKind.Shows => "shows",
            VerdictKind.ShowsTheOpposite => "shows the opposite",
            _ => "undecided",
        };
        if (DifferencePoints.Count == 0) return verdict;
        string interval = double.IsNaN(DifferencePoints.HalfWidth95) ? "" : string.Create(CultureInfo.InvariantCulture, $" +/- {DifferencePoints.HalfWidth95:0.0}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{verdict}: {DifferencePoints.Mean:+0.0;-0.0;0.0}{interval} points, {DifferencePoints.Count} {(DifferencePoints.Count == 1 ? "seed" : "seeds")}");
    }
}
