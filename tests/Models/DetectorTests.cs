using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Models.Necks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models;

public class DetectorTests
{
    private static readonly VggSpec TinyVgg = new()
    {
        Width = 4,
        FullyConnectedChannels = 16,
        ConvolutionsPerStage = [1, 1, 1, 1, 1],
        Extras = [new(4, 8, 2, 1)],
    };

    private static readonly DetectorSpec TinyVggDetector = new()
    {
        ImageSize = 64,
        Backbone = TinyVgg,
        Boxes = BoxLayout.Of(8, 16, 24, 32),
    };

    public static TheoryData<string> SpecNames => [.. Specs.Keys, .. TinyDetectors.All.Keys];

    /// <summary>Every way through the forward passes of backbones, necks and heads.</summary>
    private static Dictionary<string, DetectorSpec> Specs { get; } = new()
    {
        ["VGG with L2Norm"] = TinyVggDetector,
        ["VGG, batch norm after pools too"] = TinyVggDetector with { Backbone = TinyVgg with { NormAfterPools = true, L2Norm = false }, Norm = NormPlacement.Everywhere },
        ["VGG, group norm"] = TinyVggDetector with { Norm = new NormPlacement { Backbone = NormKind.Group, Head = NormKind.Group, Groups = 2 } },
        ["VGG, switchable norm"] = TinyVggDetector with { Norm = new NormPlacement { Backbone = NormKind.Switchable, Head = NormKind.Switchable } },
        ["VGG, standardised weights, other norm in the extra layers"] = TinyVggDetector with { Norm = new NormPlacement { Backbone = NormKind.Group, Extras = NormKind.Batch, Groups = 2, StandardizeWeights = true } },
        ["VGG, frozen batch norm"] = TinyVggDetector with { Norm = new NormPlacement { Backbone = NormKind.FrozenBatch, Head = NormKind.Batch } },
        ["residual, plain extra layer"] = ModelPresets.SmallResidual(64, StemKind.Root, width: 4),
        ["residual, both maps projected"] = ModelPresets.SmallResidual(64, StemKind.Root, width: 4) with
        {
            Backbone = (ResidualSpec)ModelPresets.SmallResidual(64, StemKind.Root, width: 4).Backbone with { MapChannels = [6, 10] },
        },
        ["residual, first of three maps projected, residual extra layer without padding"] = new DetectorSpec
        {
            ImageSize = 96,
            Backbone = new ResidualSpec { Stem = StemKind.SevenBySevenStrideTwoPool, Width = 4, BlocksPerStage = [1, 1, 1, 1], MapChannels = [12], Extras = [ExtraLayer.Residual(6, 1, padding: 0)] },
            Norm = NormPlacement.BackboneOnly,
            Boxes = BoxLayout.Of(8, 16, 32, 48, 64),
        },
        ["VGG, every kind of extra layer"] = EveryExtra(TinyVgg, 96),
        ["VGG without norm, every kind of extra layer"] = EveryExtra(TinyVgg, 96) with { Norm = NormPlacement.Nowhere },
        ["basic blocks, every kind of extra layer"] = EveryExtra(TinyResidual, 64),
        ["basic blocks, every kind of extra layer, group norm"] = EveryExtra(TinyResidual, 64) with { Norm = new NormPlacement { Backbone = NormKind.Group, Groups = 2 } },
        ["bottleneck blocks, every kind of extra layer, last stage dilated"] = EveryExtra(TinyResidual with { Block = BlockKind.Bottleneck, LastStageDilation = 2, MapStages = [2] }, 64),
        ["pre-activation blocks, every kind of extra layer"] = EveryExtra(TinyResidual with { Block = BlockKind.PreActivation }, 64),
        ["pre-activation blocks without norm, map projected"] = EveryExtra(TinyResidual with { Block = BlockKind.PreActivation, MapChannels = [6] }, 64) with { Norm = NormPlacement.Nowhere },
        ["pre-activation blocks to the end"] = new DetectorSpec
        {
            ImageSize = 64,
            Backbone = TinyResidual with { Block = BlockKind.PreActivation, NormBeforeFirstBlock = false, Extras = [ExtraLayer.PreActivation(6, 2), ExtraLayer.PreActivation(6, 2)] },
            Norm = NormPlacement.Everywhere,
            Boxes = BoxLayout.Of(8, 16, 32, 48),
        },
        ["pre-activation blocks without extra layer, the last stage one block"] = new DetectorSpec
        {
            ImageSize = 64,
            Backbone = TinyResidual with { Block = BlockKind.PreActivation, Extras = [] },
            Norm = NormPlacement.Everywhere,
            Boxes = BoxLayout.Of(8, 16),
        },
        ["residual units, one more convolution, larger kernels"] = TinyVggDetector with
        {
            Head = new HeadSpec { Kernels = [5, 3, 1], ResidualWidths = [2, 3, 2], IntermediateChannels = 6 },
            Norm = NormPlacement.Everywhere,
        },
        ["deconvolution side, product"] = TinyVggDetector with { Neck = new DeconvolutionSpec { Channels = 6 }, Norm = NormPlacement.BackboneOnly },
        ["deconvolution side, sum, residual units, no norm"] = TinyVggDetector with
        {
            Neck = new DeconvolutionSpec { Channels = 6, Combination = Combination.Sum },
            Head = new HeadSpec { ResidualWidths = [2] },
        },
    };

    private static ResidualSpec TinyResidual => new() { Width = 4, BlocksPerStage = [1, 2, 1] };

    /// <summary>The last map of the backbone, and one behind each kind of extra layer.</summary>
    private static DetectorSpec EveryExtra(BackboneSpec backbone, int imageSize)
    {
        int maps = backbone is VggSpec ? 2 : 1;
        return new DetectorSpec
        {
            ImageSize = imageSize,
            Backbone = backbone with
            {
                Extras =
                [
                    ExtraLayer.Residual(8, 2), ExtraLayer.PreActivation(6, 1), new(4, 8, 1, 1) { BottleneckKernel = 3 },
                    new(4, 6, 1, 0, 2) { Kind = ExtraLayerKind.Bottleneck }, ExtraLayer.PreActivation(4, 2),
                ],
            },
            Norm = NormPlacement.Everywhere,
            Boxes = BoxLayout.Of([.. Enumerable.Range(1, maps + 6).Select(k => 8.0 * k)]),
        };
    }

    [Theory]
    [MemberData(nameof(SpecNames))]
    public void A_pass_forward_and_back_gives_every_parameter_a_gradient_and_leaves_no_tensor(string name)
    {
        DetectorSpec spec = Specs.GetValueOrDefault(name) ?? TinyDetectors.All[name];
        using var generator = new Generator(1);
        using Detector detector = spec.Build(4, generator);
        using DisposeScope scope = NewDisposeScope();
        using (Tensor images = randn(2, 3, spec.ImageSize, spec.ImageSize, generator: generator))
        using (RawDetections raw = detector.call(images))
        {
            Assert.Equal([2, detector.DefaultBoxes.Count, 4], raw.BoxRegression.shape);
            Assert.Equal([2, detector.DefaultBoxes.Count, 4], raw.ClassLogits.shape);
            using DisposeScope inner = NewDisposeScope();
            (raw.BoxRegression.square().sum() + raw.ClassLogits.square().sum()).backward();
        }
        Assert.Equal(0, scope.DisposablesCount);
        foreach ((string parameter, Parameter value) in detector.named_parameters())
        {
            using Tensor? gradient = value.grad;
            Assert.True(gradient is not null && gradient.isfinite().all().item<bool>(), parameter);
        }
    }

    [Fact]
    public void The_start_weights_follow_from_the_seed()
    {
        float[] First(long seed)
        {
            using var generator = new Generator((ulong)seed);
            using Detector detector = TinyVggDetector.Build(3, generator);
            return [.. detector.state_dict().Values.SelectMany(tensor => tensor.data<float>().ToArray())];
        }

        Assert.Equal(First(5), First(5));
        Assert.NotEqual(First(5), First(6));
    }

    [Fact]
    public void Images_of_another_size_are_refused_with_both_numbers()
    {
        using var detector = new Detector(TinyVggDetector, 3);
        using Tensor images = zeros(1, 3, 96, 96);

        var refused = Assert.Throws<ArgumentException>(() => detector.call(images));
        Assert.Equal("756 predictions, 336 default boxes: the maps are 12, 6, 3 cells wide, the default boxes are for 8, 4, 2", refused.Message);
    }

    [Fact]
    public void An_image_too_small_for_the_maps_is_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => new Detector(new DetectorSpec { ImageSize = 96 }, 21));
        Assert.Contains("an image of 96 px leaves no cell for detection map 5 of 6", refused.Message);
    }

    [Fact]
    public void Boxes_for_other_maps_are_refused_and_the_first_map_that_differs_is_named()
    {
        var refused = Assert.Throws<ArgumentException>(() => new Detector(new DetectorSpec { ImageSize = 320 }, 21));
        Assert.StartsWith("9590 predictions, 8732 default boxes: map 1 is 40x40 in the model and 38x38 in the default boxes", refused.Message);
    }

    [Fact]
    public void Norm_after_pools_adds_a_norm_of_the_stage_s_channels_behind_each_of_the_five()
    {
        DetectorSpec without = TinyVggDetector with { Norm = NormPlacement.BackboneOnly };
        using var plain = new Detector(without, 3);
        using var quirk = new Detector(without with { Backbone = TinyVgg with { NormAfterPools = true } }, 3);

        // By layer: convolution with its own norm, pool, then with the quirk norm and ReLU; five times.
        Assert.Equal([], PoolNorms(plain));
        Assert.Equal([("layers.2", 4L), ("layers.6", 8L), ("layers.10", 16L), ("layers.14", 32L), ("layers.18", 32L)], PoolNorms(quirk).Select(norm => (norm.Name, norm.Norm.num_features)));
        Assert.Equal(9, Norms(plain));
        Assert.Equal(9 + 5, Norms(quirk));

        int Norms(Detector detector) => detector.Backbone.modules().Count(module => module is BatchNorm2d);
    }

    [Fact]
    public void Norm_after_pools_does_nothing_where_there_is_no_norm()
    {
        using var plain = new Detector(TinyVggDetector, 3);
        using var quirk = new Detector(TinyVggDetector with { Backbone = TinyVgg with { NormAfterPools = true } }, 3);

        Assert.Equal(plain.state_dict().Keys, quirk.state_dict().Keys);
    }

    [Fact]
    public void The_first_norm_after_a_pool_sees_the_pooled_map_and_is_followed_by_a_relu()
    {
        DetectorSpec spec = TinyVggDetector with { Norm = NormPlacement.BackboneOnly, Backbone = TinyVgg with { NormAfterPools = true } };
        using var detector = new Detector(spec, 3);
        detector.eval();
        BatchNorm2d norm = PoolNorms(detector)[0].Norm;
        long[] seen = [];
        using IDisposable hook = LayerHook.OnOutput(norm, output => seen = output.shape);
        using (no_grad())
        {
            norm.bias!.fill_(-1e6); // so that a ReLU behind it leaves nothing of the image
            using Tensor first = randn(1, 3, 64, 64);
            using Tensor second = randn(1, 3, 64, 64);
            using RawDetections a = detector.call(first);
            using RawDetections b = detector.call(second);
            Assert.Equal([1, 4, 32, 32], seen);
            Assert.Equal(a.ClassLogits.data<float>().ToArray(), b.ClassLogits.data<float>().ToArray());
        }
    }

    [Fact]
    public void L2Norm_divides_by_the_norm_over_channels_and_multiplies_by_20()
    {
        using var layer = new L2Norm(2);
        // Two positions: channels (3, 4) of norm 5, and (0, -2) of norm 2.
        using Tensor features = tensor([3f, 0f, 4f, -2f], [1, 2, 1, 2]);
        using Tensor result = layer.call(features);

        Assert.Equal([12f, 0f, 16f, -20f], result.data<float>().ToArray());
    }

    [Fact]
    public void L2Norm_scales_each_channel_by_its_own_learned_number()
    {
        using var layer = new L2Norm(2);
        Parameter scale = Assert.Single(layer.parameters());
        using (no_grad()) scale.copy_(tensor([10f, 100f]));
        using Tensor features = tensor([3f, 4f], [1, 2, 1, 1]);
        using Tensor result = layer.call(features);
        using Tensor sum = result.sum();
        sum.backward();

        Assert.Equal([6f, 80f], result.data<float>().ToArray());
        using Tensor gradient = scale.grad!;
        Assert.Equal([0.6f, 0.8f], gradient.data<float>().ToArray());
    }

    [Fact]
    public void L2Norm_of_a_position_without_activation_is_0_and_not_NaN()
    {
        using var layer = new L2Norm(3);
        using Tensor features = zeros(1, 3, 1, 1);
        using Tensor result = layer.call(features);
        Assert.Equal([0f, 0f, 0f], result.data<float>().ToArray());
    }

    /// <summary>The norms that belong to no convolution, with their names.</summary>
    private static IReadOnlyList<(string Name, BatchNorm2d Norm)> PoolNorms(Detector detector) =>
        [.. detector.Backbone.named_modules().Where(part => part.name.Split('.').Length == 2 && part.module is BatchNorm2d).Select(part => (part.name, (BatchNorm2d)part.module))];
}
