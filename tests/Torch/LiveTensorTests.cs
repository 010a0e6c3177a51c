using System.Runtime.InteropServices;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Models;
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

    [Fact]
    public void An_index_out_of_range_leaves_no_tensor()
    {
        using Tensor grid = zeros(2, 3);
        long before = Live();
        Assert.Throws<ExternalException>(() => grid[TensorIndex.Slice(0, 1), TensorIndex.Single(7)]);
        Assert.Equal(before, Bridge.sd_live_tensors());
    }

    [Fact]
    public void A_batch_that_cannot_be_made_leaves_no_tensor()
    {
        var encoder = new TargetEncoder(new DefaultBoxSet(BoxLayout.Of(0.2, 0.4).ForMaps(8, [2])), new ReferenceMatcher(), BoxCoder.Reference);
        LoadedSample[] samples = [.. new[] { 8, 4 }.Select((side, index) => new LoadedSample(index, "", new PlanarImage(side, side), [], side, side))];
        long before = Live();
        Assert.Throws<ArgumentException>(() => DetectionBatch.Collate(samples, new Normalization(), encoder, useDifficult: true));
        Assert.Equal(before, Bridge.sd_live_tensors());
        DetectionBatch.Collate(samples[..1], new Normalization(), encoder, useDifficult: true).Dispose();
        Assert.Equal(before, Bridge.sd_live_tensors());
    }

    [Fact]
    public void A_scope_disposes_all_it_owns_when_one_item_disposes_others()
    {
        long before = Live();
        using (DisposeScope scope = NewDisposeScope())
        {
            var pair = new Pair(null, null);
            scope.Attach(pair);
            (pair.First, pair.Second) = (zeros(1), zeros(1));
            zeros(1);
            scope.DisposeEverything();
            Assert.Equal(before, Bridge.sd_live_tensors());
            scope.Attach(new Pair(zeros(1), zeros(1)));
            zeros(1);
        }
        Assert.Equal(before, Bridge.sd_live_tensors());
    }

    private sealed class Pair(Tensor? first, Tensor? second) : IDisposable
    {
        public Tensor? First { get; set; } = first;

        public Tensor? Second { get; set; } = second;

        public void Dispose()
        {
            First?.Dispose();
            Second?.Dispose();
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
