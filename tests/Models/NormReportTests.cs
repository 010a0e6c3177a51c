using ScratchDet.Models;
using ScratchDet.Models.Backbones;

namespace ScratchDet.Tests.Models;

public class NormReportTests
{
    private static readonly DetectorSpec Small = ModelPresets.SmallResidual(96, StemKind.SevenBySevenStrideTwoPool, width: 8);

    [Fact]
    public void Each_part_says_its_norm_and_the_images_behind_it()
    {
        // Stem, four stages of two blocks of two convolutions, three shortcuts: 20. One extra layer of two. Four maps, two heads.
        Assert.Equal(
            [
                new NormUse("backbone", "Batch", 20, "a channel over 2 images; in testing the running average"),
                new NormUse("extra layers", "Batch", 2, "a channel over 2 images; in testing the running average"),
                new NormUse("head", "none", 8, "-"),
            ],
            Of(NormPlacement.BackboneOnly, 2));
    }

    [Fact]
    public void Parts_are_told_apart()
    {
        IReadOnlyList<NormUse> uses = Of(new NormPlacement { Backbone = NormKind.Group, Groups = 8, Extras = NormKind.FrozenBatch, Head = NormKind.Switchable }, 1);
        Assert.Equal([("backbone", "Group(8)", 20), ("extra layers", "FrozenBatch", 2), ("head", "Switchable", 8)], uses.Select(use => (use.Part, use.Kind, use.Layers)));
        Assert.Contains("nothing is normalised", uses[1].Statistics);
        Assert.Contains("a channel over 1 image;", uses[2].Statistics);
    }

    [Fact]
    public void One_process_is_said_of_a_synchronised_norm() =>
        Assert.Contains(Of(NormPlacement.Nowhere with { Backbone = NormKind.SynchronizedBatch }, 4), use => use.Kind == "SynchronizedBatch" && use.Statistics.Contains("4 images of each of 1 process"));

    [Fact]
    public void A_frozen_backbone_says_so_and_each_part_its_own_kind()
    {
        using var detector = new Detector(Small with { Norm = NormPlacement.Everywhere with { Head = NormKind.SynchronizedBatch }, FreezeBackbone = true }, 3);
        IReadOnlyList<NormUse> uses = NormReport.Of(detector, 16);
        Assert.Equal(["Batch", "Batch", "SynchronizedBatch"], uses.Select(use => use.Kind));
        Assert.All(uses.Take(2), use => Assert.Contains("this part is frozen", use.Statistics));
        Assert.Contains("16 images of each of 1 process", uses[2].Statistics);
    }

    [Fact]
    public void A_convolution_without_a_norm_beside_it_is_bare()
    {
        // Pre-activation: in each of eight blocks the second convolution, and three shortcuts, have no norm of their own.
        using var detector = new Detector(Small with { Backbone = ((ResidualSpec)Small.Backbone) with { Block = BlockKind.PreActivation } }, 3);
        Assert.Contains(NormReport.Of(detector, 4), use => (use.Part, use.Kind, use.Layers) == ("backbone", "none", 11));
    }

    [Fact]
    public void A_dense_net_with_norm_everywhere_has_no_bare_convolution_but_dsod_s_poolings()
    {
        using var detector = new Detector(ModelPresets.SmallDense(96), 3);
        Assert.DoesNotContain(NormReport.Of(detector, 4), use => use.Kind == "none");
    }

    [Fact]
    public void The_scale_of_ssd_s_first_map_is_listed()
    {
        using var detector = new Detector(ModelPresets.Find("ssd300-vgg16")!.Spec, 21);
        IReadOnlyList<NormUse> uses = NormReport.Of(detector, 32);
        Assert.Equal([("backbone", "L2", 1), ("backbone", "none", 15), ("extra layers", "none", 8), ("head", "none", 12)], uses.Select(use => (use.Part, use.Kind, use.Layers)));
    }

    private static IReadOnlyList<NormUse> Of(NormPlacement norm, int images)
    {
        using var detector = new Detector(Small with { Norm = norm }, 3);
        return NormReport.Of(detector, images);
    }
}
