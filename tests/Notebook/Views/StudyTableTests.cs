using ScratchDet.Data;
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
        StudyTable table = Assert.Single(Tables());
        Assert.Equal(["0.0", "10.0", "20.0", "30.0"], table.Variants.Rows.Select(row => FormattableString.Invariant($"{double.Parse(row[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) - 1:0.0}")));
        Assert.Equal(["73.1", "75.3", "77.6", "78.5"], table.Variants.Rows.Select(row => row[4]));
        Assert.Equal(["2", "2", "2", "2"], table.Variants.Rows.Select(row => row[5]));
        // Later halving costs more: the confound that the paper does not show. (Only from some width on (d) costs more than (c).)
        long[] multiplyAdds = [.. table.Variants.Rows.Select(row => long.Parse(row[8].Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(multiplyAdds[3] > multiplyAdds[1] && multiplyAdds[2] > multiplyAdds[1] && multiplyAdds[1] > multiplyAdds[0]);
        Assert.StartsWith("shows: +30.0", table.Claims.Rows[^1][2]);
        Assert.Contains("published VOC07 mAP, 11-point", table.Variants.Columns);
    }

    [Fact]
    public void A_run_with_another_value_is_no_run_of_the_study()
    {
        Variant<Experiment> first = Stems.Variants[0];
        Train(first.Experiment with { Train = first.Experiment.Train with { WeightDecay = 0.1 } }, first.Name, 0, 0.9);
        Assert.Empty(Tables());
    }

    [Fact]
    public void Each_data_set_has_a_table_and_verdicts_of_its_own()
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            foreach (Variant<Experiment> variant in Stems.Variants)
            {
                double good = variant == Stems.Variants[^1] ? 0.6 : 0.3;
                Train(variant.Experiment, variant.Name, seed, good);
                Train(OnFolder(variant.Experiment, "abc"), variant.Name, seed, 0.9 - good);
            }
        }
        IReadOnlyList<StudyTable> tables = Tables();
        Assert.Equal(2, tables.Count);
        Assert.All(tables, table => Assert.Equal(["3", "3", "3", "3"], table.Variants.Rows.Select(row => row[5])));
        Assert.Equal(["shows the opposite: -30.0 +/- 0.0 points, 3 seeds", "shows: +30.0 +/- 0.0 points, 3 seeds"], tables.Select(table => table.Claims.Rows[^1][2]).Order(StringComparer.Ordinal));
        Assert.Single(tables, table => table.Provenance.Contains("fingerprint abc"));
    }

    private static Experiment OnFolder(Experiment experiment, string fingerprint) =>
        experiment with { Data = experiment.Data with { Source = DataSource.VocFolder, Fingerprint = fingerprint } };

    private IReadOnlyList<StudyTable> Tables() => StudyTable.Of(FirstStride.Study, RunStore.Open(root.FullName).Runs());

    private void Train(Experiment experiment, string variant, ulong seed, double map)
    {
        RunIdentity identity = RunIdentity.Of(Stems.Name, variant, Scale.Seconds, seed, experiment);
        using RunWriter run = RunStore.Open(root.FullName).Start(identity, experiment, SampleRuns.Environment);
        run.Write(SampleRuns.Step(1));
        run.Write(SampleRuns.Evaluation(1) with { MapArea = map });
        run.Finish();
    }
}
