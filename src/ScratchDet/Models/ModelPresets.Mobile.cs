using ScratchDet.Models.Backbones;

namespace ScratchDet.Models;

/// <summary>Detectors for small machines.</summary>
public static partial class ModelPresets
{
    private static IEnumerable<ModelPreset> Mobile =>
    [
        new("ssdlite320-mobilenetv2", "SSDLite on MobileNetV2 (arXiv 1801.04381, section 6.2)", Ssdlite320(new MobileNetSpec())),
        new("ssdlite320-root-mobilenetv2", "the same with ScratchDet's root block as its stem", Ssdlite320(new MobileNetSpec { Stem = MobileStemKind.Root })),
        new("tiny-ssd300", "Tiny SSD with batch norm (arXiv 1802.06488)", Normalised(new FireSpec(), NormPlacement.Everywhere) with { Boxes = BoxLayout.TinySsd300 }),
    ];

    /// <summary>
    /// A small mobile detector with four maps from stride 8 and four boxes a cell, whatever the stem: batch norm everywhere,
    /// depthwise separable extra layers and head.
    /// </summary>
    /// <param name="imageSize">Side in pixels; box sizes grow with it.</param>
    /// <param name="width">Channels of the stem; a multiple of 8.</param>
    /// <param name="depthwise">Off: full convolutions in blocks, stem, extra layers and head.</param>
    public static DetectorSpec SmallMobile(int imageSize, MobileStemKind stem = MobileStemKind.StrideTwo, int width = 16, bool depthwise = true) => Small(imageSize, new MobileNetSpec
    {
        Stem = stem,
        StemChannels = width,
        Depthwise = depthwise,
    });

    private static DetectorSpec Ssdlite320(MobileNetSpec backbone) => new()
    {
        ImageSize = 320,
        Backbone = backbone,
        Norm = NormPlacement.Everywhere,
        Boxes = BoxLayout.Ssdlite320,
        Init = InitKind.Msra,
        HeadInit = InitKind.Gaussian001,
    };
}
