using ScratchDet.Models;
using ScratchDet.Models.Backbones;

namespace ScratchDet.Tests.Models;

public class ModelProfileTests
{
    /// <summary>Two stages of one block without norm, two maps of 4 and 2 cells, no extra layer: small enough for paper.</summary>
    private static readonly DetectorSpec Tiny = new()
    {
        ImageSize = 32,
        Backbone = new ResidualSpec { Stem = StemKind.SevenBySevenStrideTwoPool, Width = 2, BlocksPerStage = [1, 1, 1], Extras = [] },
        Norm = NormPlacement.Nowhere,
        Boxes = BoxLayout.Of(8, 16, 24),
    };

    [Fact]
    public void Multiply_adds_and_parameters_of_a_tiny_net_equal_those_counted_by_hand()
    {
        using var detector = new Detector(Tiny, 3);
        ModelProfile profile = ModelProfile.Of(detector);

        long stem = 16 * 16 * 2 * (3 * 49);
        long stage1 = 8 * 8 * (2 * 2 * 9 + 2 * 2 * 9);
        long stage2 = 4 * 4 * (4 * 2 * 9 + 4 * 4 * 9 + 4 * 2);
        long stage3 = 2 * 2 * (8 * 4 * 9 + 8 * 8 * 9 + 8 * 4);
        long heads = 4 * 4 * (4 * (4 + 3) * 4 * 9) + 2 * 2 * (4 * (4 + 3) * 8 * 9);
        Assert.Equal(stem + stage1 + stage2 + stage3 + heads, profile.MultiplyAdds);

        long weights = 2 * 3 * 49 + 2 * 36 + (72 + 144 + 8) + (288 + 576 + 32) + 28 * 36 + 28 * 72;
        long biases = 2 + (2 + 2) + (4 + 4 + 4) + (8 + 8 + 8) + 28 + 28;
        Assert.Equal(weights + biases, profile.Parameters);
        Assert.Equal([new FeatureMap(4, 4, 4), new FeatureMap(2, 2, 8)], profile.FeatureMaps);
        Assert.Equal([4, 4], profile.BoxesPerCell);
        Assert.Equal(4 * (16 + 4), profile.DefaultBoxes);
    }

    [Theory]
    [InlineData(NormKind.Batch)]
    [InlineData(NormKind.Group)]
    [InlineData(NormKind.Switchable)]
    public void Profiling_leaves_the_detector_as_it_was(NormKind norm)
    {
        using var detector = new Detector(Tiny with { Norm = new NormPlacement { Backbone = norm, Head = norm, Groups = 2 } }, 3);
        ModelProfile first = ModelProfile.Of(detector);
        ModelProfile second = ModelProfile.Of(detector); // hooks that stayed would count twice

        Assert.Equal(first.MultiplyAdds, second.MultiplyAdds);
        Assert.True(detector.training);
        if (detector.state_dict().TryGetValue("backbone.stem.0.norm.running_mean", out var mean))
            Assert.Equal(0, mean.abs().sum().item<float>());
    }

    [Fact]
    public void Standardised_weights_change_no_count()
    {
        NormPlacement plain = new() { Backbone = NormKind.Batch, Head = NormKind.None };
        using var without = new Detector(Tiny with { Norm = plain }, 3);
        using var with = new Detector(Tiny with { Norm = plain with { StandardizeWeights = true } }, 3);
        Assert.Equal(ModelProfile.Of(without).MultiplyAdds, ModelProfile.Of(with).MultiplyAdds);
    }

    [Fact]
    public void Running_statistics_are_state_but_not_parameters()
    {
        using var detector = new Detector(Tiny with { Norm = NormPlacement.Everywhere }, 3);
        ModelProfile profile = ModelProfile.Of(detector);

        Assert.Contains(profile.StateDict, entry => entry.Name == "backbone.stem.0.norm.running_var" && entry.Shape is [2]);
        Assert.Equal(profile.Parameters, profile.StateDict.Where(entry => !entry.Name.Contains("running_") && !entry.Name.EndsWith("num_batches_tracked"))
            .Sum(entry => entry.Shape.Aggregate(1L, (product, size) => product * size)));
    }
}
