using ScratchDet.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Training;

public class GradientClippingTests
{
    [Fact]
    public void Values_are_cut_and_norms_are_scaled()
    {
        using var first = new Parameter(zeros(2));
        using var second = new Parameter(zeros(1));
        using var without = new Parameter(zeros(1));
        (first.grad, second.grad) = (tensor([3f, -0.5f]), tensor([-4f]));
        Parameter[] parameters = [first, second, without];

        GradientNorm.ClipValues(parameters, 2);
        Assert.Equal([2f, -0.5f], first.grad!.data<float>().ToArray());
        Assert.Equal([-2f], second.grad!.data<float>().ToArray());

        double norm = GradientNorm.L2(parameters); // sqrt(4 + 0.25 + 4)
        Assert.Equal(Math.Sqrt(8.25), norm, 1e-6);
        GradientNorm.Clip(parameters, norm, 1);
        Assert.Equal(1, GradientNorm.L2(parameters), 1e-5);
        GradientNorm.Clip(parameters, 1, 5); // below the limit: nothing changes
        Assert.Equal(1, GradientNorm.L2(parameters), 1e-5);
    }
}
