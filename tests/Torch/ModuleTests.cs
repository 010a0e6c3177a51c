using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Tests.Torch;

public class ModuleTests
{
    [Fact]
    public void Components_are_registered_under_the_names_of_their_fields_in_order()
    {
        using var block = new Block();
        Assert.Equal(["scale", "convolution.weight", "convolution.bias", "normalisation.weight", "normalisation.bias"],
            block.named_parameters().Select(named => named.name));
        Assert.Equal(["anchors", "normalisation.running_mean", "normalisation.running_var", "normalisation.num_batches_tracked"],
            block.named_buffers().Select(named => named.name));
        Assert.Equal(["convolution", "normalisation", "rest", "rest.0"], block.named_modules().Select(named => named.name));
    }

    [Fact]
    public void The_state_has_all_parameters_and_then_all_persistent_buffers()
    {
        using Sequential net = Sequential(("conv", Conv2d(3, 4, 3)), ("norm", BatchNorm2d(4)), ("last", Conv2d(4, 2, 1, bias: false)));
        net.register_buffer("passing", ones(2), persistent: false);
        Assert.Equal(
            ["conv.weight", "conv.bias", "norm.weight", "norm.bias", "last.weight", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"],
            net.state_dict().Keys);
        Assert.Equal(4 * 3 * 9 + 4 + 4 + 4 + 8, net.parameters().Sum(parameter => parameter.numel()));
        Assert.Contains("passing", net.named_buffers().Select(named => named.name));
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Conv2d convolution = Conv2d(3, 4, 3, padding: 1);
        private readonly BatchNorm2d normalisation = BatchNorm2d(4);
        private readonly Parameter scale = new(ones(4));
        private readonly Tensor anchors = arange(4);
        private readonly Module<Tensor, Tensor> rest = Sequential(ReLU());

        public Block()
            : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            using Tensor first = convolution.call(input);
            using Tensor second = normalisation.call(first);
            using Tensor third = rest.call(second);
            return third * scale.view(1, 4, 1, 1) + anchors.view(1, 4, 1, 1);
        }
    }
}
