using ScratchDet.Models.Backbones;
using ScratchDet.Models.Necks;

namespace ScratchDet.Models;

/// <content>
/// SSD and DSSD on ResNet-101 (arXiv 1701.06659), with the sizes of the authors' Caffe scripts. Predictions have no norm there.
/// </content>
public static partial class ModelPresets
{
    /// <summary>Caffe's ResNet-101, the last stage dilated; maps from res3b3 and res5c.</summary>
    private static ResidualSpec DilatedResNet101 => ResidualSpec.Torchvision(101) with
    {
        Pool = StemPool.ThreeByThreeRoundedUp,
        StrideOnFirstConvolution = true,
        LastStageDilation = 2,
        MapStages = [2, 4],
    };

    private static DetectorSpec Ssd321 => Normalised(
        DilatedResNet101 with { Extras = [ExtraLayer.Dssd(2, 2), ExtraLayer.Dssd(2, 2), ExtraLayer.Dssd(3, 1), ExtraLayer.Dssd(3, 1)] }, NormPlacement.BackboneOnly) with
    {
        ImageSize = 321,
        Boxes = BoxLayout.Dssd321Voc,
        Head = new HeadSpec { Kernels = [5, 5, 3, 3, 3, 3], ResidualWidths = [256] },
    };

    private static DetectorSpec Ssd513 => Normalised(
        DilatedResNet101 with { Extras = [.. Enumerable.Repeat(ExtraLayer.Dssd(2, 2), 5)] }, NormPlacement.BackboneOnly) with
    {
        ImageSize = 513,
        Boxes = BoxLayout.Dssd513Coco,
        Head = new HeadSpec { Kernels = [5, 5, 3, 3, 3, 3, 3], ResidualWidths = [128, 512, 256, 256, 256, 256, 256] },
    };

    private static IEnumerable<ModelPreset> Deconvolutional() =>
    [
        new("ssd321-resnet101", "SSD of the DSSD paper (arXiv 1701.06659): residual prediction units, VOC boxes", Ssd321),
        new("ssd513-resnet101", "SSD of the DSSD paper for 513 px, COCO boxes", Ssd513),
        new("dssd321-resnet101", "DSSD: deconvolution modules joined by product", Ssd321 with { Neck = new DeconvolutionSpec() }),
        new("dssd513-resnet101", "DSSD for 513 px, COCO boxes; one more 3x3 before each prediction, as in the authors' script", Ssd513 with
        {
            Neck = new DeconvolutionSpec(),
            Head = new HeadSpec { Kernels = Ssd513.Head.Kernels, ResidualWidths = [256], IntermediateChannels = 512 },
        }),
    ];
}
