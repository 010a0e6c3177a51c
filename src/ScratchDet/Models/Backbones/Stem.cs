using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>The first layers of a residual backbone: ScratchDet's four variants (a) to (d).</summary>
public enum StemKind
{
    /// <summary>(a) ResNet's: 7x7 stride 2, then a pool.</summary>
    SevenBySevenStrideTwoPool,

    /// <summary>(b) 7x7 stride 2, no pool.</summary>
    SevenBySevenStrideTwo,

    /// <summary>(c) 7x7 stride 1, then a pool.</summary>
    SevenBySevenStrideOnePool,

    /// <summary>(d) The root block: three 3x3 of stride 1, then a pool. Small objects keep their pixels.</summary>
    Root,
}

/// <summary>The pool of a stem; each halves the sides.</summary>
public enum StemPool
{
    /// <summary>2x2: ScratchDet's released code.</summary>
    TwoByTwo,

    /// <summary>3x3 with padding 1: torchvision's ResNet.</summary>
    ThreeByThree,

    /// <summary>3x3 without padding, rounding up: Caffe's ResNet, as DSSD uses it (161 cells -> 80, not 81).</summary>
    ThreeByThreeRoundedUp,
}

/// <summary>Builds a stem's layers and counts their cells.</summary>
internal static class StemLayers
{
    public static bool HasPool(StemKind stem) => stem != StemKind.SevenBySevenStrideTwo;

    /// <summary>Pixels for each cell of the first stage.</summary>
    public static int Stride(StemKind stem) => stem == StemKind.SevenBySevenStrideTwoPool ? 4 : 2;

    /// <summary>Weights of the largest convolution.</summary>
    public static double LargestLayerWeights(ResidualSpec spec)
    {
        double kernel = spec.Stem == StemKind.Root ? spec.RootKernel : 7;
        double channels = spec.Stem == StemKind.Root && spec.RootConvolutions > 1 ? Math.Max(3, spec.Width) : 3;
        return kernel * kernel * channels * spec.Width;
    }

    /// <exception cref="ArgumentException">The root's kernel is even.</exception>
    public static IEnumerable<Module<Tensor, Tensor>> Of(ResidualSpec spec, NormLayerSpec norm)
    {
        if (spec.Stem == StemKind.Root)
        {
            if (spec.RootKernel % 2 == 0) throw new ArgumentException($"the root's kernel is {spec.RootKernel}; it must be odd", nameof(spec));
            for (int i = 0; i < spec.RootConvolutions; i++)
                yield return new ConvNorm(i == 0 ? 3 : spec.Width, spec.Width, spec.RootKernel, norm, padding: spec.RootKernel / 2);
        }
        else
        {
            yield return new ConvNorm(3, spec.Width, 7, norm, stride: spec.Stem == StemKind.SevenBySevenStrideOnePool ? 1 : 2, padding: 3);
        }
        if (!HasPool(spec.Stem)) yield break;
        yield return spec.Pool switch
        {
            StemPool.TwoByTwo => MaxPool2d(2, 2),
            StemPool.ThreeByThree => MaxPool2d(3, 2, 1),
            _ => MaxPool2d(3, 2, ceil_mode: true),
        };
    }

    /// <summary>Cells behind the stem for an image of this side.</summary>
    public static int Side(ResidualSpec spec, int imageSide)
    {
        int side = spec.Stem is StemKind.Root or StemKind.SevenBySevenStrideOnePool ? imageSide : Backbone.Side(imageSide, 7, 2, 3);
        if (!HasPool(spec.Stem)) return side;
        return spec.Pool switch
        {
            StemPool.TwoByTwo => Backbone.Side(side, 2, 2, 0),
            StemPool.ThreeByThree => Backbone.Side(side, 3, 2, 1),
            _ => side < 3 ? 0 : (side - 2) / 2 + 1, // the last window may begin inside and end outside
        };
    }
}
