using ScratchDet.Models;
using ScratchDet.Notebook;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Notebook.Views;

public class ModelSummaryTests
{
    [Theory]
    [InlineData("ssd300-vgg16")]
    [InlineData("ssd300-resnet18-a")]
    [InlineData("small-residual-96")]
    [InlineData("small-vgg-128")]
    [InlineData("ssd300-root-resnet34@caffe")]
    [InlineData("dssd321-resnet101")]
    public void The_layers_add_up_to_the_profile(string preset)
    {
        using var detector = new Detector(ModelPresets.Find(preset)!.Spec, 21);
        ModelSummary summary = ModelSummary.Of(detector);
        ModelProfile profile = ModelProfile.Of(detector);
        Assert.Equal(profile.Parameters, summary.Layers.Sum(layer => layer.Parameters));
        Assert.Equal(profile.MultiplyAdds, summary.Layers.Sum(layer => layer.MultiplyAdds));
        Assert.Equal(profile.DefaultBoxes, summary.Profile.DefaultBoxes);
        Assert.True(detector.training);
    }

    [Fact]
    public void Layers_run_in_order_with_their_shapes()
    {
        ModelSummary summary = ModelSummary.Of(ModelPresets.SmallResidual(96), 7);
        LayerSummary first = summary.Layers[0];
        Assert.Equal(("backbone.stem.0", "conv 3x3", "Batch"), (first.Name, first.Kind, first.Norm));
        Assert.Equal([3, 96, 96], first.InputShape);
        Assert.Equal([16, 96, 96], first.OutputShape);
        // 16 filters of 3 x 3 x 3, and a scale and a shift for each.
        Assert.Equal((16 * 27) + 32, first.Parameters);
        Assert.Equal(96 * 96 * 16 * 27, first.MultiplyAdds);
        Assert.StartsWith("head.", summary.Layers[^1].Name);
    }

    [Fact]
    public void A_layer_and_its_part_name_the_same_norm()
    {
        ModelSummary summary = ModelSummary.Of(ModelPresets.SmallResidual(96) with { Norm = new NormPlacement { Backbone = NormKind.FrozenBatch, Head = NormKind.Switchable } });
        Assert.Equal(("FrozenBatch", "Switchable"), (summary.Layers[0].Norm, summary.Layers[^1].Norm));
        Assert.Equal([("backbone", "FrozenBatch"), ("head", "Switchable")], summary.NormTable().Rows.Where(row => row[0] != "extra layers").Select(row => (row[0], row[1])));
        Assert.Contains("all images of a batch", summary.NormTable().Rows[^1][3]);
    }

    [Fact]
    public void The_page_has_the_costs_the_maps_and_every_layer()
    {
        ModelSummary summary = ModelSummary.Of(ModelPresets.Find("ssd300-vgg16")!.Spec);
        Assert.Equal(["backbone", "L2", "1"], summary.NormTable().Rows[0].Take(3));
        MimeBundle bundle = summary.ToMimeBundle();
        Assert.Contains("26,285,486 parameters", bundle.Text);
        Assert.Contains("8,732 default boxes", bundle.Text);
        Assert.Contains("conv 3x3, dilation 6", bundle.Text);
        string html = bundle.Find(MimeBundle.Html)!.GetValue<string>();
        Assert.Contains("<summary>41 layers</summary>", html);
        Assert.InRange(html.Length, 1000, 40_000);
    }

    [Fact]
    public void A_model_in_use_is_left_as_it_was()
    {
        using Detector detector = ModelPresets.SmallResidual(96).Build(7, new Generator(1));
        detector.eval();
        using Tensor before = detector.parameters().First().clone();
        ModelSummary.Of(detector);
        Assert.False(detector.training);
        using Tensor same = detector.parameters().First().eq(before).all();
        Assert.True(same.item<bool>());
    }
}
