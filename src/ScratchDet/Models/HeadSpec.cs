using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Models;

/// <summary>What stands between the detection maps and the raw predictions. A list has one number for all maps, or one for each.</summary>
public sealed record HeadSpec
{
    /// <summary>SSD's: one 3x3 convolution a map.</summary>
    public static HeadSpec Ssd { get; } = new();

    /// <summary>SSDLite's (MobileNetV2, arXiv 1801.04381, section 6.2).</summary>
    public static HeadSpec Lite { get; } = new() { DepthwiseSeparable = true };

    /// <summary>Side of the prediction convolutions' kernels, padded so that they keep the size; odd. SSD 3; DSSD 5 on the two finest maps.</summary>
    [Range(1, 15)]
    public IReadOnlyList<int> Kernels { get; init; } = [3];

    /// <summary>
    /// Width of the residual unit between map and predictions: a bottleneck block, 4 times as many channels come out, with a
    /// projection on its shortcut (DSSD, figure 2c, as in its Caffe code: the middle convolution is a 3x3). Empty: none.
    /// </summary>
    [Range(1, 2048)]
    public IReadOnlyList<int> ResidualWidths { get; init; } = [];

    /// <summary>
    /// Channels of one more 3x3, with norm and ReLU, in front of each prediction convolution, boxes and classes apart
    /// (DSSD513's Caffe code). 0: none.
    /// </summary>
    [Range(0, 8192)]
    public int IntermediateChannels { get; init; }

    /// <summary>
    /// The kernel sees one channel at a time, with norm and ReLU6 behind it; a 1x1 with bias predicts. The head's norm is
    /// then in front of the predictions, not on them: so have it the implementations of SSDLite.
    /// </summary>
    public bool DepthwiseSeparable { get; init; }

    public int KernelOf(int map) => Of(Kernels, map);

    /// <summary>0: this map has no residual unit.</summary>
    public int ResidualWidthOf(int map) => ResidualWidths.Count == 0 ? 0 : Of(ResidualWidths, map);

    /// <summary>Weights of the largest convolution but for the last ones, whose size the classes decide.</summary>
    internal double LargestLayerWeights
    {
        get
        {
            double width = ResidualWidths.Count == 0 ? 0 : ResidualWidths.Max();
            double intermediate = 9 * (width > 0 ? 4.0 * ResidualWidths.Min() : 1) * IntermediateChannels;
            double kernel = Kernels.Count == 0 ? 0 : Kernels.Max();
            return Math.Max(Math.Max(9 * width * width, intermediate), kernel * kernel * IntermediateChannels);
        }
    }

    /// <exception cref="ArgumentException">The lists do not fit the number of maps, or a kernel is even.</exception>
    internal void Require(int mapCount)
    {
        if (Kernels.Count != 1 && Kernels.Count != mapCount) throw new ArgumentException($"{Kernels.Count} prediction kernels for {mapCount} detection maps");
        if (ResidualWidths.Count > 1 && ResidualWidths.Count != mapCount) throw new ArgumentException($"{ResidualWidths.Count} residual units for {mapCount} detection maps");
        if (Kernels.FirstOrDefault(kernel => kernel % 2 == 0) is > 0 and int even) throw new ArgumentException($"a prediction kernel of {even}; it must be odd");
    }

    private static int Of(IReadOnlyList<int> list, int map) => list[Math.Min(map, list.Count - 1)];
}
