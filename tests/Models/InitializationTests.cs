using ScratchDet.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models;

public class InitializationTests
{
    // A convolution of 48 to 80 channels, 3x3: fan in 432, fan out 720; 34,560 weights, so that a deviation is known to 1 %.
    [Theory]
    [InlineData(InitKind.Xavier, true, 0.0721687836)] // sqrt(6 / (432 + 720))
    [InlineData(InitKind.CaffeXavier, true, 0.0833333333)] // sqrt(3 / 432)
    [InlineData(InitKind.Msra, false, 0.0680413817)] // sqrt(2 / 432)
    [InlineData(InitKind.Gaussian001, false, 0.01)]
    public void Weights_have_the_spread_of_their_kind_and_biases_are_0(InitKind kind, bool isUniform, double size)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(1);
        var convolution = nn.Conv2d(48, 80, 3);
        Initialization.Apply(nn.Sequential(convolution), kind, generator);
        Tensor weight = convolution.weight!.detach().to(ScalarType.Float64);
        double deviation = weight.std().item<double>(), largest = weight.abs().max().item<double>();
        Assert.InRange(weight.mean().item<double>(), -0.02 * size, 0.02 * size);
        Assert.InRange(deviation / (isUniform ? size / Math.Sqrt(3) : size), 0.98, 1.02);
        if (isUniform) Assert.InRange(largest, 0.999 * size, size);
        else Assert.InRange(largest, 3.5 * size, 6 * size);
        Assert.Equal(0, convolution.bias!.abs().max().item<float>());
    }

    [Fact]
    public void A_depthwise_convolution_has_the_fans_of_its_group()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(1);
        var depthwise = nn.Conv2d(512, 512, 3, groups: 512);
        Initialization.Apply(nn.Sequential(depthwise), InitKind.Msra, generator);
        Assert.InRange(depthwise.weight!.detach().std().item<float>() / Math.Sqrt(2.0 / 9), 0.96, 1.04);
    }

    [Fact]
    public void Backbone_and_head_start_in_their_own_way()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(1);
        using Detector detector = (ModelPresets.SmallResidual(96) with { Init = InitKind.CaffeXavier, HeadInit = InitKind.Gaussian001 }).Build(7, generator);
        foreach ((string name, TorchSharp.Modules.Parameter weight) in detector.named_parameters().Where(entry => entry.name.EndsWith("convolution.weight", StringComparison.Ordinal)))
        {
            double expected = name.StartsWith("head.", StringComparison.Ordinal) ? 0.01 : 1 / Math.Sqrt(weight.numel() / weight.shape[0]);
            if (weight.numel() > 2000) Assert.InRange(weight.detach().std().item<float>() / expected, 0.93, 1.07);
        }
    }
}
