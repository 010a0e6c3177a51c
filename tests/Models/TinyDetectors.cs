using ScratchDet.Models;
using ScratchDet.Models.Backbones;

namespace ScratchDet.Tests.Models;

/// <summary>Detectors of a few channels: every way through the mobile, dense and Fire backbones and the lite head.</summary>
internal static class TinyDetectors
{
    private static readonly DetectorSpec Start = new() { ImageSize = 64, Norm = NormPlacement.Everywhere };

    private static readonly MobileNetSpec Mobile = new()
    {
        StemChannels = 8,
        Stages = [new(1, 8, 1, 1), new(3, 8, 2, 2), new(2, 16, 2, 2)],
        LastChannels = 24,
        FirstMapStride = 4,
        Extras = [ExtraLayer.DepthwiseSeparable(12, 2)],
    };

    private static readonly DenseSpec Dense = new()
    {
        StemChannels = 4,
        Growth = 2,
        BottleneckChannels = 6,
        LayersPerBlock = [2, 1, 2, 1],
        LastChannels = 8,
        JoinedChannels = 6,
        Extras = [ExtraLayer.Dense(12)],
    };

    private static readonly FireSpec Fire = new()
    {
        StemChannels = 6,
        Modules = [new(2, 4, 4, PoolFirst: true), new(2, 4, 6), new(4, 5, 7, PoolFirst: true), new(3, 6, 8, PoolFirst: true)],
        FirstMapStride = 8,
        Extras = [new(4, 6, 2, 1)],
    };

    private static readonly NormPlacement Group = new() { Backbone = NormKind.Group, Head = NormKind.Group, Groups = 2 };

    public static IReadOnlyDictionary<string, DetectorSpec> All { get; } = new Dictionary<string, DetectorSpec>
    {
        ["mobile, lite head"] = Start with { Backbone = Mobile, Head = HeadSpec.Lite, Boxes = BoxLayout.Of(8, 16, 32, 48) },
        ["mobile, every map of the stages, none of them widened, no last layer"] = Start with
        {
            Backbone = Mobile with { Stages = [new(1, 8, 1, 2), new(1, 16, 1, 2), new(1, 8, 2, 1)], FirstMapStride = 2, LastChannels = 0 },
            Boxes = BoxLayout.Of(8, 16, 32, 48, 64),
        },
        ["mobile, wider, root stem, no norm"] = Start with
        {
            Backbone = Mobile with { WidthMultiplier = 1.9, Stem = MobileStemKind.Root },
            Norm = NormPlacement.Nowhere,
            Head = HeadSpec.Lite,
            Boxes = BoxLayout.Of(8, 16, 32, 48),
        },
        ["mobile, residual and plain extra layers"] = Start with
        {
            Backbone = Mobile with { Extras = [ExtraLayer.Residual(12, 2), new(6, 12, 2, 1)] },
            Boxes = BoxLayout.Of(8, 16, 32, 48, 56),
        },
        ["dense, residual and plain extra layers"] = Start with
        {
            Backbone = Dense with { Extras = [ExtraLayer.Residual(12, 2), new(6, 12, 2, 1)] },
            Boxes = BoxLayout.Of(8, 16, 32, 48, 56),
        },
        ["dense, plain extra layer, no norm"] = Start with
        {
            Backbone = Dense with { Extras = [new(6, 12, 2, 1)] },
            Norm = NormPlacement.Nowhere,
            Boxes = BoxLayout.Of(8, 16, 32, 48),
        },
        ["Fire, residual extra layers"] = Start with
        {
            Backbone = Fire with { Extras = [ExtraLayer.Residual(12, 2)] },
            Boxes = BoxLayout.Of(8, 16, 32, 48),
        },
        ["mobile, full convolutions, root stem, group norm"] = Start with
        {
            Backbone = Mobile with { Depthwise = false, Stem = MobileStemKind.Root, RootConvolutions = 2 },
            Norm = Group,
            Head = HeadSpec.Lite,
            Boxes = BoxLayout.Of(8, 16, 32, 48),
        },
        ["dense"] = Start with { Backbone = Dense, Boxes = BoxLayout.Of(8, 16, 32, 48) },
        ["dense, plain prediction, 7x7, compression, no norm, no L2Norm"] = Start with
        {
            Backbone = Dense with
            {
                Stem = DenseStemKind.SevenBySeven,
                LayersPerBlock = [1, 2, 3],
                Compression = 0.5,
                JoinedChannels = 0,
                Extras = [ExtraLayer.NormFirst(5, 7), ExtraLayer.Dense(6)],
                L2Norm = false,
            },
            Norm = NormPlacement.Nowhere,
            Boxes = BoxLayout.Of(8, 16, 32, 48, 64),
        },
        ["dense, group norm, standardised weights"] = Start with
        {
            Backbone = Dense with { LayersPerBlock = [1, 2, 3], Growth = 4 },
            Norm = Group with { StandardizeWeights = true },
            Boxes = BoxLayout.Of(8, 16, 32, 48),
        },
        ["Fire"] = Start with { Backbone = Fire, Boxes = BoxLayout.Of(8, 16, 32, 48) },
        ["Fire, no norm, coarser maps"] = Start with { Backbone = Fire with { FirstMapStride = 16 }, Norm = NormPlacement.Nowhere, Boxes = BoxLayout.Of(8, 16, 32) },
        ["VGG, lite head on a 5x5"] = Start with
        {
            Backbone = new VggSpec { Width = 4, FullyConnectedChannels = 16, ConvolutionsPerStage = [1, 1, 1, 1, 1], Extras = [ExtraLayer.DepthwiseSeparable(8, 2)] },
            Head = HeadSpec.Lite with { Kernels = [5, 3, 1] },
            Boxes = BoxLayout.Of(8, 16, 24, 32),
        },
    };
}
