using ScratchDet.Analysis;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Models.Backbones;
using ScratchDet.Runs;
using ScratchDet.Tests.Runs;

namespace ScratchDet.Tests.Analysis;

public sealed class ClaimVerdictTests : IDisposable
{
    private static readonly Ablation<Experiment> Stems = FirstStride.Study.At(Scale.Seconds);
    private static readonly Claim RootIsBetter = FirstStride.Study.Claims[^1];
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("scratchdet-claims-");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void Three_seeds_that_agree_show_a_claim()
    {
        Train(StemKind.Root, 0.60, 0.62, 0.61);
        Train(StemKind.SevenBySevenStrideTwoPool, 0.50, 0.51, 0.49);
        // Differences 10, 11, 12: mean 11, deviation 1, half width 4.303 / sqrt(3).
        ClaimVerdict verdict = Verdict(RootIsBetter);
        Assert.Equal(VerdictKind.Shows, verdict.Kind);
        Assert.Equal(11, verdict.DifferencePoints.Mean, 1e-9);
        Assert.Equal("shows: +11.0 +/- 2.5 points, 3 seeds", verdict.ToString());
    }

    [Fact]
    public void A_wide_interval_decides_nothing()
    {
        Train(StemKind.Root, 0.60, 0.40);
        Train(StemKind.SevenBySevenStrideTwoPool, 0.50, 0.39);
        Assert.Equal(VerdictKind.Undecided, Verdict(RootIsBetter).Kind);
    }

    [Fact]
    public void One_seed_decides_nothing()
    {
        Train(StemKind.Root, 0.9);
        Train(StemKind.SevenBySevenStrideTwoPool, 0.1);
        Assert.Equal("undecided: +80.0 points, 1 seed", Verdict(RootIsBetter).ToString());
    }

    [Fact]
    public void The_opposite_is_said_too()
    {
        Train(StemKind.Root, 0.3, 0.31, 0.32);
        Train(StemKind.SevenBySevenStrideTwoPool, 0.50, 0.51, 0.52);
        Assert.Equal(VerdictKind.ShowsTheOpposite, Verdict(RootIsBetter).Kind);
    }

    [Fact]
    public void A_run_that_diverged_counts_as_nothing_found()
    {
        Train(StemKind.Root, 0.30, 0.31);
        Train(StemKind.SevenBySevenStrideTwoPool, null, null);
        ClaimVerdict verdict = Verdict(RootIsBetter);
        Assert.Equal(VerdictKind.Shows, verdict.Kind);
        Assert.Equal(30.5, verdict.DifferencePoints.Mean, 1e-9);
    }

    [Fact]
    public void Without_runs_of_both_groups_it_is_not_run()
    {
        Train(StemKind.Root, 0.30, 0.31);
        Assert.Equal("not run", Verdict(RootIsBetter).ToString());
    }

    [Fact]
    public void As_good_as_means_not_worse_by_more_than_the_tolerance()
    {
        Train(StemKind.Root, 0.50, 0.51, 0.52);
        Train(StemKind.SevenBySevenStrideTwoPool, 0.51, 0.52, 0.53);
        Assert.Equal(VerdictKind.Shows, Verdict(RootIsBetter with { Kind = ClaimKind.AtLeastAsGood }).Kind); // -1 in each seed
        Assert.Equal(VerdictKind.ShowsTheOpposite, Verdict(RootIsBetter with { Kind = ClaimKind.AtLeastAsGood, TolerancePoints = 0.5 }).Kind);
    }

    [Fact]
    public void As_good_in_both_directions_fails_for_a_better_one_too()
    {
        Train(StemKind.Root, 0.50, 0.51, 0.52);
        Train(StemKind.SevenBySevenStrideTwoPool, 0.51, 0.52, 0.53);
        Claim same = RootIsBetter with { Kind = ClaimKind.AsGood };
        Assert.Equal(VerdictKind.Shows, Verdict(same).Kind);
        Train(StemKind.SevenBySevenStrideTwo, 0.10, 0.11, 0.12);
        Assert.Equal(VerdictKind.ShowsTheOpposite, Verdict(same with { Second = Arm(StemKind.SevenBySevenStrideTwo) }).Kind);
        Assert.Equal(VerdictKind.Shows, Verdict(same with { Second = Arm(StemKind.SevenBySevenStrideTwo), Kind = ClaimKind.AtLeastAsGood }).Kind);
    }

    [Fact]
    public void Where_neither_learned_nothing_is_shown()
    {
        Train(StemKind.Root, 0.02, 0.02, 0.02);
        Train(StemKind.SevenBySevenStrideTwoPool, null, 0.01, null);
        Assert.Equal("undecided: neither learned to detect (both below 5 points)", Verdict(RootIsBetter with { Kind = ClaimKind.AtLeastAsGood }).ToString());
    }

    [Fact]
    public void The_best_of_a_group_is_its_best_mean_over_seeds()
    {
        Train(StemKind.Root, 0.60, 0.50);
        Train(StemKind.SevenBySevenStrideOnePool, 0.70, 0.10);
        Train(StemKind.SevenBySevenStrideTwoPool, 0.30, 0.30);
        Claim claim = RootIsBetter with { First = ablation => [.. Arm(StemKind.Root)(ablation), .. Arm(StemKind.SevenBySevenStrideOnePool)(ablation)] };
        Assert.Equal(17.5, Verdict(claim).DifferencePoints.Mean, 1e-9); // (65 + 30) / 2 - 30
        Assert.Equal(25, Verdict(claim with { BestOfEach = true }).DifferencePoints.Mean, 1e-9); // (60 + 50) / 2 - 30
    }

    /// <summary>Every claim compares variants that exist, at every scale.</summary>
    [Theory]
    [InlineData(Scale.Seconds)]
    [InlineData(Scale.Minutes)]
    [InlineData(Scale.Paper)]
    public void Every_claim_of_every_study_finds_its_variants(Scale scale) => Assert.All(AllStudies.List, study => Assert.All(study.Claims, claim =>
    {
        Ablation<Experiment> ablation = study.At(scale);
        string[] first = [.. claim.First(ablation).Select(variant => variant.Name)], second = [.. claim.Second(ablation).Select(variant => variant.Name)];
        Assert.True(first.Length > 0 && second.Length > 0, $"{study.Name} at {scale}: {claim.Text}");
        Assert.Empty(first.Intersect(second));
    }));

    private static Func<Ablation<Experiment>, IEnumerable<Variant<Experiment>>> Arm(StemKind stem) =>
        ablation => ablation.Variants.Where(variant => ((ResidualSpec)variant.Experiment.Detector.Backbone).Stem == stem);

    private ClaimVerdict Verdict(Claim claim) => ClaimVerdict.Of(claim, Stems, RunTable.Of(RunStore.Open(root.FullName).Runs()));

    /// <summary>A run for each seed with this mAP; null: it diverged.</summary>
    private void Train(StemKind stem, params double?[] maps)
    {
        Variant<Experiment> variant = Stems.Variants.Single(one => ((ResidualSpec)one.Experiment.Detector.Backbone).Stem == stem);
        for (ulong seed = 0; seed < (ulong)maps.Length; seed++)
        {
            RunIdentity identity = RunIdentity.Of(Stems.Name, variant.Name, Scale.Seconds, seed, variant.Experiment);
            using RunWriter run = RunStore.Open(root.FullName).Start(identity, variant.Experiment, SampleRuns.Environment);
            run.Write(SampleRuns.Step(1));
            if (maps[seed] is { } map)
            {
                run.Write(SampleRuns.Evaluation(1) with { MapArea = map });
                run.Finish();
            }
            else
            {
                run.Diverge(2, "stem", 1);
            }
        }
    }
}
