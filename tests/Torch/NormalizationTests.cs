using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Tests.Torch;

public class NormalizationTests
{
    [Fact]
    public void Running_variance_uses_the_unbiased_estimate()
    {
        using DisposeScope scope = NewDisposeScope();
        using BatchNorm2d norm = BatchNorm2d(1, momentum: 0.25);
        // Mean 3, sum of squared deviations 20 over 4 values: 20 / 4 normalises, 20 / 3 is kept.
        Tensor output = norm.call(tensor([0f, 2f, 4f, 6f], [4, 1, 1, 1]));
        Assert.Equal(0.25f * 3, norm.running_mean!.item<float>(), 1e-6f);
        Assert.Equal(0.75f + (0.25f * 20 / 3), norm.running_var!.item<float>(), 1e-6f);
        Assert.Equal(-3 / MathF.Sqrt(5 + 1e-5f), output[0].item<float>(), 1e-6f);
        Assert.Equal(1L, norm.num_batches_tracked!.item<long>());
    }

    [Fact]
    public void Running_statistics_stay_as_they_are_in_evaluation()
    {
        using DisposeScope scope = NewDisposeScope();
        using BatchNorm2d norm = BatchNorm2d(2);
        norm.eval();
        norm.call(rand(3, 2, 4, 4) + 5);
        Assert.Equal([0f, 0f], norm.running_mean!.data<float>().ToArray());
        Assert.Equal(0L, norm.num_batches_tracked!.item<long>());
    }

    [Fact]
    public void Without_running_statistics_the_batch_counts_in_evaluation_too()
    {
        using DisposeScope scope = NewDisposeScope();
        using BatchNorm2d norm = BatchNorm2d(2, track_running_stats: false);
        Assert.Null(norm.running_mean);
        Assert.Equal(["weight", "bias"], norm.state_dict().Keys);
        norm.eval();
        Assert.Equal(0f, (norm.call(rand(3, 2, 4, 4)) * 1).mean().item<float>(), 1e-5f);
    }

    [Fact]
    public void Resetting_brings_the_first_statistics_back()
    {
        using DisposeScope scope = NewDisposeScope();
        using BatchNorm2d norm = BatchNorm2d(2);
        norm.call(rand(3, 2, 4, 4));
        norm.reset_parameters();
        Assert.Equal([1f, 1f], norm.running_var!.data<float>().ToArray());
        Assert.Equal(0L, norm.num_batches_tracked!.item<long>());
    }

    [Fact]
    public void One_value_per_channel_cannot_be_normalised_by_its_batch()
    {
        using BatchNorm2d norm = BatchNorm2d(2);
        using Tensor input = ones(1, 2, 1, 1);
        Assert.Contains("[1, 2, 1, 1]", Assert.Throws<ArgumentException>(() => norm.call(input)).Message, StringComparison.Ordinal);
        norm.eval();
        norm.call(input).Dispose();
    }

    [Fact]
    public void An_input_of_other_dimensions_is_refused()
    {
        using Tensor input = ones(4, 2);
        using BatchNorm2d batch = BatchNorm2d(2);
        using InstanceNorm2d instance = InstanceNorm2d(2);
        using GroupNorm group = GroupNorm(1, 3);
        Assert.Contains("4 dimensions, not of 2", Assert.Throws<ArgumentException>(() => batch.call(input)).Message, StringComparison.Ordinal);
        Assert.Contains("3 or 4 dimensions, not of 2", Assert.Throws<ArgumentException>(() => instance.call(input)).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, 3, ...], not [4, 2]", Assert.Throws<ArgumentException>(() => group.call(input)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_that_cannot_be_divided_into_the_groups_are_refused_with_both_numbers()
    {
        string message = Assert.Throws<ArgumentException>(() => GroupNorm(32, 48)).Message;
        Assert.Equal("48 channels cannot be divided into 32 groups; give a number of groups that divides 48", message);
        using GroupNorm sixteen = GroupNorm(16, 48);
        Assert.Equal([48L], sixteen.weight!.shape);
    }

    [Theory]
    [InlineData(3, 4, 2, "3 input channels cannot be divided into 2 groups")]
    [InlineData(4, 3, 2, "3 output channels cannot be divided into 2 groups")]
    public void A_convolution_of_groups_that_do_not_divide_its_channels_is_refused(long input, long output, long groups, string expected) =>
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => Conv2d(input, output, 3, groups: groups)).Message);

    [Fact]
    public void Resizing_needs_one_of_size_and_factor_and_options_that_its_mode_has()
    {
        using Tensor image = ones(1, 1, 2, 2);
        Assert.Throws<ArgumentException>(() => functional.interpolate(image));
        Assert.Throws<ArgumentException>(() => functional.interpolate(image, [4, 4], [2]));
        Assert.Throws<ArgumentException>(() => functional.interpolate(image, [4, 4], align_corners: true));
        Assert.Throws<ArgumentException>(() => functional.interpolate(image, [4, 4], mode: InterpolationMode.Trilinear));
        Assert.Throws<ArgumentException>(() => functional.interpolate(image[0], [4, 4]));
    }

    [Fact]
    public void A_transposed_convolution_says_which_output_sizes_are_possible()
    {
        using ConvTranspose2d layer = ConvTranspose2d(1, 1, 3, 2, 1);
        using Tensor input = ones(1, 1, 3, 3);
        string message = Assert.Throws<ArgumentException>(() => layer.forward(input, [7, 5])).Message;
        Assert.Contains("5 to 6 are possible", message, StringComparison.Ordinal);
    }
}
