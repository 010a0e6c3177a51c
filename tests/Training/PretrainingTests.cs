using ScratchDet.Data;
using ScratchDet.Data.Synthetic;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Runs;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Training;

[Collection("threads")]
public sealed class PretrainingTests : IDisposable
{
    private static readonly DetectorSpec Tiny = ModelPresets.SmallResidual(160, StemKind.SevenBySevenStrideTwoPool, width: 4);
    private static readonly PretrainSpec Short = new() { Iterations = 3, PicturesPerStep = 6, PictureSize = 32 };
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-pretrain-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_picture_of_one_shape_follows_from_seed_and_index()
    {
        SingleShape first = SingleShapes.Render(1, 7, 48), again = SingleShapes.Render(1, 7, 48), other = SingleShapes.Render(2, 7, 48);
        Assert.Equal(first.Image.Pixels, again.Image.Pixels);
        Assert.NotEqual(first.Image.Pixels, other.Image.Pixels);
        Assert.Equal((1, 48, 48), (first.ClassIndex, first.Image.Width, first.Image.Height));
        Assert.Equal(Enumerable.Range(0, 6), Enumerable.Range(0, 6).Select(index => SingleShapes.Render(1, index, 24).ClassIndex));
    }

    [Fact]
    public void A_small_net_learns_to_name_shapes()
    {
        set_num_threads(1);
        PretrainSpec spec = new() { Iterations = 300, PicturesPerStep = 24, PictureSize = 32 };
        DetectorSpec net = ModelPresets.SmallResidual(160, StemKind.SevenBySevenStrideTwo, width: 8);
        (BackboneClassifier classifier, PretrainOutcome outcome) = Pretraining.Run(net, Unit, spec, new Execution(CPU, Precision.Float32), cancellation: TestContext.Current.CancellationToken);
        using (classifier)
        {
            Assert.Equal((300, (int?)null), (outcome.Steps, outcome.DivergedAtStep));
            Assert.True(outcome.Accuracy > 0.25, $"accuracy {outcome.Accuracy}: one in six is chance");
        }
    }

    [Fact]
    public void The_rate_warms_up_over_a_tenth_and_falls_to_nearly_nothing()
    {
        PretrainSpec spec = new() { Iterations = 100, PeakRate = 1 };
        Assert.Equal(0.1, spec.RateAt(0), 1e-12);
        Assert.Equal(1, spec.RateAt(10), 1e-12);
        Assert.Equal(0.5, spec.RateAt(55), 1e-12);
        Assert.InRange(spec.RateAt(99), 0, 0.001);
    }

    [Fact]
    public void A_pretrained_run_starts_from_the_classifier_and_two_of_them_from_the_same()
    {
        set_num_threads(1);
        Experiment experiment = SmallRuns.Base with { Detector = Tiny, Start = StartWeights.Pretrained, Pretrain = Short };
        float[] First(ulong seed)
        {
            using var generator = new Generator(seed);
            using Detector detector = Tiny.Build(7, generator);
            var notes = new List<string>();
            new PretrainedBackbones(root).Load(detector, experiment, new Execution(CPU, Precision.Float32), notes.Add, TestContext.Current.CancellationToken);
            Assert.Contains("a stand-in for ImageNet: 3 steps, accuracy", Assert.Single(notes));
            return [.. detector.state_dict()["backbone.stem.0.convolution.weight"].data<float>().ToArray(), .. detector.state_dict()["backbone.stages.2.1.second.norm.running_mean"].data<float>().ToArray()];
        }

        float[] a = First(0), b = First(1);
        Assert.Equal(a, b); // the seeds draw other weights
        Assert.Contains(a[^8..], value => value != 0); // running statistics come too
        Assert.True(File.Exists(new PretrainedBackbones(root).PathFor(experiment)));
    }

    public static TheoryData<string> Families => [.. ScratchDet.Tests.Models.TinyDetectors.All.Keys, "pre-activation, plain extra layers"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_family_of_backbones_can_start_from_a_classifier(string name)
    {
        set_num_threads(1);
        DetectorSpec spec = ScratchDet.Tests.Models.TinyDetectors.All.GetValueOrDefault(name) ?? Tiny with { Backbone = ((ResidualSpec)Tiny.Backbone) with { Block = BlockKind.PreActivation } };
        Experiment experiment = SmallRuns.Base with { Detector = spec, Start = StartWeights.Pretrained, Pretrain = Short with { PictureSize = 64 } };
        using var generator = new Generator(1);
        using Detector detector = spec.Build(7, generator);
        using Tensor before = detector.Backbone.parameters().First().detach().clone();
        new PretrainedBackbones(root).Load(detector, experiment, new Execution(CPU, Precision.Float32), _ => { }, TestContext.Current.CancellationToken);
        Assert.False(before.eq(detector.Backbone.parameters().First()).all().item<bool>());
    }

    [Fact]
    public void A_stand_in_that_diverges_is_not_kept()
    {
        set_num_threads(1);
        Experiment experiment = SmallRuns.Base with
        {
            Detector = Tiny with { Norm = NormPlacement.Nowhere }, // pixels a million times too large overflow without a norm
            Start = StartWeights.Pretrained,
            Pretrain = Short,
            Augment = SmallRuns.Base.Augment with { Normalization = new Normalization { MeanRed = 0, DeviationRed = 0.001f, DeviationGreen = 0.001f, DeviationBlue = 0.001f } },
        };
        experiment = experiment with { Pretrain = Short with { Iterations = 30, PeakRate = 100 } };
        using var generator = new Generator(1);
        using Detector detector = experiment.Detector.Build(7, generator);
        var backbones = new PretrainedBackbones(root);
        Assert.Contains("diverged at step", Assert.Throws<SpecException>(() =>
            backbones.Load(detector, experiment, new Execution(CPU, Precision.Float32), _ => { }, TestContext.Current.CancellationToken)).Message);
        Assert.False(File.Exists(backbones.PathFor(experiment)));
    }

    [Fact]
    public void Extra_layers_and_head_stay_random()
    {
        set_num_threads(1);
        Experiment experiment = SmallRuns.Base with { Detector = Tiny, Start = StartWeights.Pretrained, Pretrain = Short };
        using var generator = new Generator(5);
        using Detector detector = Tiny.Build(7, generator);
        Dictionary<string, float[]> before = Values(detector);
        new PretrainedBackbones(root).Load(detector, experiment, new Execution(CPU, Precision.Float32), _ => { }, TestContext.Current.CancellationToken);
        Dictionary<string, float[]> after = Values(detector);
        Assert.All(before.Where(entry => entry.Key.StartsWith("head.", StringComparison.Ordinal) || entry.Key.StartsWith("backbone.extras.", StringComparison.Ordinal)),
            entry => Assert.Equal(entry.Value, after[entry.Key]));
        Assert.NotEqual(before["backbone.stages.0.0.first.convolution.weight"], after["backbone.stages.0.0.first.convolution.weight"]);

        static Dictionary<string, float[]> Values(Detector detector) =>
            detector.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.data<float>().ToArray(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_frozen_norm_is_trained_as_batch_norm_and_then_frozen()
    {
        set_num_threads(1);
        DetectorSpec frozen = Tiny with { Norm = NormPlacement.Nowhere with { Backbone = NormKind.FrozenBatch } };
        Experiment experiment = SmallRuns.Base with { Detector = frozen, Start = StartWeights.Pretrained, Pretrain = Short };
        using var generator = new Generator(5);
        using Detector detector = frozen.Build(7, generator);
        new PretrainedBackbones(root).Load(detector, experiment, new Execution(CPU, Precision.Float32), _ => { }, TestContext.Current.CancellationToken);
        using Tensor mean = detector.state_dict()["backbone.stem.0.norm.running_mean"].abs().sum();
        Assert.True(mean.item<float>() > 0);
        Assert.DoesNotContain(detector.named_parameters(), entry => entry.name.Contains(".norm.", StringComparison.Ordinal));
    }

    private static Normalization Unit => new() { DeviationRed = 58, DeviationGreen = 58, DeviationBlue = 58 };
}
