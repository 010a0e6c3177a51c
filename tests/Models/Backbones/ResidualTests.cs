using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models.Backbones;

public class ResidualTests
{
    private static readonly ResidualSpec Tiny = new() { Width = 4, BlocksPerStage = [1, 1, 1], Extras = [] };

    [Theory]
    [InlineData(18, "64 128 256 512")]
    [InlineData(50, "256 512 1024 2048")]
    public void Members_have_the_names_that_weight_files_are_mapped_to(int depth, string channels)
    {
        using var backbone = new Residual(ResidualSpec.Torchvision(depth) with { FirstMapStride = 4 }, NormPlacement.BackboneOnly);
        Assert.Equal(channels, string.Join(' ', backbone.Channels));
        string[] names = [.. backbone.state_dict().Keys];
        string last = depth < 50 ? "second" : "third";
        foreach (string name in (string[])["stem.0.convolution.weight", "stem.0.norm.running_mean", "stages.0.0.first.convolution.weight", $"stages.3.1.{last}.norm.weight", "stages.1.0.shortcut.convolution.weight"])
            Assert.Contains(name, names);
    }

    [Fact]
    public void The_stride_is_on_the_3x3_or_with_Caffes_weights_on_the_first_1x1()
    {
        long[] Strides(bool onFirst)
        {
            using var block = new BottleneckBlock(8, 2, 2, NormKind.Batch, onFirst);
            return [.. block.modules().OfType<Conv2d>().Select(convolution => convolution.stride[0])];
        }

        Assert.Equal([1, 2, 1, 2], Strides(false));
        Assert.Equal([2, 1, 1, 2], Strides(true));
    }

    [Fact]
    public void A_dilated_last_stage_keeps_its_size_and_counts_no_stride()
    {
        ResidualSpec dilated = Tiny with { LastStageDilation = 2, FirstMapStride = 4 };
        using var backbone = new Residual(dilated, NormPlacement.BackboneOnly);
        Assert.Equal([16, 16], backbone.MapSides(64));
        Assert.Equal([2L, 2L], backbone.modules().OfType<Conv2d>().Select(convolution => convolution.dilation[0]).Where(dilation => dilation > 1));
        using Tensor images = zeros(1, 3, 64, 64);
        Assert.All(backbone.call(images), map => Assert.Equal([16L, 16], map.shape[2..]));
        Assert.Throws<ArgumentException>(() => new Residual(dilated with { FirstMapStride = 8 }, NormPlacement.BackboneOnly));
    }

    [Theory]
    [InlineData(StemPool.TwoByTwo, 64)]
    [InlineData(StemPool.TwoByTwo, 75)]
    [InlineData(StemPool.ThreeByThree, 64)]
    [InlineData(StemPool.ThreeByThree, 75)]
    [InlineData(StemPool.ThreeByThreeRoundedUp, 64)]
    [InlineData(StemPool.ThreeByThreeRoundedUp, 75)]
    public void The_sides_that_are_told_are_those_of_the_maps(StemPool pool, int size)
    {
        foreach (StemKind stem in Enum.GetValues<StemKind>())
        {
            using var backbone = new Residual(Tiny with { Stem = stem, Pool = pool, Extras = [ExtraLayer.PreActivation(4, 2), new(4, 4, 1, 1, 4) { BottleneckKernel = 3 }] }, NormPlacement.BackboneOnly);
            backbone.eval();
            using Tensor images = zeros(1, 3, size, size);
            using DisposeScope scope = NewDisposeScope();
            Assert.Equal(backbone.MapSides(size), backbone.call(images).Select(map => (int)map.shape[3]));
        }
    }

    [Fact]
    public void A_map_of_a_pre_activation_stage_is_its_last_second_convolution_before_the_shortcut_is_added()
    {
        using var backbone = new Residual(Tiny with { Block = BlockKind.PreActivation, BlocksPerStage = [1, 1, 2], MapStages = [3] }, NormPlacement.BackboneOnly);
        Dictionary<string, nn.Module> parts = backbone.named_modules().ToDictionary(named => named.name, named => named.module);
        Tensor? seen = null;
        using IDisposable hook = LayerHook.OnOutput((Conv2d)parts["stages.2.1.second"], output => seen = output.clone());
        using Tensor images = randn(1, 3, 64, 64);
        Tensor map = Assert.Single(backbone.call(images));
        Assert.Equal(seen!.data<float>().ToArray(), map.data<float>().ToArray());
        Assert.Contains(map.data<float>().ToArray(), value => value < 0); // neither normalised nor rectified
    }

    [Theory]
    [InlineData("stage 4 is to be a detection map; there are 3", 4)]
    [InlineData("nothing reads stage 3", 1)]
    public void Maps_that_cannot_be_are_refused(string message, int stage) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new Residual(Tiny with { MapStages = [stage] }, NormPlacement.BackboneOnly)).Message);

    [Fact]
    public void Even_kernels_are_refused()
    {
        Assert.Contains("the root's kernel is 4", Assert.Throws<ArgumentException>(() => new Residual(Tiny with { RootKernel = 4 }, NormPlacement.BackboneOnly)).Message);
        Assert.Contains("must be odd", Assert.Throws<ArgumentException>(() => new Residual(Tiny with { Extras = [new(4, 4, 1, 0) { BottleneckKernel = 2 }] }, NormPlacement.BackboneOnly)).Message);
    }

    [Fact]
    public void The_largest_layer_is_told_from_the_numbers_and_never_more_than_there_is()
    {
        ResidualSpec[] specs =
        [
            Tiny, Tiny with { RootKernel = 15, RootConvolutions = 2 }, Tiny with { Block = BlockKind.Bottleneck }, Tiny with { Block = BlockKind.PreActivation },
            .. new[] { ExtraLayerKind.Plain, ExtraLayerKind.Residual, ExtraLayerKind.PreActivation, ExtraLayerKind.Bottleneck }.Select(kind => Tiny with { Extras = [new(24, 32, 1, 1, kind == ExtraLayerKind.PreActivation ? 3 : 5) { Kind = kind, BottleneckKernel = 3 }] }),
        ];
        foreach (ResidualSpec spec in specs)
        {
            using var backbone = new Residual(spec, NormPlacement.BackboneOnly);
            Assert.Equal(backbone.parameters().Where(parameter => parameter.ndim == 4).Max(parameter => parameter.numel()), spec.LargestLayerWeights);
        }
    }

    [Fact]
    public void A_depth_that_the_paper_has_not_is_refused() =>
        Assert.Contains("not 19", Assert.Throws<ArgumentOutOfRangeException>(() => ResidualSpec.Depth(19)).Message);
}
