using System.Diagnostics;
using ScratchDet.Experiments;
using ScratchDet.Kernel.Polyglot;
using ScratchDet.Kernel.Session;
using ScratchDet.Runs;
using ScratchDet.Tests.Experiments;
using ScratchDet.Tests.Runs;

namespace ScratchDet.Tests.Kernel.Polyglot;

public sealed class SqlKernelTests : IDisposable
{
    private static readonly Ablation<SampleExperiment> Study = SampleExperiment.Study();

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-sql-");
    private readonly RunStore store;
    private readonly SqlKernel kernel;

    public SqlKernelTests()
    {
        string notebooks = folder.CreateSubdirectory("notebooks").FullName;
        store = RunStore.Open(folder.CreateSubdirectory("runs").FullName);
        kernel = new SqlKernel(notebooks);
    }

    public void Dispose()
    {
        kernel.Dispose();
        folder.Delete(recursive: true);
    }

    private static RunIdentity Identity(int variant, ulong seed) =>
        RunIdentity.Of(Study.Name, Study.Variants[variant].Name, Scale.Seconds, seed, Study.Variants[variant].Experiment);

    private RunWriter Start(int variant, ulong seed) => store.Start(Identity(variant, seed), Study.Variants[variant].Experiment, SampleRuns.Environment);

    private void Train(int variant, ulong seed, int steps = 4, int evaluateEvery = 2)
    {
        using RunWriter run = Start(variant, seed);
        for (int step = 1; step <= steps; step++)
        {
            run.Write(SampleRuns.Step(step));
            if (step % evaluateEvery == 0) run.Write(SampleRuns.Evaluation(step));
        }
        run.Finish();
    }

    private async Task<SqlTable> Query(string sql, string options = "")
    {
        RecordingOutput output = await RecordingOutput.Run(kernel, sql, $"--name result {options}");
        Assert.Equal("", output.Errors);
        return Assert.IsType<SqlTable>(kernel.GetValue("result"));
    }

    private async Task<object?> Cell(string sql) => Assert.Single(Assert.Single((await Query(sql)).Rows));

    [Fact]
    public async Task Every_run_step_evaluation_and_class_is_a_row()
    {
        Train(0, 1);
        Train(3, 2);
        Assert.Equal(2L, await Cell("SELECT count(*) FROM runs"));
        Assert.Equal(8L, await Cell("SELECT count(*) FROM steps"));
        Assert.Equal(16L, await Cell("SELECT count(*) FROM step_losses"));
        Assert.Equal(4L, await Cell("SELECT count(*) FROM evaluations"));
        Assert.Equal(8L, await Cell("SELECT count(*) FROM class_ap"));

        SqlTable step = await Query("SELECT s.* FROM steps s JOIN runs USING (run) WHERE seed = 2 AND step = 4");
        Assert.Equal(["run", "step", "loss", "learning_rate", "gradient_norm_l2", "images_per_second", "seconds"], step.Columns);
        object? run = await Cell("SELECT run FROM runs WHERE seed = 2");
        Assert.Equal([run, 4L, 2.5, 0.01, 6.0, 20.0, 0.4], Assert.Single(step.Rows));
        Assert.Equal([run, 2L, 0.2, 0.1, 0.15, 3.5, 0.2], Assert.Single((await Query($"SELECT * FROM evaluations WHERE run = {run} AND step = 2")).Rows));
        Assert.Equal(1.0, await Cell("SELECT value FROM step_losses WHERE run = 1 AND step = 4 AND name = 'boxes'"));
        Assert.Equal([["open", 0.4], ["short", null]], (await Query("SELECT class, ap FROM class_ap WHERE run = 1 AND step = 4")).Rows);
    }

    [Fact]
    public async Task A_run_has_its_identity_its_scores_and_its_machine()
    {
        Train(3, 7);
        SqlTable run = await Query("SELECT * FROM runs");
        object? Of(string column) => Assert.Single(run[column]);
        Assert.Equal(Identity(3, 7).RelativePath, Of("path"));
        Assert.Equal(Study.Name, Of("study"));
        Assert.Equal(Study.Variants[3].Name, Of("variant"));
        Assert.Equal(("Seconds", 7L, "Done", 4L), (Of("scale"), Of("seed"), Of("state"), Of("steps")));
        Assert.Equal((0.4, 0.2, 0.3, 0.4, 4L, 0.2), (Of("map_area"), Of("map_07"), Of("coco_ap"), Of("best_map_area"), Of("best_map_area_step"), Of("best_map_07")));
        Assert.Equal((3.5, 2.5, 0.4, 20.0), (Of("validation_loss"), Of("loss_last_tenth"), Of("seconds"), Of("images_per_second")));
        Assert.Equal(("abc123", "cpu", SampleRuns.Environment.MachineText), (Of("kit_commit"), Of("device"), Of("machine")));
        Assert.Equal((null, null), (Of("diverged_at_step"), Of("diverged_layer")));
        Assert.Equal(1L, await Cell("SELECT count(*) FROM runs WHERE state = 'done' AND scale = 'seconds'"));
    }

    [Fact]
    public async Task Settings_are_rows_by_dotted_path_that_compare_as_numbers_and_in_any_case()
    {
        Train(0, 1);
        Train(3, 1);
        Assert.Equal("Batch", await Cell("SELECT value FROM runs JOIN settings USING (run) WHERE settings.path = 'detector.norm.head' AND value = 'batch'"));
        Assert.Equal([0.001, 0.01], (await Query("SELECT value FROM settings WHERE path = 'Train.LearningRate' AND value < 0.5 ORDER BY value"))["value"]);
        Assert.Equal(store.Runs().Sum(run => run.Values.Count), (long)(await Cell("SELECT count(*) FROM settings"))!);
    }

    [Fact]
    public async Task A_diverged_run_says_where_and_what_is_not_finite_is_null()
    {
        using (RunWriter run = Start(0, 1))
        {
            run.Write(SampleRuns.Step(1));
            run.Write(SampleRuns.Evaluation(1));
            run.Write(SampleRuns.Step(2) with { Loss = double.NaN, GradientNormL2 = double.PositiveInfinity });
            run.Diverge(2, "head.classification", 812.5);
        }
        SqlTable run1 = await Query("SELECT state, diverged_at_step, diverged_layer, last_finite_gradient_norm_l2, map_area, best_map_07 FROM runs");
        Assert.Equal(["Diverged", 2L, "head.classification", 812.5, null, null], Assert.Single(run1.Rows));
        Assert.Equal([null, double.PositiveInfinity], Assert.Single((await Query("SELECT loss, gradient_norm_l2 FROM steps WHERE step = 2")).Rows));
    }

    [Fact]
    public async Task Only_what_changed_is_read_again()
    {
        Train(0, 1);
        Train(0, 2);
        using RunWriter run = Start(0, 3);
        run.Write(SampleRuns.Step(1));
        run.Flush();
        Assert.Equal(["Done", "Done", "Running"], (await Query("SELECT state FROM runs ORDER BY run"))["state"]);

        run.Write(SampleRuns.Step(2));
        run.Flush();
        Assert.Equal(2L, await Cell("SELECT max(step) FROM steps JOIN runs USING (run) WHERE state = 'running'"));
        run.Dispose();
        Directory.Delete(store.PathOf(Identity(0, 1)), recursive: true);
        Train(0, 4);
        Assert.Equal([[2L, "Done"], [3L, "Interrupted"], [4L, "Done"]], (await Query("SELECT run, state FROM runs ORDER BY run")).Rows);
        Assert.Equal(10L, await Cell("SELECT count(*) FROM steps"));
        Assert.Equal(0L, await Cell("SELECT count(*) FROM settings WHERE run = 1"));
    }

    [Fact]
    public async Task A_killed_run_becomes_interrupted_though_no_file_changes()
    {
        using RunWriter run = Start(2, 1);
        run.Write(SampleRuns.Step(1));
        run.Flush();
        string copy = folder.CreateSubdirectory("copy").FullName;
        Assert.Equal("Running", await Cell("SELECT state FROM runs"));
        // A copy has the files of the running run, and no process behind it.
        string source = store.PathOf(Identity(2, 1));
        foreach (string file in Directory.GetFiles(source, "*.json*")) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        SqlTable table = await Query("SELECT state, steps FROM runs", "--runs ../copy");
        Assert.Equal(["Interrupted", 1L], Assert.Single(table.Rows));
        using (new FileStream(Path.Combine(copy, ".lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            Assert.Equal("Running", await Cell("SELECT state FROM runs"));
        Assert.Equal("Interrupted", await Cell("SELECT state FROM runs"));
    }

    [Fact]
    public async Task The_store_is_found_above_the_notebook_or_named_and_then_remembered()
    {
        Train(0, 1);
        RunStore other = RunStore.Open(folder.CreateSubdirectory("other runs").FullName);
        using (RunWriter run = other.Start(Identity(1, 5), Study.Variants[1].Experiment, SampleRuns.Environment)) run.Finish();
        Assert.Equal(1L, await Cell("SELECT seed FROM runs"));
        Assert.Equal([5L], (await Query("SELECT seed FROM runs", "--runs \"../other runs\""))["seed"]);
        Assert.Equal(5L, await Cell("SELECT seed FROM runs"));
        Assert.Contains("#!sql --runs missing: there is no such folder", await RecordingOutput.Problem(kernel, "SELECT 1", "--runs missing"));
    }

    [Fact]
    public async Task Without_a_store_the_tables_are_empty_and_the_reader_is_told()
    {
        string alone = folder.CreateSubdirectory("alone").CreateSubdirectory(".git").Parent!.FullName;
        using var sql = new SqlKernel(alone);
        RecordingOutput output = await RecordingOutput.Run(sql, "SELECT count(*) AS n FROM runs");
        Assert.Contains("no folder 'runs' beside the notebook or above it", output.Errors);
        Assert.Contains("0", Assert.Single(output.Shown).Text);
    }

    [Fact]
    public async Task A_cell_shows_each_result_and_keeps_the_last_under_its_name()
    {
        RecordingOutput output = await RecordingOutput.Run(kernel, "SELECT 1 AS a; CREATE TEMP TABLE t AS SELECT 2 AS b; SELECT b, '<' AS c FROM t", "--name last");
        Assert.Equal(2, output.Shown.Count);
        Assert.Equal("1 row\nb  c\n-  -\n2  <", output.Shown[1].Text);
        Assert.Contains("&lt;", output.Shown[1].Find("text/html")!.GetValue<string>());
        Assert.Equal([2L], Assert.IsType<SqlTable>(kernel.GetValue("last"))["B"]);
        Assert.Contains("no statement of the cell gives a table", await RecordingOutput.Problem(kernel, "CREATE TEMP TABLE u (x)", "--name x"));
        Assert.Contains("no sql result is named 'first'; there are last", Assert.Throws<SubKernelException>(() => kernel.GetValue("first")).Message);
    }

    [Fact]
    public async Task Own_views_and_tables_are_temporary_and_the_store_is_not_changed()
    {
        Train(0, 1);
        await RecordingOutput.Run(kernel, "CREATE TEMP VIEW best AS SELECT max(map_area) AS best FROM runs");
        Assert.Equal(0.4, await Cell("SELECT best FROM best"));
        foreach (string change in new[] { "DELETE FROM runs", "CREATE TABLE x (a)", "DROP TABLE steps", "UPDATE steps SET loss = 0", "PRAGMA query_only = 0; DELETE FROM runs" })
            Assert.Contains("the run store is not changed by cells; use CREATE TEMP TABLE", await RecordingOutput.Problem(kernel, change));
        Assert.Equal(1L, await Cell("SELECT count(*) FROM runs"));
        Train(1, 1);
        Assert.Equal(2L, await Cell("SELECT count(*) FROM runs"));
    }

    [Fact]
    public async Task Wrong_sql_says_what_there_is_instead()
    {
        Assert.Equal("near \"SELEC\": syntax error", await RecordingOutput.Problem(kernel, "SELEC 1"));
        Assert.Equal("no such table: run; there are runs, settings, steps, step_losses, evaluations, class_ap", await RecordingOutput.Problem(kernel, "SELECT * FROM run"));
        Assert.Equal("no such column: los; steps has run, step, loss, learning_rate, gradient_norm_l2, images_per_second, seconds", await RecordingOutput.Problem(kernel, "SELECT los FROM steps"));
        Assert.Contains("@x", await RecordingOutput.Problem(kernel, "SELECT @x"));
        Assert.Contains("'--nmae' is not one of its options; they are --name, --runs", await RecordingOutput.Problem(kernel, "SELECT 1", "--nmae x"));
    }

    [Fact]
    public async Task A_damaged_run_is_named_and_mended_it_is_read()
    {
        Train(0, 1);
        string steps = Path.Combine(store.PathOf(Identity(0, 1)), "steps.jsonl");
        string whole = File.ReadAllText(steps);
        File.WriteAllText(steps, "{\"step\":\n" + whole);
        Assert.Contains("steps.jsonl: line 1: not a StepRecord", await RecordingOutput.Problem(kernel, "SELECT 1"));
        File.WriteAllText(steps, whole);
        Assert.Equal(4L, await Cell("SELECT count(*) FROM steps"));
    }

    [Fact]
    public async Task A_statement_without_end_can_be_stopped()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RecordingOutput.RunUntil(stop.Token, kernel,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
        Assert.Equal(1L, await Cell("SELECT 1"));
    }

    [Fact]
    public async Task Many_steps_are_read_once()
    {
        for (ulong seed = 1; seed <= 20; seed++) Train(0, seed, 2_000, evaluateEvery: 200);
        var clock = Stopwatch.StartNew();
        Assert.Equal(80_000L, await Cell("SELECT count(*) FROM step_losses"));
        TimeSpan first = clock.Elapsed;
        clock.Restart();
        Assert.Equal(40_000L, await Cell("SELECT count(*) FROM steps"));
        Assert.True(clock.Elapsed < first / 3, $"first {first}, then {clock.Elapsed}");
    }
}
