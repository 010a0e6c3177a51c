using ScratchDet.Models.Backbones;

namespace ScratchDet.Models;

/// <summary>
/// DSOD (arXiv 1708.01241) by the authors' released model_libs.py. The widths of its plain prediction are not released: ours
/// give 18.0 M parameters for the 18.2 M of the paper.
/// </summary>
public static partial class ModelPresets
{
    private static IEnumerable<ModelPreset> Dsod() =>
    [
        new("dsod300", "DSOD: dense blocks and dense prediction (arXiv 1708.01241)", Dsod300(new DenseSpec())),
        new("dsod300-plain", "DSOD with plain prediction: maps of the same channels, all of them learned anew", Dsod300(new DenseSpec
        {
            LastChannels = 512,
            JoinedChannels = 0,
            Extras = [ExtraLayer.NormFirst(512, 512), ExtraLayer.NormFirst(256, 256), ExtraLayer.NormFirst(256, 256), ExtraLayer.NormFirst(256, 256)],
        })),
        new("dsod300-smallest", "DSOD, growth 16, bottlenecks of 64 channels", Dsod300(new DenseSpec { Growth = 16, BottleneckChannels = 64 })),
    ];

    /// <summary>
    /// A small dense detector with four maps from stride 8 and four boxes a cell, made as DSOD is: batch norm everywhere,
    /// dense prediction.
    /// </summary>
    /// <param name="imageSize">Side in pixels; box sizes grow with it.</param>
    /// <param name="growth">Channels that each layer adds; the others follow from it.</param>
    public static DetectorSpec SmallDense(int imageSize, int growth = 12) => Small(imageSize, new DenseSpec
    {
        StemChannels = growth,
        Growth = growth,
        BottleneckChannels = 2 * growth,
        LayersPerBlock = [2, 3, 3],
        LastChannels = 5 * growth,
        JoinedChannels = 3 * growth,
        Extras = [ExtraLayer.Dense(8 * growth), ExtraLayer.Dense(4 * growth)],
    });

    private static DetectorSpec Dsod300(DenseSpec backbone) => Normalised(backbone, NormPlacement.Everywhere) with { Boxes = BoxLayout.Dsod300 };
}
