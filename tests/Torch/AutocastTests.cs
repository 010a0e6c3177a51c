using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

public class AutocastTests
{
    [Fact]
    public void Products_are_computed_in_the_lower_type_inside_the_scope_only()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = ones(2, 3);
        Tensor b = ones(3, 2);
        using (Autocast.Enter(DeviceType.CPU, ScalarType.BFloat16))
        {
            Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
            using (Autocast.Enter(DeviceType.CPU, ScalarType.BFloat16, enabled: false)) Assert.Equal(ScalarType.Float32, a.matmul(b).dtype);
            Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
        }
        Assert.Equal(ScalarType.Float32, a.matmul(b).dtype);
        Assert.False(Autocast.Current(DeviceType.CPU).Enabled);
    }

    [Fact]
    public void Weights_that_changed_between_two_scopes_are_cast_again()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones(1, 1);
        Tensor weight = ones(1, 1, requires_grad: true);
        Assert.Equal(1f, Product());
        using (no_grad()) weight.mul_(3);
        Assert.Equal(3f, Product());

        float Product()
        {
            using Autocast lower = Autocast.Enter(DeviceType.CPU, ScalarType.BFloat16);
            return input.matmul(weight).to(ScalarType.Float32).item<float>();
        }
    }

    [Fact]
    public void A_gradient_arrives_in_the_type_of_the_weight()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = ones(3, 2, requires_grad: true);
        Tensor product;
        using (Autocast.Enter(DeviceType.CPU, ScalarType.BFloat16)) product = ones(4, 3).matmul(weight);
        product.to(ScalarType.Float32).sum().backward();
        Assert.Equal(ScalarType.Float32, weight.grad!.dtype);
        Assert.Equal(24f, weight.grad!.sum().item<float>());
    }

    [Fact]
    public void A_type_that_has_no_autocast_is_refused() =>
        Assert.Throws<ArgumentException>(() => Autocast.Enter(DeviceType.CPU, ScalarType.Float16));
}
