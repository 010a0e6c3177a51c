using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Training;

[Collection("threads")]
public sealed class ContinuationTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-continuation-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData(Precision.Float32, "float32", "channels first")]
    [InlineData(Precision.BFloat16, "bfloat16", "channels last")]
    public void A_run_records_its_number_format_and_memory_layout(Precision precision, string format, string layout)
    {
        RunStore store = RunStore.Open(root);
        Experiment experiment = SmallRuns.Base with { Train = SmallRuns.Base.Train with { Steps = 1, BatchSize = 1, Precision = precision } };
        SmallRuns.Run(store, experiment);
        RunEnvironment environment = SmallRuns.FolderOf(store, experiment).Environment();
        Assert.Equal((format, layout), (environment.Precision, environment.MemoryLayout));
        Assert.Contains($"cpu, {format}, {layout}, libtorch", environment.MachineText);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3, "threads 1 before, 3 now")]
    public void A_run_that_goes_on_with_other_threads_says_so(int threads, string? note)
    {
        RunStore store = RunStore.Open(root);
        Experiment experiment = SmallRuns.Base with { Train = SmallRuns.Base.Train with { CheckpointEverySteps = 1 } };
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => SmallRuns.Run(store, experiment, new SmallRuns.StopAfter(2, source), stop: source));

        var notes = new Notes();
        var runner = new ExperimentRunner(store, SmallRuns.Open(experiment), ImageFiles.Decode, CPU, 1, SmallRuns.MachineOfTest() with { Threads = threads });
        runner.Run("test", "base", experiment, Scale.Seconds, 0, notes, TestContext.Current.CancellationToken);

        if (note is null) Assert.Empty(notes.Texts);
        else Assert.Contains(note, Assert.Single(notes.Texts));
        RunContinuation continuation = Assert.Single(SmallRuns.FolderOf(store, experiment).Environment().Continued);
        Assert.Equal((threads, 2), (continuation.Threads, continuation.FromStep));
        Assert.NotNull(continuation.Precision);
    }

    [Fact]
    public void A_run_with_a_frozen_backbone_goes_on_with_the_same_bits()
    {
        Experiment experiment = SmallRuns.Base with
        {
            Detector = SmallRuns.Base.Detector with { FreezeBackbone = true, Norm = ScratchDet.Models.NormPlacement.Everywhere },
            Train = SmallRuns.Base.Train with { CheckpointEverySteps = 1 },
        };
        RunStore whole = RunStore.Open(Path.Combine(root, "whole")), cut = RunStore.Open(Path.Combine(root, "cut"));
        SmallRuns.Run(whole, experiment);
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => SmallRuns.Run(cut, experiment, new SmallRuns.StopAfter(2, source), stop: source));
        SmallRuns.Run(cut, experiment);
        Assert.True(File.ReadAllBytes(SmallRuns.FolderOf(whole, experiment).CheckpointFile).AsSpan().SequenceEqual(File.ReadAllBytes(SmallRuns.FolderOf(cut, experiment).CheckpointFile)));
    }

    [Fact]
    public void The_validation_loss_counts_difficult_objects_as_training_does()
    {
        Experiment experiment = SmallRuns.Base;
        ExperimentData data = SmallRuns.Open(experiment);
        DetectionDataset difficult = data.Test with
        {
            Samples = [.. data.Test.Samples.Take(1).Select(sample => sample with { Objects = [.. sample.Objects.Select(item => item with { Difficult = true })] })],
        };
        using var detector = new ScratchDet.Models.Detector(experiment.Detector, data.ClassCount);
        Assert.NotEmpty(difficult.Samples[0].Objects);
        Assert.Equal([true, false], new[] { true, false }.Select(trainOnDifficult =>
        {
            Experiment chosen = experiment with { Data = experiment.Data with { TrainOnDifficult = trainOnDifficult } };
            using Loader<DetectionBatch> loader = chosen.OpenTestLoader(difficult, ImageFiles.Decode, detector.DefaultBoxes, workers: 1);
            using DetectionBatch batch = loader.Once(TestContext.Current.CancellationToken).Single();
            return (batch.Labels > 0).any().item<bool>();
        }));
    }

    [Fact]
    public void The_fingerprint_of_a_folder_changes_with_the_length_of_an_image_file()
    {
        ExperimentData data = SmallRuns.Open(SmallRuns.Base);
        string before = data.Describe(SmallRuns.Base.Data).Fingerprint;
        Sample first = data.Train.Samples[0];
        string longer = Path.Combine(root, Path.GetFileName(first.ImagePath));
        File.WriteAllBytes(longer, [.. File.ReadAllBytes(first.ImagePath), 0]);
        DetectionDataset changed = data.Train with { Samples = [first with { ImagePath = longer }, .. data.Train.Samples.Skip(1)] };
        Assert.NotEqual(before, (data with { Train = changed }).Describe(SmallRuns.Base.Data).Fingerprint);
        Assert.Equal(before, data.Describe(SmallRuns.Base.Data).Fingerprint);
    }

    private sealed class Notes : IRunObserver
    {
        public List<string> Texts { get; } = [];

        public void Noted(RunIdentity identity, string note) => Texts.Add(note);

        public void Started(RunIdentity identity, Experiment experiment, long firstStep)
        {
        }

        public void Stepped(StepReport step)
        {
        }

        public void Evaluated(EvaluationReport evaluation)
        {
        }

        public void Finished(RunIdentity identity, RunOutcome outcome)
        {
        }
    }
}
