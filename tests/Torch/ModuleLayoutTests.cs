using ScratchDet.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

public class ModuleLayoutTests
{
    [Fact]
    public void A_module_in_channels_last_gives_the_same_numbers_and_keeps_learning()
    {
        using DisposeScope scope = NewDisposeScope();
        using Conv2d layer = nn.Conv2d(3, 4, 3);
        using var generator = new Generator(4);
        Tensor image = rand(2, 3, 8, 8, generator: generator);
        Tensor before = layer.forward(image);
        before.sum().backward();
        using SGD optimizer = optim.SGD(layer.parameters(), 0.1, momentum: 0.9);
        layer.ToChannelsLast();
        Assert.True(layer.weight.IsChannelsLast());
        Assert.True(layer.weight.requires_grad);
        Assert.True(layer.weight.grad!.IsChannelsLast());
        Tensor after = layer.forward(image.ToChannelsLast());
        Assert.True(after.IsChannelsLast());
        Assert.True(after.allclose(before, 1e-5, 1e-6));
        optimizer.step();
        Assert.True(layer.weight.IsChannelsLast());
        Assert.True(((SGD.State)optimizer._state[layer.weight]).momentum_buffer!.IsChannelsLast());
    }
}
