using ScratchDet.Models;
using ScratchDet.Tests.Golden;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models;

public class TorchvisionNamesTests
{
    [Fact]
    public void Keys_are_those_of_torchvisions_state_dict_in_its_order()
    {
        var golden = Ssd300TorchvisionGolden.ReadJson(Ssd300TorchvisionGolden.CommittedSummary).GetProperty("gradient_norms");
        Assert.Equal(golden.EnumerateObject().Select(entry => entry.Name), TorchvisionNames.Keys);
    }

    [Fact]
    public void Both_directions_undo_each_other()
    {
        Assert.All(TorchvisionNames.Keys, key => Assert.Equal(key, TorchvisionNames.FromOurs(TorchvisionNames.ToOurs(key)!)));
        Assert.Null(TorchvisionNames.ToOurs("backbone.features.1.weight")); // a ReLU
        Assert.Null(TorchvisionNames.FromOurs("backbone.layers.2.convolution.weight")); // a pool
    }

    [Fact]
    public void Every_key_leads_to_the_layer_of_its_shape()
    {
        using var detector = new Detector(ModelPresets.Find("ssd300-vgg16")!.Spec, 21);
        IReadOnlyDictionary<string, Tensor> state = TorchvisionNames.StateOf(detector);

        Assert.Equal(detector.state_dict().Count, state.Count);
        Assert.Equal([512], state["backbone.scale_weight"].shape);
        Assert.Equal([64, 3, 3, 3], state["backbone.features.0.weight"].shape);
        Assert.Equal([256, 128, 3, 3], state["backbone.features.10.weight"].shape);
        Assert.Equal([512, 512, 3, 3], state["backbone.extra.0.5.weight"].shape);
        Assert.Equal([1024, 512, 3, 3], state["backbone.extra.0.7.1.weight"].shape);
        Assert.Equal([1024, 1024, 1, 1], state["backbone.extra.0.7.3.weight"].shape);
        Assert.Equal([256, 1024, 1, 1], state["backbone.extra.1.0.weight"].shape);
        Assert.Equal([256, 128, 3, 3], state["backbone.extra.4.2.weight"].shape);
        Assert.Equal([6 * 21, 1024, 3, 3], state["head.classification_head.module_list.1.weight"].shape);
        Assert.Equal([4 * 4], state["head.regression_head.module_list.5.bias"].shape);
    }

    [Fact]
    public void A_detector_with_batch_norm_has_no_names_in_torchvision()
    {
        using var detector = new Detector(ModelPresets.Find("ssd300-vgg16-bn-head")!.Spec, 3);
        Assert.Throws<ArgumentException>(() => TorchvisionNames.StateOf(detector));
    }
}
