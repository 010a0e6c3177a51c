using ScratchDet.Models;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Tests.Models;

public class NormTests
{
    [Fact]
    public void Groups_that_do_not_divide_the_channels_are_refused_with_numbers_that_do()
    {
        var refused = Assert.Throws<ArgumentException>(() => Norm.Create(NormKind.Group, 48));
        Assert.Equal("group norm: 32 groups do not divide 48 channels; choose a number of groups that does (24 or 16)", refused.Message);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(2048)]
    public void Thirty_two_groups_fit_every_layer_of_the_papers_backbones(int channels) =>
        Assert.Equal(32, Assert.IsType<TorchSharp.Modules.GroupNorm>(Norm.Create(NormKind.Group, channels)).num_groups);

    [Fact]
    public void Frozen_batch_norm_has_no_parameters_and_does_what_its_buffers_say()
    {
        using var norm = new FrozenBatchNorm(2, epsilon: 0);
        Assert.Empty(norm.parameters());
        Assert.Equal(["weight", "bias", "running_mean", "running_var"], norm.state_dict().Keys);
        using (no_grad())
        {
            norm.get_buffer("weight")!.fill_(3);
            norm.get_buffer("bias")!.fill_(1);
            norm.get_buffer("running_mean")!.fill_(2);
            norm.get_buffer("running_var")!.fill_(4);
        }
        using Tensor features = full([1, 2, 1, 1], 6);
        using Tensor result = norm.call(features); // (6 - 2) / 2 * 3 + 1
        Assert.Equal([7f, 7f], result.data<float>().ToArray());
        norm.train();
        using Tensor again = norm.call(features);
        Assert.Equal([7f, 7f], again.data<float>().ToArray());
    }

    /// <summary>With all of the softmax weight on one kind of statistics, switchable norm is that norm.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Switchable_norm_holds_instance_layer_and_batch_norm(int statistics)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor features = randn(3, 4, 5, 6, generator: generator) * 2 + 1;
        using var norm = new SwitchableNorm(4, 1e-5, 0.1);
        using (no_grad())
        {
            foreach (string mixture in (string[])["mean_weight", "var_weight"])
                norm.get_parameter(mixture)!.fill_(-50)[statistics] = tensor(50f);
        }
        using Module<Tensor, Tensor> expected = statistics switch
        {
            0 => GroupNorm(4, 4),
            1 => GroupNorm(1, 4),
            _ => BatchNorm2d(4),
        };
        Tensor difference = (norm.call(features) - expected.call(features)).abs().max();
        Assert.InRange(difference.item<float>(), 0, 1e-5);
    }

    [Fact]
    public void Switchable_norm_starts_with_equal_shares_and_keeps_a_running_average()
    {
        using DisposeScope scope = NewDisposeScope();
        using var norm = new SwitchableNorm(1, 0, 0.5);
        // Two images of one channel: 0 2 and 4 10. Batch: mean 4, mean of squares 30, variance 14.
        Tensor features = tensor([0f, 2, 4, 10]).view(2, 1, 1, 2);
        Tensor trained = norm.call(features);
        // Image 1: instance = layer: mean 1, variance 1. Mean (1 + 1 + 4) / 3 = 2, variance (1 + 1 + 14) / 3.
        Assert.Equal((0 - 2) / Math.Sqrt(16.0 / 3), trained[0, 0, 0, 0].item<float>(), 1e-5);
        Assert.Equal(0.5 * 4, norm.get_buffer("running_mean")!.item<float>(), 1e-5);
        Assert.Equal(0.5 * 1 + 0.5 * 14, norm.get_buffer("running_var")!.item<float>(), 1e-5);
        norm.eval();
        Tensor tested = norm.call(features); // batch part: mean 2, variance 7.5
        Assert.Equal((0 - 4.0 / 3) / Math.Sqrt(9.5 / 3), tested[0, 0, 0, 0].item<float>(), 1e-5);
    }

    [Fact]
    public void Standardised_weights_have_mean_zero_and_deviation_one_over_each_filter()
    {
        using DisposeScope scope = NewDisposeScope();
        NormLayerSpec spec = new(NormKind.Group) { Groups = 2, StandardizeWeights = true };
        using var standardised = new ConvNorm(3, 4, 3, spec, padding: 1);
        using var plain = new ConvNorm(3, 4, 3, spec with { StandardizeWeights = false }, padding: 1);
        Tensor weight = standardised.get_parameter("convolution.weight")!;
        using (no_grad())
        {
            Tensor centered = weight - weight.mean([1, 2, 3], keepdim: true);
            plain.get_parameter("convolution.weight")!.copy_(centered / weight.std([1, 2, 3], unbiased: false, keepdim: true));
        }
        Tensor features = randn(2, 3, 6, 6);
        Assert.InRange((standardised.call(features) - plain.call(features)).abs().max().item<float>(), 0, 1e-3);
    }

    [Fact]
    public void Each_part_has_its_own_norm()
    {
        NormPlacement placement = new() { Backbone = NormKind.Group, Extras = NormKind.Batch, Head = NormKind.None };
        Assert.Equal((NormKind.Group, NormKind.Batch, NormKind.None), (placement.OfBackbone.Kind, placement.OfExtras.Kind, placement.OfHead.Kind));
        Assert.Equal(NormKind.Group, (placement with { Extras = null }).OfExtras.Kind);
    }
}
