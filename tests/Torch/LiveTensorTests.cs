using ScratchDet.Torch.Interop;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Tests.Torch;

/// <summary>Counts native tensors, which only a test that runs by itself can do.</summary>
[Collection(nameof(AloneCollection))]
public class LiveTensorTests
{
    [Fact]
    public void A_training_step_and_a_disposed_module_leave_no_tensor()
    {
        long before = Live();
        using (Sequential net = Net())
        {
            long built = Bridge.sd_live_tensors();
            Assert.Equal(before + net.state_dict().Count, built);
            Step(net);
            net.zero_grad();
            Assert.Equal(built, Bridge.sd_live_tensors());
        }
        Assert.Equal(before, Bridge.sd_live_tensors());
    }

    [Fact]
    public void Saving_loading_and_moving_leave_no_tensor()
    {
        using Sequential net = Net();
        Step(net);
        long before = Live();
        using var stream = new MemoryStream();
        net.save(stream);
        stream.Position = 0;
        net.load(stream);
        net.to(ScalarType.Float64).to(ScalarType.Float32);
        utils.clip_grad_norm_(net.parameters(), 1e-3);
        utils.clip_grad_value_(net.parameters(), 1e-4);
        using (Tensor all = utils.parameters_to_vector(net.parameters())) utils.vector_to_parameters(all, net.parameters());
        Assert.Equal(before, Bridge.sd_live_tensors());
    }

    [Fact]
    public void Every_kind_of_module_disposes_what_it_makes_on_the_way()
    {
        using Tensor input = rand(1, 4, 6, 6);
        Module<Tensor, Tensor>[] modules =
        [
            Conv2d(4, 2, 3), Conv2d(4, 2, 3, Padding.Same), Conv2d(4, 2, 3, padding: 1, padding_mode: PaddingModes.Reflect), ConvTranspose2d(4, 2, 3),
            InstanceNorm2d(4), GroupNorm(2, 4), LayerNorm([6, 6]), Linear(6, 2), LeakyReLU(), SiLU(), GELU(), Sigmoid(), MaxPool2d(2), AvgPool2d(2),
            AdaptiveAvgPool2d(1), Dropout(), Identity(), Flatten(), Upsample(scale_factor: [2]), Sequential(), Sequential(Identity(), ReLU()),
        ];
        foreach (Module<Tensor, Tensor> module in modules)
        {
            long before = Live();
            module.call(input).Dispose();
            Assert.True(Bridge.sd_live_tensors() == before, module.GetName());
            module.Dispose();
        }
    }

    private static Sequential Net() =>
        Sequential(Conv2d(1, 4, 3), BatchNorm2d(4), ReLU(inplace: true), MaxPool2d(2), Flatten(), Linear(16, 2));

    private static void Step(Sequential net)
    {
        using Tensor input = rand(2, 1, 6, 6);
        using Tensor output = net.call(input);
        using Tensor normal = functional.normalize(output);
        using Tensor loss = normal.sum();
        loss.backward();
    }

    /// <summary>Live native tensors after all that other tests left to the finalizer is gone.</summary>
    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Bridge.sd_live_tensors();
    }
}
