using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using TorchSharp.Modules;

namespace ScratchDet.Tests.Models;

/// <summary>
/// Sizes counted apart from this code, layer by layer from the papers' tables (derived_model_sizes.csv, default_boxes.csv); of them 35,641,826 and 34.858 G are also
/// what torchvision publishes for its ssd300_vgg16, and 24,564 boxes what the SSD paper has.
/// </summary>
public class ModelPresetsTests
{
    private const string Channels18 = "256 512 512 256 256 256";
    private const string ChannelsVgg = "512 1024 512 256 256 256";
    private const string Channels34 = "256 512 128 128 128 128";
    private const string Channels101 = "512 2048 1024 1024 1024 1024";
    private const string Sides300 = "38 19 10 5 3 1";
    private const string Sides512 = "64 32 16 8 4 2 1";

    private const string SidesDsod = "38 19 10 5 3 2";
    private const string SidesLite = "20 10 5 3 2 1";

    [Theory]
    [InlineData("ssd300-vgg16", 21, 26_285_486, 31.374, 0, Sides300, ChannelsVgg, 8732)]
    [InlineData("ssd300-vgg16", 81, 34_305_206, 34.360, 0, Sides300, ChannelsVgg, 8732)]
    [InlineData("ssd300-vgg16", 91, 35_641_826, 34.858, 0, Sides300, ChannelsVgg, 8732)]
    [InlineData("ssd300-vgg16@torchvision", 21, 26_285_486, 31.374, 0, Sides300, ChannelsVgg, 8732)]
    [InlineData("ssd512-vgg16", 21, 27_188_676, 90.208, 0, Sides512, ChannelsVgg + " 256", 24_564)]
    [InlineData("ssd512-vgg16", 81, 36_038_196, 98.629, 0, Sides512, ChannelsVgg + " 256", 24_564)]
    [InlineData("ssd300-vgg16-bn", 21, 26_293_916, 31.374, 35, Sides300, ChannelsVgg, 8732)]
    [InlineData("ssd300-vgg16-bn-backbone", 21, 26_293_166, 31.374, 23, Sides300, ChannelsVgg, 8732)]
    [InlineData("ssd300-vgg16-bn-head", 21, 26_285_724, 31.374, 12, Sides300, ChannelsVgg, 8732)]
    [InlineData("ssd300-resnet18-b", 21, 15_927_580, 13.381, 40, Sides300, Channels18, 8732)]
    [InlineData("ssd300-resnet18-c", 21, 15_927_580, 14.016, 40, Sides300, Channels18, 8732)]
    [InlineData("ssd300-root-resnet18", 21, 15_993_884, 19.960, 42, Sides300, Channels18, 8732)]
    [InlineData("ssd300-root1-resnet18", 21, 15_919_900, 13.325, 40, Sides300, Channels18, 8732)]
    [InlineData("ssd300-root2-resnet18", 21, 15_956_892, 16.642, 41, Sides300, Channels18, 8732)]
    [InlineData("dsod300", 21, 14_715_804, 15.080, 92, SidesDsod, "800 512 512 256 256 256", 8744)]
    [InlineData("dsod300", 81, 21_700_524, 18.368, 92, SidesDsod, "800 512 512 256 256 256", 8744)]
    [InlineData("dsod300-plain", 21, 18_005_596, 15.384, 87, SidesDsod, "800 512 512 256 256 256", 8744)]
    [InlineData("dsod300-smallest", 21, 5_833_372, 5.298, 92, SidesDsod, "352 512 512 256 256 256", 8744)]
    [InlineData("ssdlite320-mobilenetv2", 21, 3_399_108, 0.713, 76, SidesLite, "576 1280 512 256 256 128", 3234)]
    [InlineData("ssdlite320-mobilenetv2", 81, 4_484_148, 0.848, 76, SidesLite, "576 1280 512 256 256 128", 3234)]
    [InlineData("ssdlite320-root-mobilenetv2", 81, 4_487_028, 1.183, 80, SidesLite, "576 1280 512 256 256 128", 3234)]
    [InlineData("tiny-ssd300", 21, 1_136_219, 0.571, 47, "37 18 9 4 2 1", "173 83 101 85 46 85", 8030)]
    [InlineData("small-mobile-96", 7, 181_648, 0.023, 36, "12 6 3 2", "192 128 128 64", 772)]
    [InlineData("small-mobile-320", 7, 181_648, 0.255, 36, "40 20 10 5", "192 128 128 64", 8500)]
    [InlineData("small-dense-96", 7, 229_048, 0.026, 37, "12 6 3 2", "84 96 96 48", 772)]
    public void A_preset_has_the_size_that_was_counted_for_it(
        string name, int classes, long parameters, double billions, int batchNorms, string sides, string channels, int boxes)
    {
        using var detector = new Detector(ModelPresets.Find(name)!.Spec, classes);
        AssertSize(detector, parameters, billions, batchNorms, sides, channels, boxes);
    }

    [Theory]
    [InlineData("ssd300-resnet18-a", 21, 14_780_700, 4.169, 40, Sides300, Channels18, 8732)]
    [InlineData("ssd300-root5x5-resnet18", 21, 15_922_972, 13.601, 40, Sides300, Channels18, 8732)]
    [InlineData("ssd300-root7x7-resnet18", 21, 15_927_580, 14.016, 40, Sides300, Channels18, 8732)]
    [InlineData("ssd300-root-resnet18@caffe", 21, 15_991_470, 19.960, 28, Sides300, Channels18, 8732)]
    [InlineData("ssd300-root-resnet34", 21, 24_851_996, 33.306, 62, Sides300, Channels34, 8732)]
    [InlineData("ssd300-root-resnet34@caffe", 21, 24_553_262, 33.321, 42, "38 19 10 5 5 5", Channels34, 8892)]
    [InlineData("ssd300-root-resnet34@mmdetection", 21, 24_573_212, 33.308, 61, "38 19 10 5 3 3", Channels34, 8764)]
    [InlineData("ssd300-root-resnet34@mmdetection", 81, 28_171_052, 34.762, 61, "38 19 10 5 3 3", Channels34, 8764)]
    [InlineData("ssd512-root-resnet34", 21, 25_173_064, 95.811, 66, Sides512, Channels34 + " 128", 24_564)]
    [InlineData("ssd512-root-resnet34", 81, 29_186_344, 99.916, 66, Sides512, Channels34 + " 128", 24_564)]
    [InlineData("ssd321-resnet101", 21, 116_526_320, 35.925, 144, "40 20 10 5 3 1", Channels101, 17_080)]
    [InlineData("ssd513-resnet101", 21, 120_303_544, 87.851, 152, Sides512, Channels101 + " 1024", 43_688)]
    [InlineData("ssd513-resnet101", 81, 173_145_304, 139.691, 152, Sides512, Channels101 + " 1024", 43_688)]
    [InlineData("dssd321-resnet101", 21, 172_380_912, 53.879, 159, "40 20 10 5 3 1", "512 512 512 512 512 1024", 17_080)]
    [InlineData("dssd513-resnet101", 21, 231_633_336, 175.758, 184, Sides512, "512 512 512 512 512 512 1024", 43_688)]
    public void A_preset_without_a_row_in_the_tables_has_the_size_of_its_layers_counted_one_by_one(
        string name, int classes, long parameters, double billions, int batchNorms, string sides, string channels, int boxes) =>
        A_preset_has_the_size_that_was_counted_for_it(name, classes, parameters, billions, batchNorms, sides, channels, boxes);

    [Theory]
    [InlineData("ssd300-root-resnet34@mmdetection", 8764, "map 6 is 3x3 in the model and 1x1 in the default boxes")]
    [InlineData("ssd300-root-resnet34@caffe", 8892, "map 5 is 5x5 in the model and 3x3 in the default boxes")]
    public void The_released_strides_of_Root_ResNet_34_give_maps_that_no_8732_default_boxes_fit(string name, int predictions, string where)
    {
        DetectorSpec released = ModelPresets.Find(name)!.Spec;
        var refused = Assert.Throws<ArgumentException>(() => new Detector(released with { Boxes = BoxLayout.Ssd300Voc }, 21));
        Assert.StartsWith($"{predictions} predictions, 8732 default boxes: {where}", refused.Message);
    }

    /// <summary>The table has post-activation blocks with the strides of the Caffe code: 24,555,822 parameters.</summary>
    [Fact]
    public void Post_activation_blocks_with_the_strides_released_for_Caffe_have_the_size_of_the_table()
    {
        DetectorSpec released = ModelPresets.Find("ssd300-root-resnet34@caffe")!.Spec;
        using var detector = new Detector(released with
        {
            Backbone = (ResidualSpec)released.Backbone with { Block = BlockKind.Basic, Extras = [.. new[] { 2, 2, 1, 1 }.Select(stride => ExtraLayer.Residual(128, stride))] },
        }, 21);
        AssertSize(detector, 24_555_822, 33.321, 48, "38 19 10 5 5 5", Channels34, 8892);
    }

    [Fact]
    public void Root_ResNet_34_without_padding_in_its_last_two_blocks_ends_with_maps_of_3_and_1()
    {
        using var detector = new Detector(ModelPresets.Find("ssd300-root-resnet34")!.Spec, 21);
        ModelProfile profile = ModelProfile.Of(detector);
        Assert.Equal([38, 19, 10, 5, 3, 1], detector.MapSides);
        Assert.Equal(8732, profile.DefaultBoxes);
        Assert.Contains(profile.StateDict, entry => entry.Name == "backbone.extras.layers.3.shortcut.convolution.weight" && entry.Shape is [128, 128, 3, 3]);
    }

    [Fact]
    public void The_root_block_costs_more_than_one_7x7_of_the_same_stride()
    {
        long Cost(string name)
        {
            using var detector = new Detector(ModelPresets.Find(name)!.Spec, 21);
            return ModelProfile.Of(detector).MultiplyAdds;
        }

        Assert.True(Cost("ssd300-root-resnet18") > Cost("ssd300-resnet18-c"));
        Assert.True(Cost("ssd300-resnet18-c") > Cost("ssd300-resnet18-b"));
        Assert.True(Cost("ssd300-resnet18-b") > Cost("ssd300-resnet18-a"));
    }

    [Fact]
    public void A_root_block_of_one_7x7_is_stem_c()
    {
        using var root = new Detector(ModelPresets.Find("ssd300-root7x7-resnet18")!.Spec, 21);
        using var seven = new Detector(ModelPresets.Find("ssd300-resnet18-c")!.Spec, 21);
        Assert.Equal(ModelProfile.Of(seven).StateDict.Select(entry => $"{entry.Name} {string.Join('x', entry.Shape)}"), ModelProfile.Of(root).StateDict.Select(entry => $"{entry.Name} {string.Join('x', entry.Shape)}"));
    }

    /// <summary>The rows of derived_model_sizes.csv and the tests below leave out nothing.</summary>
    [Fact]
    public void Every_preset_is_counted()
    {
        IEnumerable<string> counted = from method in typeof(ModelPresetsTests).GetMethods()
                                      from data in method.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
                                      where data.Data[0] is string
                                      select (string)data.Data[0]!;
        Assert.Equal(Published(ModelPresets.All.Select(preset => preset.Name)), Published(counted.Distinct()));

        static IEnumerable<string> Published(IEnumerable<string> names) => names.Where(name => !name.StartsWith("small-", StringComparison.Ordinal)).Order();
    }

    [Fact]
    public void The_pool_stem_is_given_the_maps_and_channels_of_the_other_stems()
    {
        using var pool = new Detector(ModelPresets.Find("ssd300-resnet18-a")!.Spec, 21);
        using var root = new Detector(ModelPresets.Find("ssd300-root-resnet18")!.Spec, 21);

        Assert.Equal(root.MapSides, pool.MapSides);
        Assert.Equal(root.Backbone.Channels, pool.Backbone.Channels);
        Assert.Equal(root.DefaultBoxes.Cxcywh, pool.DefaultBoxes.Cxcywh);
    }

    [Fact]
    public void Small_presets_have_four_maps_from_stride_8_whatever_the_stem()
    {
        foreach (int size in (int[])[96, 128, 160, 320])
        {
            IEnumerable<DetectorSpec> specs = Enum.GetValues<StemKind>().Select(stem => ModelPresets.SmallResidual(size, stem, width: 4))
                .Concat(Enum.GetValues<MobileStemKind>().Select(stem => ModelPresets.SmallMobile(size, stem, width: 8)))
                .Append(ModelPresets.SmallVgg(size, width: 4)).Append(ModelPresets.SmallDense(size, growth: 4));
            foreach (DetectorSpec spec in specs)
            {
                using var detector = new Detector(spec, 5);
                int first = size / 8;
                Assert.Equal([first, (first + 1) / 2, (first + 3) / 4, (first + 7) / 8], detector.MapSides);
                Assert.Equal(4 * detector.MapSides.Sum(side => side * side), detector.DefaultBoxes.Count);
                Assert.Equal(4, ModelProfile.Of(detector).FeatureMaps.Count);
            }
        }
    }

    /// <summary>Without norm and with biases, as published: 1.13 M parameters and 571 M multiply-adds; 14.8 M values in DSOD300's file of 59.2 MB.</summary>
    [Fact]
    public void Tiny_SSD_and_DSOD_have_the_published_sizes()
    {
        using var tiny = new Detector(ModelPresets.Find("tiny-ssd300")!.Spec with { Norm = NormPlacement.Nowhere }, 21);
        Assert.Equal(1_133_001, ModelProfile.Of(tiny).Parameters);

        using var dsod = new Detector(ModelPresets.Find("dsod300")!.Spec, 21);
        using var smallest = new Detector(ModelPresets.Find("dsod300-smallest")!.Spec, 21);
        Assert.Equal(59.2, Math.Round(4e-6 * dsod.state_dict().Values.Sum(tensor => tensor.numel()), 1));
        Assert.Equal(23.5, Math.Round(4e-6 * smallest.state_dict().Values.Sum(tensor => tensor.numel()), 1));
    }

    /// <summary>What the study of mobile nets compares: the same maps and default boxes at about equal cost.</summary>
    [Theory]
    [InlineData(MobileStemKind.StrideTwo, true, null, 0.255)]
    [InlineData(MobileStemKind.StrideTwo, false, null, 0.239)]
    [InlineData(MobileStemKind.Root, true, 3, 0.259)]
    [InlineData(MobileStemKind.Root, true, null, 0.370)]
    public void Small_mobile_detectors_can_be_had_at_equal_cost(MobileStemKind stem, bool depthwise, int? expansion, double billions)
    {
        using var detector = new Detector(ModelPresets.SmallMobile(320, stem, depthwise: depthwise, expansion: expansion), 7);
        Assert.Equal([40, 20, 10, 5], detector.MapSides);
        Assert.Equal(8500, detector.DefaultBoxes.Count);
        Assert.Equal(billions, Math.Round(ModelProfile.Of(detector).MultiplyAdds / 1e9, 3));
    }

    [Fact]
    public void The_small_detector_for_320_pixels_has_boxes_of_16_to_140_pixels()
    {
        using var detector = new Detector(ModelPresets.Find("small-residual-320")!.Spec, 7);
        Assert.Equal([16, 26, 44, 80, 140], ModelPresets.Find("small-residual-320")!.Spec.Boxes.Sizes);
        Assert.Equal(16, detector.DefaultBoxes[0].Width, 1e-4f);
    }

    [Fact]
    public void Names_are_unique_and_lead_to_their_presets()
    {
        Assert.Equal(ModelPresets.All.Count, ModelPresets.All.Select(preset => preset.Name).Distinct().Count());
        Assert.All(ModelPresets.All, preset => Assert.Same(preset, ModelPresets.Find(preset.Name)));
        Assert.Null(ModelPresets.Find("ssd300"));
    }

    private static void AssertSize(Detector detector, long parameters, double billions, int batchNorms, string sides, string channels, int boxes)
    {
        ModelProfile profile = ModelProfile.Of(detector);
        Assert.Equal(parameters, profile.Parameters);
        Assert.Equal(billions, Math.Round(profile.MultiplyAdds / 1e9, 3));
        Assert.Equal(batchNorms, detector.modules().Count(module => module is BatchNorm2d));
        Assert.Equal(sides, string.Join(' ', profile.FeatureMaps.Select(map => map.Height)));
        Assert.Equal(sides, string.Join(' ', profile.FeatureMaps.Select(map => map.Width)));
        Assert.Equal(sides, string.Join(' ', detector.MapSides));
        Assert.Equal(channels, string.Join(' ', profile.FeatureMaps.Select(map => map.Channels)));
        Assert.Equal(boxes, profile.DefaultBoxes);
    }
}
