using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Tests.Runs;

namespace ScratchDet.Tests.Notebook.Views;

public sealed class StudyTableTests : IDisposable
{
    private static readonly Ablation<Experiment> Stems = FirstStride.Study.At(Scale.Seconds);
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("scratchdet-studytable-");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void A_row_has_our_mean_over_seeds_the_paper_s_number_and_the_costs()
    {
        for (int place = 0; place < 4; place++)
            for (ulong seed = 0; seed < 2; seed++)
                Train(Stems.Variants[place].Experiment, Stems.Variants[place].Name, seed, (place / 10.0) + (seed * 0.02));
        StudyTable table = Table();
        Assert.Equal(["0.0", "10.0", "20.0", "30.0"], table.Variants.Rows.Select(row => FormattableString.Invariant($"{double.Parse(row[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) - 1:0.0}")));
        Assert.Equal(["73.1", "75.3", "77.6", "78.5"], table.Variants.Rows.Select(row => row[3]));
        Assert.Equal(["2", "2", "2", "2"], table.Variants.Rows.Select(row => row[4]));
        // Later halving costs more: the confound that the paper does not show. (Only from some width on (d) costs more than (c).)
        long[] multiplyAdds = [.. table.Variants.Rows.Select(row => long.Parse(row[7].Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(multiplyAdds[3] > multiplyAdds[1] && multiplyAdds[2] > multiplyAdds[1] && multiplyAdds[1] > multiplyAdds[0]);
        Assert.StartsWith("shows: +30.0", table.Claims.Rows[^1][2]);
        Assert.Contains("Published: VOC07 mAP", table.Provenance);
    }

    [Fact]
    public void A_run_with_another_value_is_no_run_of_the_study_and_one_on_other_images_is()
    {
        Variant<Experiment> first = Stems.Variants[0];
        Train(first.Experiment with { Train = first.Experiment.Train with { WeightDecay = 0.1 } }, first.Name, 0, 0.9);
        Assert.Equal("0", Table().Variants.Rows[0][4]);
        Assert.Contains("No runs yet.", Table().Provenance);
        Train(first.Experiment with { Data = first.Experiment.Data with { Fingerprint = "abc" } }, first.Name, 0, 0.5);
        Assert.Equal(["50.0", "1"], new[] { Table().Variants.Rows[0][1], Table().Variants.Rows[0][4] });
    }

    private StudyTable Table() => StudyTable.Of(FirstStride.Study, Stems, RunStore.Open(root.FullName).Runs(), 7);

    private void Train(Experiment experiment, string variant, ulong seed, double map)
    {
        RunIdentity identity = RunIdentity.Of(Stems.Name, variant, Scale.Seconds, seed, experiment);
        using RunWriter run = RunStore.Open(root.FullName).Start(identity, experiment, SampleRuns.Environment);
        run.Write(SampleRuns.Step(1));
        run.Write(SampleRuns.Evaluation(1) with { MapArea = map });
        run.Finish();
    }
}
