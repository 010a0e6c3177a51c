using ScratchDet.Data;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Models.Pretrained;
using ScratchDet.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models.Pretrained;

/// <summary>Pre-trained weights of narrow networks of torchvision's give the same activations in ours.</summary>
public class PretrainedWeightsTests
{
    private static readonly VggSpec NarrowVgg = new() { Width = 8, FullyConnectedChannels = 16, L2Norm = false, Extras = [new(4, 8, 2, 1)] };

    private static readonly ResidualSpec ResNet18 = new() { Stem = StemKind.SevenBySevenStrideTwoPool, Pool = StemPool.ThreeByThree, Extras = [new(8, 16, 2, 1)] };

    private static readonly ResidualSpec Bottlenecks = ResNet18 with { Block = BlockKind.Bottleneck, BlocksPerStage = [2, 1, 1, 1] };

    [Theory]
    [InlineData("vgg-bn.pth", "vgg-bn", true, "torchvision's VGG with batch norm")]
    [InlineData("vgg.pth", "vgg", false, "torchvision's VGG")]
    [InlineData("vgg-reduced.pth", "vgg", false, "Caffe's VGG-16 with reduced fc6 and fc7")]
    [InlineData("vgg-reduced-bgr.pth", "vgg", false, "Caffe's VGG-16 with reduced fc6 and fc7")]
    public void A_vgg_gives_the_activations_of_its_source(string file, string network, bool batchNorm, string source)
    {
        string path = TorchFiles.PathOrSkip(file);
        using DisposeScope scope = NewDisposeScope();
        using Detector detector = Build(NarrowVgg, batchNorm);
        bool isBgr = file.Contains("bgr", StringComparison.Ordinal);

        PretrainedReport report = PretrainedWeights.Load(path, detector, new PretrainedOptions { FirstLayer = isBgr ? ChannelOrder.Bgr : ChannelOrder.Rgb });

        Assert.Equal(source, report.Source);
        Assert.Equal(source.StartsWith("torch", StringComparison.Ordinal) ? PretrainedReport.TorchvisionInput : new Normalization(), report.Input);
        Assert.All(report.LeftAtStart, name => Assert.True(name.StartsWith("extras.", StringComparison.Ordinal) || (batchNorm && name.Contains(".norm.", StringComparison.Ordinal)), name));
        string[] notNeeded = source.StartsWith("torch", StringComparison.Ordinal) ? ["classifier.6.weight", "classifier.6.bias"] : [];
        Assert.Equal(notNeeded, report.Ignored);
        Assert.Equal(detector.Backbone.state_dict().Count, report.Loaded.Count + report.LeftAtStart.Count);
        AssertMaps(detector, [$"{network}.conv4_3", $"{network}.fc7"]);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("bottlenecks")]
    public void A_resnet_gives_the_activations_of_its_source(string network)
    {
        string path = TorchFiles.PathOrSkip($"{network}.pth");
        using DisposeScope scope = NewDisposeScope();
        using Detector detector = Build(network == "resnet18" ? ResNet18 : Bottlenecks, batchNorm: true);

        PretrainedReport report = PretrainedWeights.Load(path, detector);

        Assert.Equal("torchvision's ResNet", report.Source);
        Assert.Equal(["fc.weight", "fc.bias"], report.Ignored);
        Assert.All(report.LeftAtStart, name => Assert.StartsWith("extras.", name));
        Assert.Contains("all names began with module., which was taken off", report.Notes);
        AssertMaps(detector, [$"{network}.layer2", $"{network}.layer3", $"{network}.layer4"]);
    }

    [Fact]
    public void Weights_without_norms_for_a_backbone_with_them_are_refused_and_the_other_way_round()
    {
        string plain = TorchFiles.PathOrSkip("vgg.pth"), normalised = TorchFiles.PathOrSkip("vgg-bn.pth"), reduced = TorchFiles.PathOrSkip("vgg-reduced.pth");
        using Detector without = Build(NarrowVgg, batchNorm: false), with = Build(NarrowVgg, batchNorm: true);
        Assert.Contains("the biases of the file have no place in it; give weights with batch norm (torchvision's vgg16_bn)", Refusal(plain, with));
        Assert.Contains("the biases of the file have no place in it", Refusal(reduced, with));
        Assert.Contains("with batch norm; the backbone has no norm layers; give weights without batch norm", Refusal(normalised, without));
    }

    [Fact]
    public void Weights_of_another_width_or_depth_are_refused_with_all_that_differs_and_change_nothing()
    {
        string vgg = TorchFiles.PathOrSkip("vgg.pth"), resnet = TorchFiles.PathOrSkip("resnet18.pth");
        using DisposeScope scope = NewDisposeScope();
        using Detector wider = Build(NarrowVgg with { Width = 12 }, batchNorm: false);
        double before = wider.Backbone.parameters().Sum(parameter => parameter.abs().sum().item<float>());
        string message = Refusal(vgg, wider);
        Assert.Contains("features.0.weight: the shape is [8, 3, 3, 3], layers.0.convolution.weight has [12, 3, 3, 3]", message);
        Assert.Contains("features.0.bias: the shape is [8], layers.0.convolution.bias has [12]; ", message);
        Assert.Matches(@"; and also [\w.]+(, [\w.]+)+\)", message);
        Assert.Equal(before, wider.Backbone.parameters().Sum(parameter => parameter.abs().sum().item<float>()));

        using Detector deeper = Build(ResNet18 with { BlocksPerStage = [2, 2, 3, 2] }, batchNorm: true);
        Assert.Contains("stages.2.2.first.convolution.weight: the file has nothing for it", Refusal(resnet, deeper));
        using Detector shallower = Build(ResNet18 with { BlocksPerStage = [2, 2, 1, 2] }, batchNorm: true);
        Assert.Contains("the backbone has no stages.2.1.first.convolution.weight", Refusal(resnet, shallower));
        using Detector rooted = Build(ResNet18 with { Stem = StemKind.Root, FirstMapStride = 4 }, batchNorm: true);
        Assert.Contains("conv1.weight: the shape is [64, 3, 7, 7], stem.0.convolution.weight has [64, 3, 3, 3]", Refusal(resnet, rooted));
        Assert.Contains("the backbone is Residual", Refusal(vgg, rooted));
        Assert.Contains("none with the names of a backbone that is known here", Refusal(TorchFiles.PathOrSkip("state.pth"), rooted));
    }

    [Fact]
    public void Every_key_of_torchvisions_resnets_has_one_place()
    {
        var names = Ssd300TorchvisionGolden.ReadJson(TorchFiles.PathOrSkip("names.json"));
        foreach ((string network, int tensors) in new[] { ("resnet18", 120), ("resnet34", 216), ("resnet50", 318), ("resnet101", 624) })
        {
            string[] keys = [.. names.GetProperty(network).EnumerateObject().Select(entry => entry.Name).Where(name => !name.StartsWith("fc.", StringComparison.Ordinal))];
            Assert.Equal(tensors, keys.Length);
            Assert.Equal(keys.Length, keys.Select(TorchvisionResNet.OursFor).Distinct().Count());
            Assert.DoesNotContain(null, keys.Select(TorchvisionResNet.OursFor));
        }
        Assert.Equal("stages.2.22.third.convolution.weight", TorchvisionResNet.OursFor("layer3.22.conv3.weight"));
        Assert.Equal("stages.0.0.shortcut.norm.running_var", TorchvisionResNet.OursFor("layer1.0.downsample.1.running_var"));
        Assert.Null(TorchvisionResNet.OursFor("layer1.0.conv4.weight"));
    }

    [Theory]
    [InlineData("resnet18", new[] { 2, 2, 2, 2 })]
    [InlineData("resnet34", new[] { 3, 4, 6, 3 })]
    [InlineData("resnet50", new[] { 3, 4, 6, 3 })]
    [InlineData("resnet101", new[] { 3, 4, 23, 3 })]
    public void Names_and_shapes_of_a_resnet_are_those_of_our_backbone(string network, int[] blocks)
    {
        var names = Ssd300TorchvisionGolden.ReadJson(TorchFiles.PathOrSkip("names.json")).GetProperty(network);
        BlockKind block = network is "resnet18" or "resnet34" ? BlockKind.Basic : BlockKind.Bottleneck;
        using Backbone backbone = (ResNet18 with { Block = block, BlocksPerStage = blocks, Extras = [] }).Build(NormPlacement.Everywhere);
        Dictionary<string, string> ours = backbone.state_dict().ToDictionary(entry => entry.Key, entry => string.Join(",", entry.Value.shape));
        Dictionary<string, string> theirs = names.EnumerateObject().Where(entry => !entry.Name.StartsWith("fc.", StringComparison.Ordinal))
            .ToDictionary(entry => TorchvisionResNet.OursFor(entry.Name)!, entry => string.Join(",", entry.Value.EnumerateArray()));
        Assert.Equal(theirs.OrderBy(entry => entry.Key, StringComparer.Ordinal), ours.OrderBy(entry => entry.Key, StringComparer.Ordinal));
    }

    private static Detector Build(BackboneSpec backbone, bool batchNorm)
    {
        var spec = new DetectorSpec
        {
            ImageSize = 64,
            Backbone = backbone,
            Norm = batchNorm ? NormPlacement.BackboneOnly : NormPlacement.Nowhere,
            Boxes = backbone is VggSpec ? BoxLayout.Of(8, 16, 24, 32) : BoxLayout.Of(8, 16, 24, 32, 40),
        };
        using var generator = new Generator(3);
        return spec.Build(2, generator);
    }

    private static void AssertMaps(Detector detector, string[] names)
    {
        detector.eval();
        using IDisposable noGradient = no_grad();
        Tensor[] maps = detector.Backbone.call(TorchFiles.Activation("images"));
        for (int i = 0; i < names.Length; i++)
        {
            Tensor expected = TorchFiles.Activation(names[i]);
            Assert.Equal(expected.shape, maps[i].shape);
            double largest = expected.abs().max().item<float>(), error = (maps[i] - expected).abs().max().item<float>();
            Assert.True(largest > 0.05, $"{names[i]} is all but zero");
            Assert.True(error <= 2e-5 * largest, $"{names[i]}: {error} of {largest}");
        }
    }

    private static string Refusal(string path, Detector detector)
    {
        string message = Assert.Throws<BadInputException>(() => PretrainedWeights.Load(path, detector)).Message;
        Assert.StartsWith($"{path}: ", message);
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
