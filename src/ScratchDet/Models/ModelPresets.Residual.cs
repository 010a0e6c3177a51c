using ScratchDet.Models.Backbones;

namespace ScratchDet.Models;

/// <content>ScratchDet's residual detectors (arXiv 1810.08425, section 4; its released Caffe and mmdetection code).</content>
public static partial class ModelPresets
{
    /// <summary>38, 19, 10 and 5 cells, then two maps that the released nets keep at 5, or at 3.</summary>
    private static BoxLayout ReleasedMaps(BoxLayout boxes, int fifth, int sixth) => boxes with { MapSides = [38, 19, 10, 5, fifth, sixth] };

    private static IReadOnlyList<ExtraLayer> TwoResidualHalvings => [ExtraLayer.Residual(128, 2), ExtraLayer.Residual(128, 2)];

    private static IEnumerable<ModelPreset> Residual() =>
    [
        new("ssd300-resnet18-a", "ScratchDet (a): 7x7 stride 2 and a pool; maps projected to the others' channels", Normalised(ResNet18(StemKind.SevenBySevenStrideTwoPool), NormPlacement.Everywhere)),
        new("ssd300-resnet18-b", "ScratchDet (b): 7x7 stride 2, no pool", Normalised(ResNet18(StemKind.SevenBySevenStrideTwo), NormPlacement.Everywhere)),
        new("ssd300-resnet18-c", "ScratchDet (c): 7x7 stride 1 and a pool", Normalised(ResNet18(StemKind.SevenBySevenStrideOnePool), NormPlacement.Everywhere)),
        new("ssd300-root-resnet18", "ScratchDet (d): root block of three 3x3 and a pool", Normalised(ResNet18(StemKind.Root), NormPlacement.Everywhere)),
        new("ssd300-root-resnet18@caffe", "released for Caffe: pre-activation blocks, maps from their second convolutions, no norm in the head",
            Normalised(ResNet18(StemKind.Root) with { Block = BlockKind.PreActivation }, NormPlacement.BackboneOnly)),
        new("ssd300-root1-resnet18", "ScratchDet: root block of one 3x3", Normalised(ResNet18(StemKind.Root) with { RootConvolutions = 1 }, NormPlacement.Everywhere)),
        new("ssd300-root2-resnet18", "ScratchDet: root block of two 3x3", Normalised(ResNet18(StemKind.Root) with { RootConvolutions = 2 }, NormPlacement.Everywhere)),
        new("ssd300-root5x5-resnet18", "ScratchDet: root block of one 5x5", Normalised(ResNet18(StemKind.Root) with { RootConvolutions = 1, RootKernel = 5 }, NormPlacement.Everywhere)),
        new("ssd300-root7x7-resnet18", "ScratchDet: root block of one 7x7, which is (c)", Normalised(ResNet18(StemKind.Root) with { RootConvolutions = 1, RootKernel = 7 }, NormPlacement.Everywhere)),
        new("ssd300-root-resnet34", "ScratchDet, residual extra layers; the last two without padding, so that the maps end with 3 and 1: our fix",
            Normalised(RootResNet34([.. TwoResidualHalvings, ExtraLayer.Residual(128, 1, padding: 0), ExtraLayer.Residual(128, 1, padding: 0)]), NormPlacement.Everywhere)),
        new("ssd300-root-resnet34@caffe", "released for Caffe: pre-activation blocks, maps 38 19 10 5 5 5, no norm in the head; most boxes of the last two maps lie off the image", ReleasedForCaffe),
        new("ssd300-root-resnet34@mmdetection", "released for mmdetection: maps 38 19 10 5 3 3, COCO boxes; most boxes of the last map lie off the image",
            Normalised(RootResNet34([.. TwoResidualHalvings, ExtraLayer.Residual(128, 2), ExtraLayer.Residual(128, 1)]), NormPlacement.Everywhere) with
            {
                Boxes = ReleasedMaps(BoxLayout.Ssd300Coco, 3, 3),
                Init = InitKind.Msra,
                HeadInit = InitKind.Xavier,
            }),
        new("ssd512-root-resnet34", "ScratchDet for 512 px, as released for mmdetection; VOC boxes",
            Normalised(RootResNet34([.. TwoResidualHalvings, .. TwoResidualHalvings, new(128, 128, 1, 1, 4) { BottleneckKernel = 3 }]), NormPlacement.Everywhere) with
            {
                ImageSize = 512,
                Boxes = BoxLayout.Ssd512Voc,
                Init = InitKind.Xavier,
                HeadInit = InitKind.Xavier,
            }),
    ];

    private static DetectorSpec ReleasedForCaffe => Normalised(
        RootResNet34([ExtraLayer.PreActivation(128, 2), ExtraLayer.PreActivation(128, 2), ExtraLayer.PreActivation(128, 1), ExtraLayer.PreActivation(128, 1)]) with
        {
            Block = BlockKind.PreActivation,
            NormBeforeFirstBlock = false,
        }, NormPlacement.BackboneOnly) with
    {
        Boxes = ReleasedMaps(BoxLayout.Ssd300Voc, 5, 5),
    };

    /// <summary>
    /// With the maps 38, 19, 10, 5, 3, 1 and the same channels in each, whatever the stem. (a) reaches 38 cells at its second stage,
    /// with fewer channels than the others have there. How the paper gives all four equal channels is not known; a 1x1 projection
    /// of the first two maps of (a) is our choice.
    /// </summary>
    private static ResidualSpec ResNet18(StemKind stem) => new() { Stem = stem, MapChannels = [256, 512], StageMaps = 2 };

    private static ResidualSpec RootResNet34(IReadOnlyList<ExtraLayer> extras) => new() { BlocksPerStage = ResidualSpec.Depth(34), Extras = extras };
}
