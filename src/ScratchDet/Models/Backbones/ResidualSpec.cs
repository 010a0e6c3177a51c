using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Models.Backbones;

/// <summary>What the stages of a residual backbone consist of.</summary>
public enum BlockKind
{
    /// <summary>Two 3x3 with norm behind each (ResNet-18 and -34).</summary>
    Basic,

    /// <summary>1x1, 3x3, 1x1; four times as many channels come out (ResNet-50 and deeper).</summary>
    Bottleneck,

    /// <summary>
    /// Two 3x3 with norm and ReLU in front of each: ScratchDet's Caffe code. As there, a detection map is the second
    /// convolution of a stage's last block, before the shortcut is added.
    /// </summary>
    PreActivation,
}

/// <summary>
/// A ResNet with a choice of stem and block. Detection maps: every stage output from stride 8 on, then the extra layers.
/// ScratchDet's backbone redesign; the pool is 2x2 stride 2 as in its released code.
/// </summary>
public sealed record ResidualSpec : BackboneSpec
{
    public StemKind Stem { get; init; } = StemKind.Root;

    /// <summary>Convolutions of the root stem; ScratchDet compares one to three. Other stems have one convolution.</summary>
    [Range(1, 16)]
    public int RootConvolutions { get; init; } = 3;

    /// <summary>Side of the root stem's kernels; odd. One 7x7 is stem (c).</summary>
    [Range(1, 15)]
    public int RootKernel { get; init; } = 3;

    public StemPool Pool { get; init; }

    /// <summary>Channels of the stem and, in front of <see cref="BottleneckBlock.Expansion"/>, of the first stage; each later stage has twice as many.</summary>
    [Range(1, 1024)]
    public int Width { get; init; } = 64;

    public BlockKind Block { get; init; }

    /// <summary>Blocks in each stage.</summary>
    [Range(1, 256)]
    [MaxLength(8, ErrorMessage = "{0} has more than eight stages")]
    public IReadOnlyList<int> BlocksPerStage { get; init; } = [2, 2, 2, 2];

    /// <summary>Bottleneck blocks: the stride is on the first 1x1 (the paper, Caffe's weights), not on the 3x3 (torchvision).</summary>
    public bool StrideOnFirstConvolution { get; init; }

    /// <summary>
    /// Above 1: the last stage keeps its size, and every 3x3 in it has this dilation instead (DSSD's res5: 2). torchvision's
    /// replace_stride_with_dilation would leave the first block's undilated.
    /// </summary>
    [Range(1, 16)]
    public int LastStageDilation { get; init; } = 1;

    /// <summary>
    /// Pre-activation blocks: the first one begins with norm and ReLU. False: the stem ends with them and they are not
    /// repeated (Root-ResNet-34's Caffe code, unlike its Root-ResNet-18).
    /// </summary>
    public bool NormBeforeFirstBlock { get; init; } = true;

    /// <summary>Stages whose outputs are detection maps: those from this stride on.</summary>
    [Range(2, 64)]
    public int FirstMapStride { get; init; } = 8;

    /// <summary>The stages, counted from 1, whose outputs are detection maps, instead of the rule of <see cref="FirstMapStride"/>. Empty: that rule.</summary>
    [Range(1, 8)]
    public IReadOnlyList<int> MapStages { get; init; } = [];

    /// <summary>
    /// Channels that the first detection maps are projected to, each by a 1x1; the other maps are the stages' own. Empty:
    /// no projection. Gives nets whose maps come from different stages equal heads, as the comparison of stems needs.
    /// </summary>
    [Range(1, 8192)]
    public IReadOnlyList<int> MapChannels { get; init; } = [];

    /// <summary>
    /// Detection maps that the stages give in front of the extra layers; a stage that gives one more takes the place of an extra
    /// layer. So nets whose stems halve the image once or twice have the same number of maps of the same sizes, which is
    /// ScratchDet's rule for comparing them. 0: every map of a stage comes on top of the extra layers.
    /// </summary>
    [Range(0, 8)]
    public int StageMaps { get; init; }

    public override double LargestLayerWeights
    {
        get
        {
            double width = Width * Math.Pow(2, Math.Max(0, BlocksPerStage.Count - 1));
            double extras = LargestExtraLayerWeights(width * (Block == BlockKind.Bottleneck ? BottleneckBlock.Expansion : 1));
            return Math.Max(9 * width * width, Math.Max(extras, StemLayers.LargestLayerWeights(this)));
        }
    }

    /// <summary>The backbone of torchvision's resnet18, 34, 50, 101 or 152, without extra layers: the same numbers from the same weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another depth.</exception>
    public static ResidualSpec Torchvision(int depth) => new()
    {
        Stem = StemKind.SevenBySevenStrideTwoPool,
        Pool = StemPool.ThreeByThree,
        Block = depth < 50 ? BlockKind.Basic : BlockKind.Bottleneck,
        BlocksPerStage = Depth(depth),
        Extras = [],
    };

    /// <summary>Blocks per stage of a ResNet by its number of layers (ResNet, arXiv 1512.03385, table 1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The paper has no such net.</exception>
    public static IReadOnlyList<int> Depth(int layers) => layers switch
    {
        18 => [2, 2, 2, 2],
        34 or 50 => [3, 4, 6, 3],
        101 => [3, 4, 23, 3],
        152 => [3, 8, 36, 3],
        _ => throw new ArgumentOutOfRangeException(nameof(layers), $"a ResNet has 18, 34, 50, 101 or 152 layers, not {layers}"),
    };

    public override Backbone Build(NormPlacement norm) => new Residual(this, norm);
}
