using ScratchDet.Analysis;
using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Tests.Experiments;
using ScratchDet.Tests.Runs;

namespace ScratchDet.Tests.Analysis;

public sealed class RunTableTests : IDisposable
{
    private static readonly Ablation<SampleExperiment> Study = SampleExperiment.Study();
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("scratchdet-table-");
    private readonly RunStore store;

    public RunTableTests() => store = RunStore.Open(root.FullName);

    public void Dispose() => root.Delete(recursive: true);

    private RunWriter Start(string variant, ulong seed, Scale scale = Scale.Seconds, SampleExperiment? spec = null)
    {
        spec ??= Study[variant].Experiment;
        return store.Start(RunIdentity.Of(Study.Name, variant, scale, seed, spec), spec, SampleRuns.Environment);
    }

    private void Train(string variant, ulong seed, params double[] maps)
    {
        using RunWriter run = Start(variant, seed);
        for (int index = 0; index < maps.Length; index++)
        {
            run.Write(SampleRuns.Step(index + 1));
            run.Write(SampleRuns.Evaluation(index + 1) with { MapArea = maps[index], Map07 = maps[index] / 2, CocoAp = maps[index] / 4 });
        }
        run.Finish();
    }

    private void Diverge(string variant, ulong seed, long step)
    {
        using RunWriter run = Start(variant, seed);
        run.Write(SampleRuns.Step(1));
        run.Write(SampleRuns.Evaluation(1));
        run.Diverge(step, "head", 90);
    }

    private RunTable Table() => RunTable.Of(store.Runs(Study.Name), [.. Study.Variants.Select(variant => variant.Name)]);

    [Fact]
    public void A_row_has_identity_specification_and_metrics()
    {
        Train("Norm.Head=Batch", 3, 0.5, 0.75, 0.625);
        RunRow row = Assert.Single(Table().Rows);
        Assert.Equal(["norm", "Norm.Head=Batch", "Seconds", "3", "Done", "Batch", "0.001"],
            new[] { "study", "variant", "scale", "seed", "state", "Detector.Norm.Head", "Train.LearningRate" }.Select(column => row[column]));
        Assert.Equal(0.625, row.Metric(RunMetrics.MapArea));
        Assert.Equal(0.3125, row.Metric(RunMetrics.Map07));
        Assert.Equal(0.75, row.Metric(RunMetrics.BestMapArea));
        Assert.Equal(2, row.Metric(RunMetrics.BestMapAreaStep));
        Assert.Equal(3, row.Metric(RunMetrics.Steps));
        Assert.Equal(10.0 / 3, row.Metric(RunMetrics.LossLastTenth));
        Assert.Equal(3.0, row.Metric(RunMetrics.MedianGradientNormL2));
        Assert.Equal(20, row.Metric(RunMetrics.ImagesPerSecond));
        Assert.Equal(0.3, row.Metric(RunMetrics.Seconds)!.Value, 1e-12);
        Assert.Null(row.Metric(RunMetrics.DivergedAtStep));
        Assert.Equal("", row["diverged_at_step"]);
    }

    [Fact]
    public void A_diverged_run_has_its_step_and_no_map()
    {
        Diverge("LearningRate=0.01", 0, step: 41);
        RunRow row = Assert.Single(Table().Rows);
        Assert.Equal(["Diverged", "41", "head", "90", "", "", "", ""],
            new[] { "state", "diverged_at_step", "diverged_layer", "last_finite_gradient_norm_l2", "map_area", "map_07", "best_map_area", "validation_loss" }.Select(column => row[column]));
    }

    [Fact]
    public void The_csv_has_a_line_a_run_and_quotes_what_needs_it()
    {
        Train("base", 0, 0.1);
        Diverge("LearningRate=0.01", 0, step: 41);
        string file = Path.Combine(root.FullName, "out", "table.csv");
        Table().WriteCsv(file);
        string[] lines = File.ReadAllText(file).Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal("", lines[3]);
        Assert.StartsWith("run,study,variant,scale,seed,Dataset,Detector.Backbone,Detector.Backbone.Width,", lines[0]);
        Assert.EndsWith(",state,map_area,map_07,coco_ap,best_map_area,best_map_area_step,validation_loss,steps,loss_last_tenth,median_gradient_norm_l2,images_per_second,inference_images_per_second,seconds,diverged_at_step,last_finite_gradient_norm_l2,diverged_layer,commit,machine", lines[0]);
        Assert.Contains(",norm,base,Seconds,0,boards,SampleVgg,64,true,None,None,\"[8,16]\",1,none,0.001,100,0,none,Done,0.1,0.05,0.025,", lines[1]);
        Assert.EndsWith(",Diverged,,,,,,,1,,1.5,20,,0.1,41,90,head,abc123,\"2 cores of A CPU, 2 threads, cpu, libtorch 1.13.1\"", lines[2]);
    }

    [Fact]
    public void A_pivot_has_mean_and_interval_over_seeds_and_counts_divergence()
    {
        Train("base", 0, 0.70);
        Train("base", 1, 0.71);
        Train("base", 2, 0.72);
        Diverge("LearningRate=0.01", 0, step: 41);
        Train("LearningRate=0.01", 1, 0.5);
        Train("Norm.Head=Batch LearningRate=0.01", 0, 0.8);
        Start("Norm.Head=Batch", 0).Dispose();

        RunPivot pivot = Table().Pivot("Detector.Norm", "Train.LearningRate", RunMetrics.MapArea);
        Assert.Equal(["Head=None", "Head=Batch"], pivot.RowKeys.Select(key => key.Label));
        Assert.Equal(["0.001", "0.01"], pivot.ColumnKeys.Select(key => key.Label));
        Assert.Equal(0.71, pivot[0, 0].Metric.Mean, 1e-12);
        Assert.Equal(0.02484138, pivot[0, 0].Metric.HalfWidth95, 1e-8);
        Assert.Equal((3, 0, 1), (pivot[0, 0].RunCount, pivot[0, 0].DivergedCount, pivot[0, 0].SettingCount));
        Assert.Equal((2, 1), (pivot[0, 1].RunCount, pivot[0, 1].DivergedCount));
        Assert.Equal([41.0], pivot[0, 1].DivergedAtSteps);
        Assert.Equal(new SeedStatistics(0.5, double.NaN, 1), pivot[0, 1].Metric);
        Assert.Equal(0, pivot[1, 0].RunCount);
        Assert.Equal(0.8, pivot[1, 1].Metric.Mean);

        RunPivot beside = pivot.Beside(
            (row, column) => row["Detector.Norm.Head"] == "Batch" ? null : new PublishedValue(double.Parse(column["Train.LearningRate"]), Confidence.High, "read", "a paper"),
            "paper");
        Assert.Equal(0.01, beside[0, 1].Published!.Value);
        Assert.Null(beside[1, 1].Published);
        Assert.Equal(0.71, beside[0, 0].Metric.Mean, 1e-12);
        Assert.Equal("paper", beside.PublishedLabel);
    }

    [Fact]
    public void Runs_of_other_settings_in_one_cell_are_counted()
    {
        Train("base", 0, 0.7);
        using (RunWriter run = Start("base", 0, spec: SpecEdit.Set(Study.Base, "Train.Steps", "7")))
            run.Finish();
        Assert.Equal(2, Table().Pivot("variant", "Train.LearningRate", RunMetrics.MapArea)[0, 0].SettingCount);
    }

    [Fact]
    public void Numbers_are_ordered_by_size_and_variants_as_in_the_study()
    {
        foreach (string rate in new[] { "0.01", "0.001", "1E-05", "0.1" })
        {
            using RunWriter run = Start(rate, 0, spec: SpecEdit.Set(Study.Base, "Train.LearningRate", rate));
            run.Finish();
        }
        Assert.Equal(["1E-05", "0.001", "0.01", "0.1"], Table().Pivot("variant", "Train.LearningRate", RunMetrics.Steps).ColumnKeys.Select(key => key.Label));
        Train("Norm.Head=Batch", 0, 0.1);
        Train("base", 0, 0.1);
        Assert.Equal(["base", "Norm.Head=Batch"], Table().Rows.Take(2).Select(row => row["variant"]));
    }

    [Fact]
    public void A_pivot_that_cannot_be_made_says_why()
    {
        Train("base", 0, 0.7);
        Assert.Contains("no metric 'map'; there are map_area, ", Assert.Throws<SpecException>(() => Table().Pivot("variant", "variant", "map")).Message);
        Assert.Contains("no run has the path 'Norm'", Assert.Throws<SpecException>(() => Table().Pivot("Norm", "variant", "map_area")).Message);
        using (RunWriter run = Start("base", 0, Scale.Minutes))
            run.Finish();
        Assert.Contains("several scales", Assert.Throws<SpecException>(() => Table().Pivot("variant", "variant", "map_area")).Message);
        Assert.Equal(1, Table().Where(row => row.Identity.Scale == Scale.Minutes).Pivot("variant", "variant", "map_area")[0, 0].RunCount);
    }

    [Fact]
    public void An_empty_store_gives_an_empty_table()
    {
        Assert.Empty(Table().Rows);
        using var stream = new MemoryStream();
        Table().WriteCsv(stream);
        Assert.StartsWith("run,study,variant,scale,seed,state,map_area,", System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }
}
