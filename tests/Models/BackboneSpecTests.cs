using ScratchDet.Boxes;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models;

/// <summary>What a specification says about its backbone, held against the backbone.</summary>
public class BackboneSpecTests
{
    private static readonly string[] Families = ["dsod300", "ssdlite320", "tiny-ssd", "small-mobile-96", "small-dense-96"];

    public static TheoryData<string> Tiny => [.. TinyDetectors.All.Keys];

    public static TheoryData<string> TinyAndPresets =>
        [.. TinyDetectors.All.Keys, .. ModelPresets.All.Select(preset => preset.Name).Where(name => Families.Any(family => name.StartsWith(family, StringComparison.Ordinal)))];

    [Theory]
    [MemberData(nameof(TinyAndPresets))]
    public void The_largest_layer_has_the_weights_that_are_told_for_it(string name)
    {
        DetectorSpec spec = SpecOf(name);
        using Backbone backbone = spec.Backbone.Build(spec.Norm);

        Assert.Equal(backbone.modules().OfType<Conv2d>().Max(convolution => convolution.weight.numel()), spec.Backbone.LargestLayerWeights);
    }

    /// <summary>Sizes around the smallest that is possible, and others of every remainder.</summary>
    [Theory]
    [MemberData(nameof(Tiny))]
    public void Map_sides_are_those_of_the_maps_for_any_image(string name)
    {
        DetectorSpec spec = SpecOf(name);
        using Backbone backbone = spec.Backbone.Build(spec.Norm);
        backbone.eval();
        using IDisposable noGradient = no_grad();
        int compared = 0;
        foreach (int size in Enumerable.Range(24, 24).Concat(Enumerable.Range(0, 16).Select(k => 53 + 17 * k)))
        {
            IReadOnlyList<int> sides;
            try
            {
                sides = backbone.MapSides(size);
            }
            catch (ArgumentException tooSmall) when (tooSmall.Message.Contains("leaves no cell"))
            {
                continue;
            }
            using Tensor none = zeros(0, 3, size, size);
            Tensor[] maps = backbone.call(none);
            Assert.Equal(sides.Zip(backbone.Channels, (side, channels) => (channels, (long)side, (long)side)), maps.Select(map => (map.shape[1], map.shape[2], map.shape[3])));
            foreach (Tensor map in maps) map.Dispose();
            compared++;
        }
        Assert.InRange(compared, 30, 40);
    }

    [Theory]
    [MemberData(nameof(TinyAndPresets))]
    public void A_specification_survives_json(string name)
    {
        DetectorSpec spec = SpecOf(name);
        string json = SpecJson.Write(spec);

        DetectorSpec read = SpecJson.Read<DetectorSpec>(json, "spec.json");
        Assert.Equal(SpecPaths.Flatten(spec), SpecPaths.Flatten(read));
        Assert.Equal(json, SpecJson.Write(read));
        SpecRules.Validate(spec);
    }

    [Theory]
    [InlineData("""{"$type": "DenseSpec", "LayersPerBlock": [6, 8]}""", "has not three to eight blocks")]
    [InlineData("""{"$type": "DenseSpec", "Growth": 5000}""", "Growth is 5000; it must be at least 1 and at most 1024")]
    [InlineData("""{"$type": "FireSpec", "Modules": []}""", "has not one to 64 modules")]
    [InlineData("""{"$type": "FireSpec", "Modules": [{"Squeeze": 0, "Expand1": 1, "Expand3": 1}]}""", "Modules[1].Squeeze is 0; it must be at least 1 and at most 4096")]
    [InlineData("""{"$type": "MobileNetSpec", "WidthMultiplier": 0}""", "WidthMultiplier is 0; it must be at least 0.01 and at most 8")]
    [InlineData("""{"$type": "MobileNetSpec", "Stages": [{"Expansion": 6, "Channels": 8, "Blocks": 1, "Stride": 3}]}""", "Stages[1].Stride is 3; it must be at least 1 and at most 2")]
    public void A_value_out_of_its_range_is_refused(string backbone, string message)
    {
        var refused = Assert.Throws<BadInputException>(() => SpecJson.Read<DetectorSpec>($$"""{"Backbone": {{backbone}}}""", "spec.json"));
        Assert.Contains(message, refused.Message);
    }

    [Fact]
    public void Groups_that_divide_no_layer_of_Tiny_SSD_are_refused_and_one_group_is_not()
    {
        DetectorSpec spec = ModelPresets.Find("tiny-ssd300")!.Spec with { Norm = new NormPlacement { Backbone = NormKind.Group, Head = NormKind.None } };

        var refused = Assert.Throws<ArgumentException>(() => new Detector(spec, 21));
        Assert.StartsWith("group norm: 32 groups do not divide 57 channels", refused.Message);

        using var detector = new Detector(spec with { Norm = spec.Norm with { Groups = 1 } }, 21);
        Assert.Equal(35, detector.modules().Count(module => module is GroupNorm));
    }

    [Fact]
    public void Standardised_weights_cost_no_other_multiply_adds()
    {
        DetectorSpec spec = TinyDetectors.All["dense, group norm, standardised weights"];
        using var standardized = new Detector(spec, 3);
        using var plain = new Detector(spec with { Norm = spec.Norm with { StandardizeWeights = false } }, 3);

        Assert.Equal(ModelProfile.Of(plain).MultiplyAdds, ModelProfile.Of(standardized).MultiplyAdds);
    }

    [Fact]
    public void A_dense_extra_layer_whose_halves_would_not_fit_is_refused()
    {
        var dense = new DenseSpec { Extras = [ExtraLayer.Dense(256) with { Padding = 0 }] };
        var refused = Assert.Throws<ArgumentException>(() => dense.Build(NormPlacement.Everywhere));
        Assert.StartsWith("a dense extra layer has an even number of channels, kernel 3, stride 2 and padding 1, so that its halves fit; not Dense 128-256:k3s2p0", refused.Message);
    }

    /// <summary>Values of the paper's sentence: the nearest multiple of 8, never less than nine tenths.</summary>
    [Theory]
    [InlineData(0.35, 16, 1280)] // 11.2 -> 8 would take more than a tenth
    [InlineData(0.5, 16, 1280)]
    [InlineData(0.75, 24, 1280)]
    [InlineData(1.0, 32, 1280)]
    [InlineData(1.4, 48, 1792)] // 44.8
    public void A_width_multiplier_rounds_to_multiples_of_8_and_the_last_layer_never_shrinks(double multiplier, int stem, int last)
    {
        using var backbone = new MobileNet(new MobileNetSpec { WidthMultiplier = multiplier, Extras = [] }, NormPlacement.Everywhere);

        Assert.Equal([stem, 3, 3, 3], backbone.get_parameter("stem.0.convolution.weight")!.shape);
        Assert.Equal(last, backbone.Channels[1]);
    }

    [Fact]
    public void The_last_boxes_of_DSOD_lie_inside_the_image()
    {
        DefaultBoxSet boxes = new(BoxLayout.Dsod300.ForMaps(300, [38, 19, 10, 5, 3, 2]));
        Assert.Equal(8744, boxes.Count);
        // Four boxes a cell; 264 px in the middle of each quarter of 150 px.
        Box last = boxes[8740];
        Assert.Equal(225, (last.XMin + last.XMax) / 2, 1e-3f);
        Assert.Equal(225, (last.YMin + last.YMax) / 2, 1e-3f);
        Assert.Equal(264, last.Width, 1e-3f);
    }

    [Fact]
    public void The_lite_head_has_its_norm_on_the_depthwise_convolution_and_a_bias_on_the_predictions()
    {
        using var detector = new Detector(TinyDetectors.All["mobile, lite head"], 5);
        string[] first = [.. detector.Head.state_dict().Where(entry => entry.Key.StartsWith("classes.", StringComparison.Ordinal) && entry.Key.Contains(".0.")).Select(entry => $"{entry.Key} {string.Join(' ', entry.Value.shape)}".Trim())];

        Assert.Equal(
            [
                "classes.depthwise.0.convolution.weight 16 1 3 3", "classes.depthwise.0.norm.weight 16", "classes.depthwise.0.norm.bias 16",
                "classes.maps.0.convolution.weight 20 16 1 1", "classes.maps.0.convolution.bias 20",
                "classes.depthwise.0.norm.running_mean 16", "classes.depthwise.0.norm.running_var 16", "classes.depthwise.0.norm.num_batches_tracked",
            ],
            first);
    }

    private static DetectorSpec SpecOf(string name) => TinyDetectors.All.GetValueOrDefault(name) ?? ModelPresets.Find(name)!.Spec;
}
