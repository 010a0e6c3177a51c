using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Tests.Experiments;

namespace ScratchDet.Tests.Runs;

public sealed class RunStoreTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("scratchdet-runs-");
    private readonly RunStore store;

    public RunStoreTests() => store = RunStore.Open(root.FullName);

    public void Dispose() => root.Delete(recursive: true);

    private static readonly Ablation<SampleExperiment> Study = SampleExperiment.Study();
    private static readonly SampleExperiment Spec = Study.Variants[3].Experiment;
    private static readonly RunIdentity Identity = RunIdentity.Of(Study.Name, Study.Variants[3].Name, Scale.Seconds, 1, Spec);

    private RunWriter Start() => store.Start(Identity, Spec, SampleRuns.Environment);

    private RunFolder Read() => store.Find(Identity.RelativePath);

    private void WriteSteps(long first, long last, RunWriter run)
    {
        for (long step = first; step <= last; step++)
        {
            run.Write(SampleRuns.Step(step));
            if (step % 2 == 0) run.Write(SampleRuns.Evaluation(step));
        }
    }

    [Fact]
    public void A_finished_run_is_read_back_as_it_was_written()
    {
        Assert.False(store.Has(Identity));
        using (RunWriter run = Start())
        {
            WriteSteps(1, 4, run);
            Assert.Equal(RunState.Running, Read().Outcome().State);
            run.Finish();
        }
        Assert.True(store.Has(Identity));
        RunFolder read = Read();
        Assert.Equal(Identity, read.Identity);
        Assert.Equal(new RunOutcome(RunState.Done, 4), read.Outcome());
        Assert.Equal(SpecPaths.Flatten(Spec), read.Values);
        Assert.Empty(SpecDiff.Between(Spec, read.ReadSpec<SampleExperiment>()));
        Assert.Equivalent(SampleRuns.Environment, read.Environment(), strict: true);
        Assert.Equivalent(Enumerable.Range(1, 4).Select(step => SampleRuns.Step(step)), read.Steps(), strict: true);
        Assert.Equivalent(new[] { SampleRuns.Evaluation(2), SampleRuns.Evaluation(4) }, read.Evaluations(), strict: true);
        Assert.EndsWith("/norm/seconds/Norm.Head=Batch_LearningRate=0.01-" + Identity.SpecFingerprint[..8] + "/seed-1", read.Folder.Replace('\\', '/'));
    }

    [Fact]
    public void Numbers_that_are_not_finite_survive_the_file()
    {
        StepRecord odd = SampleRuns.Step(1) with
        {
            Loss = double.NaN,
            LossTerms = new Dictionary<string, double> { ["classification"] = double.PositiveInfinity, ["boxes"] = double.NegativeInfinity },
            GradientNormL2 = double.NaN,
            ImagesPerSecond = null,
        };
        using (RunWriter run = Start())
            run.Write(odd);
        Assert.Equivalent(odd, Assert.Single(Read().Steps()), strict: true);
        Assert.Contains("\"loss\":\"NaN\",\"lossTerms\":{\"classification\":\"Infinity\",\"boxes\":\"-Infinity\"}", File.ReadAllText(Path.Combine(Read().Folder, "steps.jsonl")));
    }

    [Fact]
    public void A_diverged_run_is_finished_and_says_where()
    {
        using (RunWriter run = Start())
        {
            WriteSteps(1, 2, run);
            run.Diverge(3, "head.classification", 812.5);
        }
        Assert.True(store.Has(Identity));
        Assert.Equal(new RunOutcome(RunState.Diverged, 3, "head.classification", 812.5), Read().Outcome());
        Assert.Equal("diverged at step 3 in head.classification (last finite gradient norm 812.5)", Read().Outcome().ToString());
    }

    [Fact]
    public void A_run_that_is_left_is_interrupted_and_a_killed_one_too()
    {
        using (RunWriter run = Start())
            WriteSteps(1, 3, run);
        Assert.Equal(new RunOutcome(RunState.Interrupted, 3), Read().Outcome());
        Assert.False(store.Has(Identity));
        // What a kill leaves: the status of the start, and nobody who holds the lock.
        File.WriteAllText(Path.Combine(Read().Folder, "status.json"), """{"state": "Running", "step": 0, "layer": null, "lastFiniteGradientNormL2": null}""");
        Assert.Equal(new RunOutcome(RunState.Interrupted, 3), Read().Outcome());
        File.Delete(Path.Combine(Read().Folder, "status.json"));
        Assert.Equal(new RunOutcome(RunState.Interrupted, 3), Read().Outcome());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void The_logs_of_a_continued_run_equal_those_of_an_uninterrupted_one(long checkpointStep)
    {
        using (RunWriter whole = Start())
        {
            WriteSteps(1, 6, whole);
            whole.Finish();
        }
        string folder = Read().Folder;
        byte[] steps = File.ReadAllBytes(Path.Combine(folder, "steps.jsonl"));
        byte[] evaluations = File.ReadAllBytes(Path.Combine(folder, "evals.jsonl"));
        Directory.Delete(folder, recursive: true);

        using (RunWriter cut = Start())
            WriteSteps(1, 5, cut);
        File.AppendAllText(Path.Combine(folder, "steps.jsonl"), "{\"step\":6,\"lo");
        using (RunWriter continued = store.Continue(Identity, Spec, SampleRuns.Environment, checkpointStep))
        {
            Assert.Equal(checkpointStep / 10.0, continued.SecondsBefore);
            WriteSteps(checkpointStep + 1, 6, continued);
            continued.Finish();
        }
        Assert.Equal(steps, File.ReadAllBytes(Path.Combine(folder, "steps.jsonl")));
        Assert.Equal(evaluations, File.ReadAllBytes(Path.Combine(folder, "evals.jsonl")));
        Assert.Equal(checkpointStep, Assert.Single(Read().Environment().Continued).FromStep);
        Assert.True(store.Has(Identity));
    }

    [Fact]
    public void A_second_writer_is_refused_and_the_lock_goes_with_the_first()
    {
        RunWriter first = Start();
        Assert.Contains("another process", Assert.Throws<RunLockedException>(Start).Message);
        first.Dispose();
        first.Dispose();
        Start().Dispose();
    }

    [Fact]
    public void Readers_do_not_keep_a_writer_out()
    {
        using (RunWriter run = Start())
            WriteSteps(1, 1, run);
        RunFolder read = Read();
        bool stop = false;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
                read.Outcome();
        });
        reader.Start();
        try
        {
            for (int attempt = 0; attempt < 20; attempt++)
                store.Continue(Identity, Spec, SampleRuns.Environment, checkpointStep: 0).Dispose();
        }
        finally
        {
            Volatile.Write(ref stop, true);
            reader.Join();
        }
        Assert.Equal(20, read.Environment().Continued.Count);
    }

    [Fact]
    public void A_changed_specification_is_another_run()
    {
        Start().Dispose();
        SampleExperiment other = SpecEdit.Set(Spec, "Train.Steps", "7");
        Assert.NotEqual(store.PathOf(Identity), store.PathOf(RunIdentity.Of(Study.Name, Identity.Variant, Scale.Seconds, 1, other)));
        Assert.Throws<ArgumentException>(() => store.Start(Identity, other, SampleRuns.Environment));
    }

    [Fact]
    public void A_stored_specification_that_was_edited_is_named_and_not_continued()
    {
        Start().Dispose();
        string file = Path.Combine(Read().Folder, "spec.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"Steps\": 100", "\"Steps\": 99"));
        string message = Assert.Throws<SpecException>(() => store.Continue(Identity, Spec, SampleRuns.Environment, 0)).Message;
        Assert.Contains("Train.Steps was 99 and is now 100", message);
    }

    [Fact]
    public void A_run_with_a_checkpoint_or_a_result_is_not_begun_again()
    {
        using (RunWriter run = Start())
            AtomicFile.WriteText(run.CheckpointFile, "weights");
        Assert.True(store.HasCheckpoint(Identity));
        Assert.Contains("has a checkpoint", Assert.Throws<InvalidOperationException>(Start).Message);
        using (RunWriter run = store.Continue(Identity, Spec, SampleRuns.Environment, 0))
            run.Finish();
        Assert.Contains("is finished", Assert.Throws<InvalidOperationException>(Start).Message);
        Assert.Contains("is finished", Assert.Throws<InvalidOperationException>(() => store.Continue(Identity, Spec, SampleRuns.Environment, 0)).Message);
        // A refusal lets go of the lock.
        Assert.Equal(RunState.Done, Read().Outcome().State);
    }

    [Fact]
    public void An_attempt_without_a_checkpoint_is_begun_again_from_nothing()
    {
        using (RunWriter run = Start())
            WriteSteps(1, 3, run);
        File.WriteAllText(Path.Combine(Read().Folder, ".checkpoint.safetensors.17-1.tmp"), "half");
        using (RunWriter run = Start())
            WriteSteps(1, 1, run);
        Assert.Single(Read().Steps());
        Assert.Empty(Read().Evaluations());
        Assert.DoesNotContain(Directory.GetFiles(Read().Folder), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Runs_are_listed_by_study_and_found_by_a_part_of_their_path()
    {
        foreach (Variant<SampleExperiment> variant in Study.Variants)
            store.Start(RunIdentity.Of(Study.Name, variant.Name, Scale.Seconds, 0, variant.Experiment), variant.Experiment, SampleRuns.Environment).Dispose();
        store.Start(RunIdentity.Of("other", "base", Scale.Minutes, 0, Study.Base), Study.Base, SampleRuns.Environment).Dispose();
        Assert.Equal(5, store.Runs().Count);
        Assert.Equal(4, store.Runs("norm").Count);
        Assert.Empty(store.Runs("absent"));
        Assert.Empty(RunStore.Open(Path.Combine(root.FullName, "absent")).Runs());
        Assert.Equal("other", store.Find("minutes").Identity.Study);
        Assert.Equal("other", store.Find(store.Runs("other")[0].Folder).Identity.Study);
        Assert.Contains("fits 2 runs", Assert.Throws<SpecException>(() => store.Find("head=batch")).Message);
        Assert.Contains("no run 'x!'", Assert.Throws<SpecException>(() => store.Find("x!")).Message);
    }

    [Fact]
    public void A_damaged_line_inside_a_log_is_named()
    {
        using (RunWriter run = Start())
            WriteSteps(1, 3, run);
        string file = Path.Combine(Read().Folder, "steps.jsonl");
        string[] lines = File.ReadAllLines(file);
        File.WriteAllText(file, $"{lines[0]}\n{lines[1][..10]}\n{lines[2]}\n");
        string message = Assert.Throws<BadInputException>(() => Read().Steps()).Message;
        Assert.Contains("steps.jsonl: line 2: not a StepRecord", message);
    }

    [Theory]
    [InlineData("status.json")]
    [InlineData("spec.json")]
    [InlineData("environment.json")]
    public void A_damaged_small_file_is_named(string name)
    {
        Start().Dispose();
        string folder = Read().Folder;
        File.WriteAllText(Path.Combine(folder, name), "{");
        BadInputException error = Assert.Throws<BadInputException>(() =>
        {
            RunFolder run = Read();
            run.Outcome();
            run.Environment();
        });
        Assert.Contains($"{name}: line 1", error.Message);
    }
}
