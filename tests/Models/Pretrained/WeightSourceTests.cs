using ScratchDet.Models;
using ScratchDet.Models.Pretrained;
using ScratchDet.Tests.Data;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models.Pretrained;

/// <summary>Imports from files that need no Python: our own, torchvision's SSD, the subsample by hand.</summary>
public sealed class WeightSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_subsample_keeps_every_fourth_output_and_every_third_cell()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor fc6 = arange(8 * 2 * 49).reshape(8, 2 * 49);
        Tensor small = Subsampling.Apply(fc6, [2, 2, 3, 3]);
        // Output 4, channel 1, row 3, column 6: element 4 * 98 + 49 + 3 * 7 + 6.
        Assert.Equal(4 * 98 + 49 + 27, small[1, 1, 1, 2].item<long>());
        Assert.Equal([0, 3, 6], small[0, 0, 0].data<long>().ToArray());
        Assert.Equal([0, 4], Subsampling.Apply(arange(8), [2]).data<long>().ToArray());
        Tensor fc7 = Subsampling.Apply(arange(64).reshape(8, 8), [2, 4, 1, 1]);
        Assert.Equal([0, 2, 4, 6, 32, 34, 36, 38], fc7.flatten().data<long>().ToArray());
        Assert.True(Subsampling.Fits([4096, 25088], [1024, 512, 3, 3]));
        Assert.True(Subsampling.Fits([4096, 4096], [1024, 1024, 1, 1]));
        Assert.False(Subsampling.Fits([4096, 25088], [1000, 512, 3, 3]));
        Assert.False(Subsampling.Fits([4096, 25088], [1024, 511, 3, 3]));
        Assert.False(Subsampling.Fits([4096, 25088], [1024, 512, 5, 5]));
    }

    [Theory]
    [InlineData("small-residual-96", "")]
    [InlineData("small-vgg-96", "model.")]
    public void The_backbone_of_a_detector_of_ours_moves_to_another_number_of_classes(string preset, string prefix)
    {
        using DisposeScope scope = NewDisposeScope();
        using Detector from = Build(preset, 3, 1), to = Build(preset, 7, 2);
        string path = Write(from.state_dict().Select(entry => (prefix + entry.Key, entry.Value)));
        double headBefore = to.Head.parameters().Sum(parameter => parameter.abs().sum().item<float>());

        PretrainedReport report = PretrainedWeights.Load(path, to);

        Assert.Equal(("this kit", null), (report.Source, report.Input));
        Assert.All(report.Ignored, name => Assert.True(name.StartsWith($"{prefix}head.", StringComparison.Ordinal) || name.StartsWith($"{prefix}backbone.extras.", StringComparison.Ordinal), name));
        foreach ((string name, Tensor tensor) in to.Backbone.state_dict())
            Assert.Equal(!name.StartsWith("extras.", StringComparison.Ordinal) || tensor.dim() < 4, tensor.allclose(from.Backbone.state_dict()[name]));
        Assert.Equal(headBefore, to.Head.parameters().Sum(parameter => parameter.abs().sum().item<float>()));
        Assert.StartsWith($"this kit: {report.Loaded.Count} tensors loaded", report.ToString());
    }

    [Fact]
    public void The_base_of_torchvisions_ssd_goes_into_another_detector()
    {
        using DisposeScope scope = NewDisposeScope();
        using Detector from = Build("ssd300-vgg16", 2, 1), to = Build("ssd300-vgg16", 3, 2);
        string path = Write(TorchvisionNames.StateOf(from).Select(entry => (entry.Key, entry.Value.to(ScalarType.Float16))));

        PretrainedReport report = PretrainedWeights.Load(path, to);

        Assert.Equal(("torchvision's ssd300_vgg16", 30), (report.Source, report.Loaded.Count));
        Assert.Equal(ScalarType.Float32, to.Backbone.state_dict()["layers.0.convolution.weight"].dtype);
        Assert.True(to.Backbone.state_dict()["layers.19.convolution.weight"].allclose(from.Backbone.state_dict()["layers.19.convolution.weight"], 1e-3, 1e-4));
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_refused_and_change_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using Detector from = Build("small-residual-96", 3, 1), to = Build("small-residual-96", 3, 2);
        Dictionary<string, Tensor> state = from.state_dict();
        state["backbone.stages.0.0.first.convolution.weight"] = full_like(state["backbone.stages.0.0.first.convolution.weight"], double.NaN);
        string path = Write(state.Select(entry => (entry.Key, entry.Value)));
        Tensor before = to.Backbone.state_dict()["stem.0.convolution.weight"].clone();
        Assert.Contains("not finite", Assert.Throws<BadInputException>(() => PretrainedWeights.Load(path, to)).Message);
        Assert.True(before.allclose(to.Backbone.state_dict()["stem.0.convolution.weight"]));
    }

    private static Detector Build(string preset, int classCount, ulong seed)
    {
        using var generator = new Generator(seed);
        return ModelPresets.Find(preset)!.Spec.Build(classCount, generator);
    }

    private string Write(IEnumerable<(string, Tensor)> tensors)
    {
        string path = folder.At("weights.safetensors");
        using FileStream stream = File.Create(path);
        SafetensorsFile.Write(stream, tensors);
        return path;
    }
}
