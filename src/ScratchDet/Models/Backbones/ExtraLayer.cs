using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Models.Backbones;

/// <summary>What an extra layer is made of.</summary>
public enum ExtraLayerKind
{
    /// <summary>SSD's: a 1x1 to <see cref="ExtraLayer.Bottleneck"/> channels, then the kernel to <see cref="ExtraLayer.Channels"/>.</summary>
    Plain,

    /// <summary>A basic block (ScratchDet, Root-ResNet-34): the kernel to the bottleneck, a 3x3, and a shortcut beside them.</summary>
    Residual,

    /// <summary>A pre-activation block (ScratchDet's Caffe code); the detection map is its second convolution, before the shortcut is added.</summary>
    PreActivation,

    /// <summary>DSSD's: the kernel to the bottleneck, a 3x3, a 1x1 to the channels; on the shortcut the same kernel and stride.</summary>
    Bottleneck,

    /// <summary>SSDLite's: a 1x1 to the bottleneck, the kernel on each channel alone, a 1x1 to the channels; ReLU6.</summary>
    DepthwiseSeparable,

    /// <summary>DSOD's dense prediction: half of the channels are the input, pooled and passed through a 1x1, half are new. Norm and ReLU come first.</summary>
    Dense,

    /// <summary>The new half of <see cref="Dense"/> alone, for all channels: a 1x1 to the bottleneck, the kernel, each behind norm and ReLU.</summary>
    NormFirst,
}

/// <summary>
/// One of SSD's extra layers: 1x1 to <see cref="Bottleneck"/> channels, then 3x3 (<see cref="Kernel"/>) to
/// <see cref="Channels"/> (SSD, arXiv 1512.02325, figure 2), or a residual block.
/// </summary>
public sealed record ExtraLayer(
    [property: Range(1, 8192)] int Bottleneck, [property: Range(1, 8192)] int Channels, [property: Range(1, 8)] int Stride,
    [property: Range(0, 8)] int Padding, [property: Range(1, 15)] int Kernel = 3)
{
    public ExtraLayerKind Kind { get; init; }

    /// <summary>Of a plain layer's first convolution, padded so that it keeps the size; odd. Root-ResNet-34 for 512 px ends with a 3x3 there.</summary>
    [Range(1, 15)]
    public int BottleneckKernel { get; init; } = 1;

    /// <summary>
    /// A basic block. Without padding (5 cells to 3, 3 to 1) its shortcut is a convolution of the same kernel, because a
    /// 1x1 would keep the size: our own way to maps of 3 and 1, which neither released Root-ResNet-34 has.
    /// </summary>
    public static ExtraLayer Residual(int channels, int stride, int padding = 1) => new(channels, channels, stride, padding) { Kind = ExtraLayerKind.Residual };

    /// <summary>3x3, norm, ReLU, 3x3, beside a 1x1 of the stride where the shape changes (ScratchDet's Caffe code).</summary>
    public static ExtraLayer PreActivation(int channels, int stride) => new(channels, channels, stride, 1) { Kind = ExtraLayerKind.PreActivation };

    /// <summary>256-256-1024 of DSSD (arXiv 1701.06659 and its Caffe code), unpadded.</summary>
    public static ExtraLayer Dssd(int kernel, int stride) => new(256, 1024, stride, 0, kernel) { Kind = ExtraLayerKind.Bottleneck };

    /// <summary>Half of the channels in the bottleneck, as in SSDLite's implementations.</summary>
    public static ExtraLayer DepthwiseSeparable(int channels, int stride) => new(channels / 2, channels, stride, 1) { Kind = ExtraLayerKind.DepthwiseSeparable };

    /// <summary>Half the side, rounded up.</summary>
    /// <param name="channels">Of both halves together.</param>
    public static ExtraLayer Dense(int channels) => new(channels / 2, channels, 2, 1) { Kind = ExtraLayerKind.Dense };

    /// <summary>Half the side, rounded up.</summary>
    public static ExtraLayer NormFirst(int bottleneck, int channels) => new(bottleneck, channels, 2, 1) { Kind = ExtraLayerKind.NormFirst };

    /// <summary>conv6_1 .. conv9_2 of the reference: maps 10, 5, 3, 1 behind one of 19.</summary>
    public static IReadOnlyList<ExtraLayer> Ssd300 { get; } = [new(256, 512, 2, 1), new(128, 256, 2, 1), new(128, 256, 1, 0), new(128, 256, 1, 0)];

    /// <summary>Maps 16, 8, 4, 2, 1 behind one of 32; the last kernel is 4x4 with padding 1.</summary>
    public static IReadOnlyList<ExtraLayer> Ssd512 { get; } =
        [new(256, 512, 2, 1), new(128, 256, 2, 1), new(128, 256, 2, 1), new(128, 256, 2, 1), new(128, 256, 1, 1, 4)];

    /// <summary>At stride 1.</summary>
    internal bool KeepsSides => 2 * Padding == Kernel - 1;

    /// <summary>Weights of the largest convolution, given the channels that come in.</summary>
    internal double LargestLayerWeights(double inChannels)
    {
        double kernel = Kernel * Kernel, narrow = Bottleneck;
        return Kind switch
        {
            ExtraLayerKind.Plain => Math.Max(inChannels * narrow * BottleneckKernel * BottleneckKernel, narrow * Channels * kernel),
            ExtraLayerKind.DepthwiseSeparable => narrow * Math.Max(Math.Max(inChannels, Channels), kernel),
            ExtraLayerKind.Dense => Math.Max(inChannels * Math.Max(narrow, Channels / 2), kernel * narrow * (Channels / 2)),
            ExtraLayerKind.NormFirst => narrow * Math.Max(inChannels, kernel * Channels),
            ExtraLayerKind.Residual => Math.Max(Math.Max(inChannels * narrow * kernel, KeepsSides ? 0 : inChannels * Channels * kernel), 9 * narrow * Channels),
            ExtraLayerKind.PreActivation => Math.Max(9 * inChannels * Channels, 9.0 * Channels * Channels),
            _ => Math.Max(Math.Max(inChannels * narrow * kernel, inChannels * Channels * kernel), Math.Max(9 * narrow * narrow, narrow * Channels)),
        };
    }

    public override string ToString() => $"{(Kind == ExtraLayerKind.Plain ? "" : $"{Kind} ")}{Bottleneck}-{Channels}:k{Kernel}s{Stride}p{Padding}";
}
