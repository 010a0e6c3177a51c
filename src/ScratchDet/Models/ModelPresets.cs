using ScratchDet.Boxes;
using ScratchDet.Models.Backbones;

namespace ScratchDet.Models;

/// <summary>How a detector's outputs meet objects: matching for the loss, coding of boxes, from outputs to detections.</summary>
public sealed record ModelConventions(IBoxMatcher Matcher, BoxCoder Coder, DetectionDecoder Decoder)
{
    /// <summary>Caffe's SSD: bipartite, then per-prediction matching; no bound on decoded sizes, no clipping.</summary>
    public static ModelConventions Reference { get; } = new(new ReferenceMatcher(), BoxCoder.Reference, DetectionDecoder.Reference);

    /// <summary>torchvision 0.14: per-prediction, then forced matching; sizes bounded, boxes clipped before suppression.</summary>
    public static ModelConventions Torchvision { get; } = new(new TorchvisionMatcher(), BoxCoder.Torchvision, DetectionDecoder.Torchvision);
}

/// <summary>Whose names the tensors of a weight file have.</summary>
public enum WeightNames
{
    /// <summary>The dotted paths of our modules.</summary>
    Ours,

    /// <summary>The state_dict keys of torchvision's ssd300_vgg16.</summary>
    Torchvision,
}

/// <summary>A detector with a name, and the conventions that belong to it.</summary>
/// <param name="Source">Where it comes from.</param>
public sealed record ModelPreset(string Name, string Source, DetectorSpec Spec)
{
    public ModelConventions Conventions { get; init; } = ModelConventions.Reference;

    public WeightNames Names { get; init; } = WeightNames.Ours;
}

/// <summary>
/// The detectors that can be called by name. Start weights are those of the source: Caffe's Xavier for SSD and
/// ScratchDet, a Gaussian of 0.01 for prediction convolutions under batch norm (Caffe SSD's model_libs); He's and Glorot's
/// for what was released for mmdetection.
/// </summary>
public static partial class ModelPresets
{
    private static readonly DetectorSpec Reference = new() { Init = InitKind.CaffeXavier, HeadInit = InitKind.CaffeXavier };

    private static readonly VggSpec VggWithoutL2Norm = new() { L2Norm = false };

    /// <summary>Every preset, in the order in which they are listed.</summary>
    public static IReadOnlyList<ModelPreset> All { get; } =
    [
        new("ssd300-vgg16", "SSD, VOC boxes (arXiv 1512.02325)", Reference),
        new("ssd300-vgg16@torchvision", "torchvision 0.14's ssd300_vgg16: its boxes, matching, decoding and weight names",
            new DetectorSpec { Boxes = BoxLayout.Ssd300Torchvision })
        {
            Conventions = ModelConventions.Torchvision,
            Names = WeightNames.Torchvision,
        },
        new("ssd512-vgg16", "SSD, VOC boxes (arXiv 1512.02325)", Reference with
        {
            ImageSize = 512,
            Backbone = new VggSpec { Extras = ExtraLayer.Ssd512 },
            Boxes = BoxLayout.Ssd512Voc,
        }),
        new("ssd300-vgg16-bn", "ScratchDet: batch norm everywhere, no L2Norm (arXiv 1810.08425)", Normalised(VggWithoutL2Norm, NormPlacement.Everywhere)),
        new("ssd300-vgg16-bn-backbone", "ScratchDet: batch norm in the backbone", Normalised(VggWithoutL2Norm, NormPlacement.BackboneOnly)),
        new("ssd300-vgg16-bn-head", "ScratchDet: batch norm on the predictions", Normalised(VggWithoutL2Norm, NormPlacement.HeadOnly)),
        .. Residual(),
        .. Deconvolutional(),
        .. Dsod(),
        .. Mobile(),
        .. from size in SmallSizes select new ModelPreset($"small-residual-{size}", $"a small residual detector for {size} px", SmallResidual(size)),
        .. from size in SmallSizes select new ModelPreset($"small-vgg-{size}", $"a small VGG detector for {size} px", SmallVgg(size)),
        .. from size in SmallSizes select new ModelPreset($"small-mobile-{size}", $"a small mobile detector for {size} px", SmallMobile(size)),
        .. from size in SmallSizes select new ModelPreset($"small-dense-{size}", $"a small dense detector for {size} px", SmallDense(size)),
    ];

    private static IReadOnlyList<int> SmallSizes => [96, 128, 160, 320];

    /// <summary>The preset of a name, or null.</summary>
    public static ModelPreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    /// <summary>
    /// A small residual detector with four maps from stride 8 and four boxes a cell, whatever the stem: batch norm
    /// everywhere. The root stem is for images up to 160 px; at 320 px it costs twice a 7x7 of stride 2.
    /// </summary>
    /// <param name="imageSize">Side in pixels; box sizes grow with it.</param>
    /// <param name="width">Channels of the first stage.</param>
    public static DetectorSpec SmallResidual(int imageSize, StemKind? stem = null, int width = 16)
    {
        StemKind chosen = stem ?? (imageSize > 160 ? StemKind.SevenBySevenStrideTwo : StemKind.Root);
        ExtraLayer smaller = new(64, 128, 2, 1), smallest = new(32, 64, 2, 1);
        return Small(imageSize, new ResidualSpec
        {
            Stem = chosen,
            Width = width,
            Extras = chosen == StemKind.SevenBySevenStrideTwoPool ? [smaller] : [smaller, smallest], // its stages give three maps, not two
        });
    }

    /// <summary>A narrow VGG-16 detector with four maps from stride 8 and four boxes a cell: batch norm everywhere.</summary>
    /// <param name="imageSize">Side in pixels; box sizes grow with it.</param>
    /// <param name="width">Channels of the first stage.</param>
    public static DetectorSpec SmallVgg(int imageSize, int width = 16) => Small(imageSize, new VggSpec
    {
        Width = width,
        FullyConnectedChannels = 16 * width,
        L2Norm = false,
        Extras = [new(64, 128, 2, 1), new(32, 64, 2, 1)],
    });

    private static DetectorSpec Small(int imageSize, BackboneSpec backbone)
    {
        // 10 to 72 px at 96 for a few objects of 8 to 60 px; 16 to 140 px at 320 for small ones in larger images.
        double[] shares = imageSize < 160 ? [0.1, 0.18, 0.32, 0.5, 0.75] : [0.05, 0.08125, 0.1375, 0.25, 0.4375];
        return new DetectorSpec
        {
            ImageSize = imageSize,
            Backbone = backbone,
            Norm = NormPlacement.Everywhere,
            Boxes = BoxLayout.Of([.. shares.Select(share => share * imageSize)]),
        };
    }

    private static DetectorSpec Normalised(BackboneSpec backbone, NormPlacement placement) => Reference with
    {
        Backbone = backbone,
        Norm = placement,
        HeadInit = placement.Head == NormKind.None ? InitKind.CaffeXavier : InitKind.Gaussian001,
    };
}
