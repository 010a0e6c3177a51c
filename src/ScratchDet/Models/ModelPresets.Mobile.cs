using ScratchDet.Models.Backbones;

namespace ScratchDet.Models;

/// <summary>Detectors for small machines.</summary>
public static partial class ModelPresets
{
    private static IEnumerable<ModelPreset> Mobile() =>
    [
        new("ssdlite320-mobilenetv2", "SSDLite on MobileNetV2 (arXiv 1801.04381, section 6.2)", Ssdlite320(new MobileNetSpec())),
        new("ssdlite320-root-mobilenetv2", "the same with ScratchDet's root block as its stem", Ssdlite320(new MobileNetSpec { Stem = MobileStemKind.Root })),
        new("tiny-ssd300", "Tiny SSD with batch norm (arXiv 1802.06488)", Normalised(new FireSpec(), NormPlacement.Everywhere) with { Boxes = BoxLayout.TinySsd300 }),
    ];

    /// <summary>
    /// A small mobile detector with four maps from stride 8 and four boxes a cell, whatever the stem: batch norm everywhere,
    /// depthwise separable blocks, extra layers and head. Two changes at about equal multiply-adds (at 320 px; 7 classes):
    /// full convolutions, which have an expansion of 1 (238 M against 255 M), and the root stem at half the expansion
    /// (259 M).
    /// </summary>
    /// <param name="imageSize">Side in pixels; box sizes grow with it.</param>
    /// <param name="width">Channels of the stem; like all others rounded to a multiple of 8.</param>
    /// <param name="depthwise">Off: full convolutions everywhere.</param>
    /// <param name="expansion">By which blocks widen their input; null: 6, or 1 with full convolutions.</param>
    public static DetectorSpec SmallMobile(
        int imageSize, MobileStemKind stem = MobileStemKind.StrideTwo, int width = 16, bool depthwise = true, int? expansion = null)
    {
        int times = expansion ?? (depthwise ? 6 : 1);
        return Small(imageSize, new MobileNetSpec
        {
            Stem = stem,
            StemChannels = width,
            Stages = [new(1, width, 1, 1), new(times, 3 * width / 2, 2, 2), new(times, 2 * width, 2, 2), new(times, 4 * width, 2, 2)],
            LastChannels = 8 * width,
            FirstMapStride = 8,
            Depthwise = depthwise,
            Extras = depthwise
                ? [ExtraLayer.DepthwiseSeparable(8 * width, 2), ExtraLayer.DepthwiseSeparable(4 * width, 2)]
                : [new(4 * width, 8 * width, 2, 1), new(2 * width, 4 * width, 2, 1)],
        }) with
        {
            Head = depthwise ? HeadSpec.Lite : HeadSpec.Ssd,
        };
    }

    private static DetectorSpec Ssdlite320(MobileNetSpec backbone) => new()
    {
        ImageSize = 320,
        Backbone = backbone,
        Head = HeadSpec.Lite,
        Norm = NormPlacement.Everywhere,
        Boxes = BoxLayout.Ssdlite320,
        Init = InitKind.Msra,
        HeadInit = InitKind.Gaussian001,
    };
}
