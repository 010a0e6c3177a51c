using ScratchDet.Boxes;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Models.Necks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models;

public class HeadSpecTests
{
    private static readonly DetectorSpec Small = ModelPresets.SmallResidual(64, width: 4);

    [Theory]
    [InlineData("2 prediction kernels for 4 detection maps", new[] { 3, 5 }, new int[0])]
    [InlineData("3 residual units for 4 detection maps", new[] { 3 }, new[] { 8, 8, 8 })]
    [InlineData("a prediction kernel of 4; it must be odd", new[] { 4 }, new int[0])]
    [InlineData("0 prediction kernels for 4 detection maps", new int[0], new int[0])]
    public void A_head_that_does_not_fit_the_maps_is_refused(string message, int[] kernels, int[] widths)
    {
        DetectorSpec spec = Small with { Head = new HeadSpec { Kernels = kernels, ResidualWidths = widths } };
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new Detector(spec, 3)).Message);
        Assert.Contains(message, Assert.Throws<SpecException>(() => Experiment.Validate([new Experiment { Detector = spec }])).Message);
    }

    [Fact]
    public void A_neck_that_does_not_fit_the_maps_is_refused_before_a_run()
    {
        DetectorSpec spec = Small with { Backbone = ModelPresets.SmallResidual(64, width: 4).Backbone with { Extras = [new(4, 4, 4, 0, 1)] }, Neck = new DeconvolutionSpec { Channels = 4 }, Boxes = BoxLayout.Of(8, 16, 24, 32) };
        Assert.Contains("no deconvolution leads from a detection map of 1 cells to one of 4", Assert.Throws<SpecException>(() => Experiment.Validate([new Experiment { Detector = spec }])).Message);
    }

    [Fact]
    public void Residual_units_and_prediction_kernels_are_those_of_the_maps()
    {
        using var detector = new Detector(Small with { Head = new HeadSpec { Kernels = [5, 5, 3, 3], ResidualWidths = [2, 3, 4, 5] } }, 3);
        Dictionary<string, Tensor> state = detector.state_dict();
        Assert.Equal([4 * 4, 4 * 2, 5, 5], state["head.boxes.maps.0.convolution.weight"].shape);
        Assert.Equal([4 * 3, 4 * 4, 3, 3], state["head.classes.maps.2.convolution.weight"].shape);
        Assert.Equal([2, 16, 1, 1], state["head.units.0.first.convolution.weight"].shape);
        Assert.Equal([3, 3, 3, 3], state["head.units.1.second.convolution.weight"].shape);
        Assert.Equal([16, 4, 1, 1], state["head.units.2.third.convolution.weight"].shape);
        Assert.Contains("head.units.3.shortcut.norm.running_mean", state.Keys);
    }

    /// <summary>The numbers of default_boxes.csv for SSD321 and DSSD321, and the rule centre = start + index * step.</summary>
    [Fact]
    public void Default_boxes_of_DSSD321_start_at_2_5_pixels_and_have_three_ratios()
    {
        DefaultBoxSpec layout = BoxLayout.Dssd321Voc.ForMaps(321, [40, 20, 10, 5, 3, 1]);
        var boxes = new DefaultBoxSet(layout);
        Assert.Equal(17_080, boxes.Count);
        Assert.Equal([12_800, 3200, 800, 200, 72, 8], layout.Maps.Select(map => map.Count));
        (double X, double Width)[] first = [.. Enumerable.Range(0, 9).Select(i => ((boxes[i].XMin + boxes[i].XMax) / 2.0, (double)boxes[i].Width))];
        Assert.All(first[..8], box => Assert.Equal(2.5, box.X, 1e-4));
        Assert.Equal(10.5, first[8].X, 1e-4);
        Assert.Equal([32, 45.2548, 32 * Math.Sqrt(1.6), 32 / Math.Sqrt(1.6), 32 * Math.Sqrt(2), 32 / Math.Sqrt(2), 32 * Math.Sqrt(3), 32 / Math.Sqrt(3)], first[..8].Select(box => box.Width), (expected, actual) => Math.Abs(expected - actual) < 1e-3);
        Assert.Equal(160.5, (boxes[17_079].XMin + boxes[17_079].XMax) / 2.0, 1e-3);
        Assert.Equal(2.5 + 19 * 16, (boxes[12_800 + 3199].XMin + boxes[12_800 + 3199].XMax) / 2.0, 1e-3);
    }

    [Fact]
    public void Default_boxes_of_DSSD513_are_43688()
    {
        DefaultBoxSpec layout = BoxLayout.Dssd513Coco.ForMaps(513, [64, 32, 16, 8, 4, 2, 1]);
        Assert.Equal([32_768, 8192, 2048, 512, 128, 32, 8], layout.Maps.Select(map => map.Count));
        Assert.Equal(43_688, layout.Count);
        Assert.Equal([2.5, 2.5, 10.5, 26.5, 58.5, 122.5, 256.5], layout.Maps.Select(map => map.CenterOffset * map.StepX));
    }

    [Theory]
    [InlineData(5, "5 boxes per cell; 4, 6 or 8 are possible")]
    [InlineData(8, "2 starts for 1 detection maps")]
    public void A_layout_that_cannot_be_is_refused(int boxesPerCell, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => (BoxLayout.Of(8, 16) with { BoxesPerCell = [boxesPerCell], Starts = boxesPerCell == 8 ? [1, 2] : [] }).ForMaps(32, [4])).Message);

    [Fact]
    public void Every_preset_survives_JSON()
    {
        foreach (ModelPreset preset in ModelPresets.All)
        {
            DetectorSpec read = SpecJson.Read<DetectorSpec>(SpecJson.Write(preset.Spec), preset.Name);
            Assert.Empty(SpecDiff.Between(preset.Spec, read));
            Assert.Equal(preset.Spec.Neck is null, read.Neck is null);
        }
    }

    [Fact]
    public void A_frozen_backbone_keeps_weights_and_statistics_while_neck_and_head_learn()
    {
        DetectorSpec spec = Small with { Neck = new DeconvolutionSpec { Channels = 4 }, FreezeBackbone = true };
        using var generator = new Generator(3);
        using Detector detector = spec.Build(3, generator);
        string[] before = Values(detector.Backbone);
        string[] others = [.. Values(detector.Neck!), .. Values(detector.Head)];
        detector.eval();
        detector.train();
        Assert.False(detector.Backbone.training);
        Assert.True(detector.Neck!.training && detector.Head.training && detector.training);
        using (DisposeScope scope = NewDisposeScope())
        {
            RawDetections raw = detector.call(randn(2, 3, 64, 64, generator: generator));
            (raw.BoxRegression.square().sum() + raw.ClassLogits.square().sum()).backward();
            using SGD optimizer = optim.SGD(ScratchDet.Training.ParameterGroups.For(detector, new ScratchDet.Training.TrainSpec()).Select(group => group.Group), 0.1);
            optimizer.step();
        }
        Assert.All(detector.Backbone.parameters(), parameter => Assert.Null(parameter.grad));
        Assert.All(detector.Neck.parameters().Concat(detector.Head.parameters()), parameter => Assert.NotNull(parameter.grad));
        Assert.Equal(before, Values(detector.Backbone));
        Assert.DoesNotContain(others.Zip([.. Values(detector.Neck), .. Values(detector.Head)]), pair => pair.First == pair.Second && !pair.First.Contains("num_batches"));

        static string[] Values(nn.Module module) => [.. module.state_dict().Where(entry => !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Select(entry => $"{entry.Key} {entry.Value.to(ScalarType.Float64).square().sum().item<double>():R}")];
    }
}
