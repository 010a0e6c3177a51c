using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Runs;
using ScratchDet.Torch;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Training;

/// <summary>What one step of training does to the weights: rates, decay, clipping, each beside a step that is known.</summary>
[Collection("threads")]
public sealed class UpdateTests : IDisposable
{
    private static readonly TrainSpec Plain = new()
    {
        Steps = 1,
        BatchSize = 2,
        LearningRate = 0.01,
        DropsAt = [],
        Momentum = 0,
        WeightDecay = 0,
        Precision = Precision.Float32,
    };

    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-update-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Warm_up_and_drops_reach_the_weights()
    {
        double[] plain = After(Plain);
        Assert.Equal(plain, After(Plain with { LearningRate = 0.02, WarmupSteps = 10, WarmupStart = 0.5 }));
        Assert.Equal(plain, After(Plain with { LearningRate = 0.1, DropsAt = [0.0], DropFactor = 0.1 }), Near);
        Assert.NotEqual(plain, After(Plain with { LearningRate = 0.02 }));
    }

    [Fact]
    public void Clipping_by_norm_limits_the_whole_step_and_by_value_each_part_of_it()
    {
        double[] start = Start(), whole = Step(start, After(Plain));
        double norm = Math.Sqrt(whole.Sum(change => change * change)) / 0.01;
        double[] byNorm = Step(start, After(Plain with { ClipGradientNormL2 = norm / 4 }));
        Assert.Equal(norm / 4, Math.Sqrt(byNorm.Sum(change => change * change)) / 0.01, norm * 1e-3);
        double largest = whole.Max(Math.Abs) / 0.01;
        double[] byValue = Step(start, After(Plain with { ClipGradientValue = largest / 4 }));
        Assert.Equal(largest / 4, byValue.Max(Math.Abs) / 0.01, largest * 1e-3);
        // What was below the limit stays as it was.
        Assert.All(whole.Zip(byValue).Where(pair => Math.Abs(pair.First) < 0.001 * largest), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void Biases_and_norms_decay_only_where_they_shall_and_biases_may_learn_faster(bool decaySmall, double biasMultiplier)
    {
        using var detector = new Detector(SmallRuns.Base.Detector with { Norm = NormPlacement.BackboneOnly }, 3); // the head has biases
        TrainSpec spec = Plain with { WeightDecay = 0.5, DecayBiasAndNorm = decaySmall, BiasRateMultiplier = biasMultiplier };
        var groups = ParameterGroups.For(detector, spec);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in detector.named_parameters())
        {
            var (group, multiplier) = Assert.Single(groups, one => one.Group.Parameters.Any(other => ReferenceEquals(other, parameter)));
            bool isSmall = parameter.ndim == 1, isBias = name.EndsWith("convolution.bias", StringComparison.Ordinal);
            Assert.Equal((isSmall && !decaySmall ? 0 : 0.5, isBias ? biasMultiplier : 1), (group.Options.weight_decay ?? -1, multiplier));
        }
        Assert.Contains(detector.named_parameters(), entry => entry.name.EndsWith("convolution.bias", StringComparison.Ordinal));
    }

    private static readonly IEqualityComparer<double> Near = EqualityComparer<double>.Create((a, b) => Math.Abs(a - b) <= 1e-6);

    private static double[] Step(double[] from, double[] to) => [.. from.Zip(to, (before, after) => after - before)];

    private static Experiment With(TrainSpec train) => SmallRuns.Base with { Train = train };

    /// <summary>The weights that a run of seed 0 begins with.</summary>
    private static double[] Start()
    {
        using var generator = new Generator(Seeds.Derive(0, "init"));
        using Detector detector = SmallRuns.Base.Detector.Build(SmallRuns.Open(SmallRuns.Base).ClassCount, generator);
        return [.. detector.named_parameters().OrderBy(entry => entry.name, StringComparer.Ordinal).SelectMany(entry => entry.parameter.data<float>().ToArray()).Select(value => (double)value)];
    }

    /// <summary>Those after one step.</summary>
    private double[] After(TrainSpec train)
    {
        RunStore store = RunStore.Open(Path.Combine(root, Guid.NewGuid().ToString("N")));
        Experiment experiment = With(train);
        SmallRuns.Run(store, experiment);
        using SafetensorsFile file = Checkpoint.Open(SmallRuns.FolderOf(store, experiment).CheckpointFile);
        return [.. file.Entries.Where(entry => entry.Name.StartsWith("model.", StringComparison.Ordinal)).OrderBy(entry => entry.Name, StringComparer.Ordinal).SelectMany(entry =>
        {
            using Tensor tensor = file.Load(entry.Name);
            return tensor.data<float>().ToArray();
        }).Select(value => (double)value)];
    }
}
