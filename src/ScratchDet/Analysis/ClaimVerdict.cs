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
    /// <summary>Below this mean, in percent, a group has not learned to detect: two such groups are not compared.</summary>
    public const double LearnedPoints = 5;

    /// <summary>Whether the comparison says nothing because both groups stayed below <see cref="LearnedPoints"/>.</summary>
    public bool NeitherLearned { get; init; }

    /// <param name="table">Finished runs of the ablation on the same data; others are left aside.</param>
    public static ClaimVerdict Of(Claim claim, Ablation<Experiment> ablation, RunTable table)
    {
        Dictionary<ulong, double> first = BySeed(claim.First(ablation), claim.BestOfEach, table), second = BySeed(claim.Second(ablation), claim.BestOfEach, table);
        ulong[] seeds = [.. first.Keys.Where(second.ContainsKey).Order()];
        SeedStatistics difference = SeedStatistics.Of([.. seeds.Select(seed => 100 * (first[seed] - second[seed]))]);
        if (seeds.Length == 0) return new ClaimVerdict(claim, VerdictKind.NotRun, difference);
        bool neither = 100 * Math.Max(seeds.Average(seed => first[seed]), seeds.Average(seed => second[seed])) < LearnedPoints;
        return new ClaimVerdict(claim, neither ? VerdictKind.Undecided : KindOf(claim, difference), difference) { NeitherLearned = neither };
    }

    private static VerdictKind KindOf(Claim claim, SeedStatistics difference)
    {
        if (double.IsNaN(difference.HalfWidth95)) return VerdictKind.Undecided;
        (double from, double to) = (difference.Mean - difference.HalfWidth95, difference.Mean + difference.HalfWidth95);
        (double least, double most) = claim.Kind switch
        {
            ClaimKind.Higher => (0, double.PositiveInfinity),
            ClaimKind.AtLeastAsGood => (-claim.TolerancePoints, double.PositiveInfinity),
            _ => (-claim.TolerancePoints, claim.TolerancePoints),
        };
        if (from > least && to < most) return VerdictKind.Shows;
        return to < least || from > most ? VerdictKind.ShowsTheOpposite : VerdictKind.Undecided;
    }

    /// <summary>
    /// A score for each seed of which every variant of the group has one run: the mean of the group, or the score of its
    /// best variant. Empty where a variant has no run.
    /// </summary>
    private static Dictionary<ulong, double> BySeed(IEnumerable<Variant<Experiment>> variants, bool best, RunTable table)
    {
        Dictionary<ulong, double>[] scores = [.. variants.Select(variant => table.Rows
            .Where(row => row.Identity.Variant == variant.Name && row.Outcome.IsFinished)
            .GroupBy(row => row.Identity.Seed).Where(runs => runs.Count() == 1) // two runs of one seed: which is meant is not known
            .ToDictionary(runs => runs.Key, runs => runs.Single().Metric(RunMetrics.MapArea) ?? 0))];
        if (scores.Length == 0) return [];
        ulong[] seeds = [.. scores[0].Keys.Where(seed => scores.All(one => one.ContainsKey(seed)))];
        if (seeds.Length == 0) return [];
        if (best) scores = [scores.MaxBy(one => seeds.Average(seed => one[seed]))!];
        return seeds.ToDictionary(seed => seed, seed => scores.Average(one => one[seed]));
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
        if (NeitherLearned) return FormattableString.Invariant($"{verdict}: neither learned to detect (both below {LearnedPoints:0} points)");
        string interval = double.IsNaN(DifferencePoints.HalfWidth95) ? "" : string.Create(CultureInfo.InvariantCulture, $" +/- {DifferencePoints.HalfWidth95:0.0}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{verdict}: {DifferencePoints.Mean:+0.0;-0.0;0.0}{interval} points, {DifferencePoints.Count} {(DifferencePoints.Count == 1 ? "seed" : "seeds")}");
    }
}
