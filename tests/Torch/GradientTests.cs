using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Tests.Torch;

/// <summary>Gradients against central differences, in double.</summary>
public class GradientTests
{
    private const double Step = 1e-6;

    [Fact]
    public void Convolution() => Check(
        (input, weight) => functional.conv2d(input, weight[..2], weight[2, 0, 0, ..2], [2, 1], [1, 1]), [1, 2, 5, 4], [3, 2, 3, 3]);

    [Fact]
    public void Transposed_convolution() => Check((input, weight) => functional.conv_transpose2d(input, weight, strides: [2, 2]), [1, 2, 3, 3], [2, 2, 2, 2]);

    [Fact]
    public void Batch_normalisation_through_its_statistics() => Check(
        (input, weight) => functional.batch_norm(input, null, null, weight[0], weight[1], training: true), [2, 2, 3, 2], [2, 2]);

    [Fact]
    public void Batch_normalisation_with_fixed_statistics()
    {
        using BatchNorm2d norm = BatchNorm2d(2, dtype: ScalarType.Float64);
        norm.running_var!.fill_(3);
        norm.eval();
        Check((input, weight) => norm.call(input) * weight, [2, 2, 3, 2], [2, 1, 1]);
    }

    [Fact]
    public void Group_normalisation() => Check((input, weight) => functional.group_norm(input, 2, weight[0], weight[1]), [2, 4, 2, 2], [2, 4]);

    [Fact]
    public void Division_by_the_Euclidean_norm_over_channels() => Check((input, scale) => functional.normalize(input) * scale, [2, 3, 2, 2], [3, 1, 1]);

    [Fact]
    public void Smooth_l1_loss_on_both_sides_of_beta() => Check((input, target) => functional.smooth_l1_loss(input * 3, target, Reduction.None, 0.5), [7], [7]);

    [Fact]
    public void Cross_entropy() => Check(
        (input, weight) => functional.cross_entropy(input * weight, tensor(new long[] { 1, 0, 2 }), reduction: Reduction.None), [3, 4], [4]);

    [Fact]
    public void Bilinear_resizing() => Check(
        (input, weight) => functional.interpolate(input, [5, 3], mode: InterpolationMode.Bilinear) * weight, [1, 1, 3, 4], [5, 3]);

    private static void Check(Func<Tensor, Tensor, Tensor> function, long[] inputShape, long[] weightShape)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor[] arguments = [.. new[] { inputShape, weightShape }.Select(shape => (rand(shape, ScalarType.Float64, generator: generator) - 0.5).requires_grad_())];
        Tensor result = function(arguments[0], arguments[1]);
        // A random weighting of the outputs: an error in one must not be hidden by the sum.
        Tensor weighting = rand(result.shape, ScalarType.Float64, generator: generator) + 0.5;
        (result * weighting).sum().backward();
        foreach (Tensor argument in arguments)
        {
            double[] gradient = argument.grad!.contiguous().data<double>().ToArray();
            Assert.Contains(gradient, value => Math.Abs(value) > 1e-3);
            for (int i = 0; i < gradient.Length; i++)
                Assert.Equal(Slope(argument, i, () => (function(arguments[0], arguments[1]) * weighting).sum()), gradient[i], 1e-6);
        }
    }

    private static double Slope(Tensor argument, int index, Func<Tensor> value)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        Tensor element = argument.view(-1)[index];
        element.add_(Step);
        double above = value().item<double>();
        element.sub_(2 * Step);
        double below = value().item<double>();
        element.add_(Step);
        return (above - below) / (2 * Step);
    }
}
