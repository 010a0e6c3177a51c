using ScratchDet.Models;
using ScratchDet.Models.Necks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models;

public class NeckTests
{
    [Theory]
    [InlineData(1, 3, 3, 1, 0)] // DSSD321: 1, 3, 5, 10, 20, 40
    [InlineData(3, 5, 3, 1, 0)]
    [InlineData(5, 10, 2, 2, 0)]
    [InlineData(20, 40, 2, 2, 0)]
    [InlineData(1, 2, 2, 2, 0)] // DSSD513: 1, 2, 4 ... 64
    [InlineData(10, 19, 3, 2, 1)] // SSD300's maps: ours
    [InlineData(6, 6, 1, 1, 0)]
    public void The_transposed_convolution_between_two_maps_has_the_kernel_of_the_paper_and_gives_the_finer_map(int side, int finer, int kernel, int stride, int padding)
    {
        Assert.Equal((kernel, stride, padding), DeconvolutionNeck.KernelFor(side, finer));
        using ConvTranspose2d layer = nn.ConvTranspose2d(1, 1, kernel, stride, padding);
        using Tensor coarse = zeros(1, 1, side, side);
        using Tensor result = layer.call(coarse);
        Assert.Equal([1, 1, finer, finer], result.shape);
    }

    [Fact]
    public void Maps_that_no_deconvolution_joins_are_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => new DeconvolutionSpec().Build([4, 4], [16, 4], NormKind.Batch));
        Assert.Equal("no deconvolution leads from a detection map of 4 cells to one of 16", refused.Message);
    }

    [Theory]
    [InlineData(Combination.Product)]
    [InlineData(Combination.Sum)]
    public void The_two_sides_are_joined_by_product_or_by_sum_and_rectified(Combination combination)
    {
        var spec = new DeconvolutionSpec { Channels = 3, Combination = combination };
        using var neck = new DeconvolutionNeck(spec, [2, 5], [4, 2], NormKind.Batch);
        Dictionary<string, nn.Module> parts = neck.named_modules().ToDictionary(named => named.name, named => named.module);
        using DisposeScope scope = NewDisposeScope();
        Tensor? coarse = null, fine = null;
        using IDisposable first = LayerHook.OnOutput((ConvNorm)parts["steps.0.coarse"], output => coarse = output.clone());
        using IDisposable second = LayerHook.OnOutput((ConvNorm)parts["steps.0.second"], output => fine = output.clone());
        Tensor[] maps = [randn(2, 2, 4, 4), randn(2, 5, 2, 2)];
        Tensor[] results = neck.call(maps);

        Tensor joined = combination == Combination.Product ? coarse! * fine! : coarse! + fine!;
        Assert.Equal(joined.relu().data<float>().ToArray(), results[0].data<float>().ToArray());
        Assert.Same(maps[1], results[1]); // the coarsest map stays as it is
        Assert.Equal([3L, 5], neck.Channels);
    }

    [Fact]
    public void The_largest_layer_of_neck_and_head_is_told_without_building_them()
    {
        DetectorSpec small = ModelPresets.SmallResidual(96);
        Assert.Equal(9.0 * 4096 * 4096, (small with { Neck = new DeconvolutionSpec { Channels = 4096 } }).LargestLayerWeights);
        Assert.Equal(9.0 * 2048 * 2048, (small with { Head = new HeadSpec { ResidualWidths = [2048] } }).LargestLayerWeights);
        Assert.True((small with { Head = new HeadSpec { IntermediateChannels = 8192, Kernels = [15] } }).LargestLayerWeights >= 225 * 8192);
        Assert.True((small with { Head = new HeadSpec { ResidualWidths = [2048], IntermediateChannels = 8192 } }).LargestLayerWeights >= 9.0 * 8192 * 8192);
        foreach (string name in (string[])["dssd321-resnet101", "ssd513-resnet101"])
        {
            using var detector = new Detector(ModelPresets.Find(name)!.Spec, 2);
            Assert.True(detector.parameters().Max(parameter => parameter.numel()) >= detector.Spec.LargestLayerWeights);
        }
    }
}
