using ScratchDet.Models;
using ScratchDet.Models.Backbones;
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
    public void A_frozen_backbone_takes_its_extra_layers_too_or_is_refused()
    {
        DetectorSpec spec = ModelPresets.SmallResidual(96, width: 4);
        using var one = new Generator(1);
        using var two = new Generator(2);
        using Detector source = spec.Build(3, one), frozen = (spec with { FreezeBackbone = true }).Build(3, two), learning = spec.Build(3, two);
        string whole = folder.At("whole.safetensors"), body = folder.At("body.safetensors");
        using (FileStream stream = File.Create(whole))
            SafetensorsFile.Write(stream, source.state_dict().Select(entry => (entry.Key, entry.Value)), new Dictionary<string, string>());
        using (FileStream stream = File.Create(body))
            SafetensorsFile.Write(stream, source.state_dict().Where(entry => !entry.Key.Contains("extras.")).Select(entry => (entry.Key, entry.Value)), new Dictionary<string, string>());

        Assert.Contains("the backbone is frozen, and the file has nothing for it", Assert.Throws<BadInputException>(() => PretrainedWeights.Load(body, frozen)).Message);
        PretrainedWeights.Load(body, learning);
        PretrainedWeights.Load(whole, frozen);
        string extra = source.Backbone.state_dict().Keys.First(name => name.StartsWith("extras.", StringComparison.Ordinal));
        Assert.True(source.Backbone.state_dict()[extra].eq(frozen.Backbone.state_dict()[extra]).all().item<bool>());
        Assert.False(source.Backbone.state_dict()[extra].eq(learning.Backbone.state_dict()[extra]).all().item<bool>());
    }

    [Fact]
    public void A_checkpoint_says_how_its_images_were_normalised_and_its_average_counts()
    {
        DetectorSpec spec = ModelPresets.SmallResidual(96, width: 4);
        using var one = new Generator(1);
        using var two = new Generator(2);
        using Detector raw = spec.Build(3, one), average = spec.Build(3, two), target = spec.Build(3, one);
        string file = folder.At("checkpoint.safetensors");
        var normalised = new ScratchDet.Data.Normalization { DeviationRed = 58 };
        var metadata = new Dictionary<string, string>
        {
            ["spec"] = ScratchDet.Experiments.SpecJson.Write(new ScratchDet.Experiments.Experiment { Detector = spec, Augment = ScratchDet.Data.Augment.AugmentSpec.FlipOnly with { Normalization = normalised } }),
        };
        using (FileStream stream = File.Create(file))
            SafetensorsFile.Write(stream, [.. raw.state_dict().Select(entry => ("model." + entry.Key, entry.Value)), .. average.named_parameters().Select(entry => ("ema." + entry.name, (Tensor)entry.parameter))], metadata);
        Assert.Equal(normalised, PretrainedWeights.Load(file, target).Input);
        const string Name = "backbone.stem.0.convolution.weight";
        Assert.True(target.state_dict()[Name].eq(average.state_dict()[Name]).all().item<bool>());
    }

    [Fact]
    public void Batch_norm_of_this_kit_can_be_frozen()
    {
        DetectorSpec spec = ModelPresets.SmallResidual(96, width: 4);
        using var generator = new Generator(1);
        using Detector source = spec.Build(3, generator), target = (spec with { Norm = NormPlacement.Everywhere with { Backbone = NormKind.FrozenBatch } }).Build(3, generator);
        string file = folder.At("batch.safetensors");
        using (FileStream stream = File.Create(file))
            SafetensorsFile.Write(stream, source.state_dict().Select(entry => (entry.Key, entry.Value)), new Dictionary<string, string>());
        PretrainedWeights.Load(file, target);
        const string Name = "backbone.stages.0.0.first.convolution.weight";
        Assert.True(target.state_dict()[Name].eq(source.state_dict()[Name]).all().item<bool>());
    }

    [Fact]
    public void Torchvision_s_names_of_a_mobile_backbone_are_recognised()
    {
        DetectorSpec spec = ModelPresets.SmallMobile(96, MobileStemKind.StrideTwo);
        using var generator = new Generator(1);
        using Detector source = spec.Build(3, generator), target = spec.Build(3, generator), other = ModelPresets.SmallResidual(96, width: 4).Build(3, generator);
        Dictionary<string, Tensor> ours = source.Backbone.state_dict();
        string file = folder.At("mobilenet.safetensors");
        using (FileStream stream = File.Create(file))
            SafetensorsFile.Write(stream, TorchvisionMobileNetNames.Of((MobileNetSpec)spec.Backbone).Select(pair => (pair.Theirs, ours[pair.Ours])), new Dictionary<string, string>());
        PretrainedReport report = PretrainedWeights.Load(file, target);
        Assert.Equal(PretrainedReport.TorchvisionInput, report.Input);
        Assert.All(report.Loaded, name => Assert.True(ours[name].eq(target.Backbone.state_dict()[name]).all().item<bool>()));
        Assert.Contains("the backbone is Residual", Assert.Throws<BadInputException>(() => PretrainedWeights.Load(file, other)).Message);
    }

    [Fact]
    public void A_file_without_tensors_is_refused()
    {
        string file = folder.At("empty.safetensors");
        using (FileStream stream = File.Create(file)) SafetensorsFile.Write(stream, [], new Dictionary<string, string>());
        using var detector = new Detector(ModelPresets.SmallResidual(96, width: 4), 3);
        Assert.Contains("it holds no tensors", Assert.Throws<BadInputException>(() => PretrainedWeights.Load(file, detector)).Message);
    }

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
