using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Runs;
using ScratchDet.Torch;
using ScratchDet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Training;

[Collection("threads")]
public sealed class TrainerTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-trainer-").FullName;

    private RunStore Store(string name) => RunStore.Open(Path.Combine(root, name));

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_run_repeats_bit_for_bit_whatever_the_number_of_loader_threads()
    {
        Experiment experiment = SmallRuns.Base with { Detector = SmallRuns.Base.Detector with { Norm = NormPlacement.Everywhere } };
        SmallRuns.Run(Store("a"), experiment, workers: 1);
        SmallRuns.Run(Store("b"), experiment, workers: 3);
        Assert.Equal(Checkpoints(Store("a"), experiment), Checkpoints(Store("b"), experiment));
        SmallRuns.Run(Store("c"), experiment, seed: 1);
        Assert.NotEqual(Tensors(Store("a"), experiment, 0), Tensors(Store("c"), experiment, 1));
    }

    [Theory]
    [InlineData(1, Precision.Auto)]
    [InlineData(2, Precision.Auto)]
    [InlineData(3, Precision.Auto)]
    [InlineData(3, Precision.BFloat16)]
    public void A_run_that_was_stopped_and_resumed_ends_with_the_same_bits(long stopAfter, Precision precision)
    {
        Experiment experiment = SmallRuns.Base with
        {
            Detector = SmallRuns.Base.Detector with { Norm = NormPlacement.Everywhere },
            Train = SmallRuns.Base.Train with { EmaDecay = 0.9, CheckpointEverySteps = 2, EvaluateEverySteps = 2, AccumulationSteps = 2, BatchSize = 2, Precision = precision },
        };
        SmallRuns.Run(Store("whole"), experiment);
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => SmallRuns.Run(Store("cut"), experiment, new SmallRuns.StopAfter(stopAfter, source), stop: source));
        Assert.Equal(RunState.Interrupted, SmallRuns.FolderOf(Store("cut"), experiment).Outcome().State);
        SmallRuns.Run(Store("cut"), experiment);
        Assert.Equal(Checkpoints(Store("whole"), experiment), Checkpoints(Store("cut"), experiment));
        Assert.Equal(Logged(Store("whole"), experiment), Logged(Store("cut"), experiment));
    }

    [Fact]
    public void A_run_that_was_stopped_before_its_first_step_leaves_no_checkpoint_and_can_be_run()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => SmallRuns.Run(Store("none"), SmallRuns.Base, stop: source));
        Assert.False(File.Exists(SmallRuns.FolderOf(Store("none"), SmallRuns.Base).CheckpointFile));
        Assert.Equal(new RunOutcome(RunState.Done, 4), SmallRuns.Run(Store("none"), SmallRuns.Base));
    }

    [Fact]
    public void A_run_that_was_resumed_just_before_it_diverges_tells_the_same_end()
    {
        Experiment experiment = SmallRuns.Base with { Train = SmallRuns.Base.Train with { LearningRate = 100, WarmupSteps = 0, Steps = 30 } };
        RunOutcome whole = SmallRuns.Run(Store("whole"), experiment);
        Assert.Equal(RunState.Diverged, whole.State);
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => SmallRuns.Run(Store("cut"), experiment, new SmallRuns.StopAfter(whole.Step - 1, source), stop: source));
        Assert.Equal(whole, SmallRuns.Run(Store("cut"), experiment));
    }

    [Fact]
    public void An_evaluation_whose_best_weights_could_not_be_written_is_made_up_for()
    {
        SmallRuns.Run(Store("whole"), SmallRuns.Base);
        string best = SmallRuns.PathOf(Store("cut"), SmallRuns.Base, "best.safetensors");
        Assert.ThrowsAny<IOException>(() => SmallRuns.Run(Store("cut"), SmallRuns.Base, new SmallRuns.Watch(() => Directory.CreateDirectory(best)))); // in the way of the file
        Assert.Empty(SmallRuns.FolderOf(Store("cut"), SmallRuns.Base).Evaluations());
        Directory.Delete(best);
        SmallRuns.Run(Store("cut"), SmallRuns.Base);
        Assert.Equal(Checkpoints(Store("whole"), SmallRuns.Base), Checkpoints(Store("cut"), SmallRuns.Base));
        Assert.Single(SmallRuns.FolderOf(Store("cut"), SmallRuns.Base).Evaluations());
    }

    [Fact]
    public void An_evaluation_that_was_cut_off_is_made_up_for()
    {
        Experiment experiment = SmallRuns.Base with { Train = SmallRuns.Base.Train with { CheckpointEverySteps = 100 } };
        SmallRuns.Run(Store("whole"), experiment);
        using var source = new CancellationTokenSource();
        // The token is set in the last step, so the evaluation after it is cut off at its first batch.
        Assert.ThrowsAny<OperationCanceledException>(() => SmallRuns.Run(Store("cut"), experiment, new SmallRuns.StopAfter(experiment.Train.Steps, source), stop: source));
        Assert.Empty(SmallRuns.FolderOf(Store("cut"), experiment).Evaluations());
        SmallRuns.Run(Store("cut"), experiment);
        Assert.Equal(Checkpoints(Store("whole"), experiment), Checkpoints(Store("cut"), experiment));
        Assert.Equal(
            Assert.Single(SmallRuns.FolderOf(Store("whole"), experiment).Evaluations()).MapArea,
            Assert.Single(SmallRuns.FolderOf(Store("cut"), experiment).Evaluations()).MapArea);
    }

    [Fact]
    public void The_rate_in_the_spec_is_the_rate_that_the_optimizer_used()
    {
        TrainSpec spec = new() { Steps = 100, LearningRate = 0.02, WarmupSteps = 10, WarmupStart = 0.25, DropsAt = [0.5, 0.8], DropFactor = 0.1 };
        Assert.Equal(0.005, spec.LearningRateAt(0), 12);
        Assert.Equal(0.0125, spec.LearningRateAt(5), 12); // 0.02 * (0.25 + 0.75 / 2)
        Assert.Equal(0.02, spec.LearningRateAt(10), 12);
        Assert.Equal(0.02, spec.LearningRateAt(49), 12);
        Assert.Equal(0.002, spec.LearningRateAt(50), 12);
        Assert.Equal(0.0002, spec.LearningRateAt(80), 12);

        Experiment experiment = SmallRuns.Base with { Train = SmallRuns.Base.Train with { LearningRate = 0.0625, WarmupSteps = 0, DropsAt = [] } };
        SmallRuns.Run(Store("rate"), experiment);
        Assert.All(SmallRuns.FolderOf(Store("rate"), experiment).Steps(), step => Assert.Equal(0.0625, step.LearningRate));
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_run_as_a_result()
    {
        Experiment experiment = SmallRuns.Base with
        {
            Train = SmallRuns.Base.Train with { LearningRate = 100, WarmupSteps = 0, Steps = 30 },
        };
        RunOutcome outcome = SmallRuns.Run(Store("wild"), experiment);
        Assert.Equal(RunState.Diverged, outcome.State);
        Assert.InRange(outcome.Step, 2, 30);
        Assert.False(string.IsNullOrEmpty(outcome.Layer));
        Assert.True(double.IsFinite(outcome.LastFiniteGradientNormL2 ?? double.NaN));
        Assert.Equal(outcome.Step - 1, SmallRuns.FolderOf(Store("wild"), experiment).Steps().Count);
        Assert.Equal(outcome, SmallRuns.Run(Store("wild"), experiment)); // not trained again
    }

    [Fact]
    public void The_layer_with_the_first_value_that_is_not_finite_is_named()
    {
        using var generator = new Generator(1);
        using Detector detector = SmallRuns.Base.Detector.Build(7, generator);
        using Tensor images = zeros(1, 3, 160, 160);
        var execution = new Execution(CPU, Precision.Float32);
        Assert.Equal("loss", NonFiniteLayer.Find(detector, () => execution.Forward(detector, images)));
        images.fill_(double.PositiveInfinity);
        Assert.StartsWith("backbone.stem.0.", NonFiniteLayer.Find(detector, () => execution.Forward(detector, images)), StringComparison.Ordinal);
        using (no_grad()) detector.get_parameter("head.classes.maps.0.convolution.weight")!.fill_(double.NaN);
        Assert.Equal("head.classes.maps.0.convolution.weight", NonFiniteLayer.Find(detector, () => execution.Forward(detector, images)));
    }

    [Fact]
    public void The_gradient_norm_is_the_root_of_the_sum_of_squares_and_clipping_scales_to_the_limit()
    {
        using DisposeScope scope = NewDisposeScope();
        var a = new TorchSharp.Modules.Parameter(zeros(2));
        var b = new TorchSharp.Modules.Parameter(zeros(1, 1));
        (a * tensor([3f, 0f])).sum().backward();
        (b * 4).sum().backward();
        Assert.Equal(5, GradientNorm.L2([a, b]), 6);
        GradientNorm.Clip([a, b], 5, 1);
        Assert.Equal(1, GradientNorm.L2([a, b]), 5);
        Assert.Equal(0.6f, a.grad![0].item<float>(), 5);
        GradientNorm.Clip([a, b], 1, 10);
        Assert.Equal(1, GradientNorm.L2([a, b]), 5);
    }

    private static byte[][] Checkpoints(RunStore store, Experiment experiment)
    {
        RunFolder run = SmallRuns.FolderOf(store, experiment);
        return [File.ReadAllBytes(run.CheckpointFile), File.ReadAllBytes(run.BestCheckpointFile)];
    }

    private static double Tensors(RunStore store, Experiment experiment, ulong seed)
    {
        using SafetensorsFile file = Checkpoint.Open(SmallRuns.FolderOf(store, experiment, seed).CheckpointFile);
        using DisposeScope scope = NewDisposeScope();
        return file.Entries.Sum(entry => file.Load(entry.Name).to(ScalarType.Float64).sum().item<double>());
    }

    private static IEnumerable<(long, double, double?)> Logged(RunStore store, Experiment experiment) =>
        SmallRuns.FolderOf(store, experiment).Steps().Select(step => (step.Step, step.Loss, step.GradientNormL2));
}
