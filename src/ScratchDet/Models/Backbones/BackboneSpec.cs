using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>What a backbone is; it builds its own module. Sizes are values, not copies of a class.</summary>
public abstract record BackboneSpec
{
    /// <summary>Layers behind the stages; the output of each is a detection map.</summary>
    public IReadOnlyList<ExtraLayer> Extras { get; init; } = ExtraLayer.Ssd300;

    /// <summary>Weights of the largest convolution: told without allocating it, for specifications that come from a file.</summary>
    public abstract double LargestLayerWeights { get; }

    /// <param name="norm">Its backbone and extras parts: the head is built elsewhere.</param>
    /// <exception cref="ArgumentException">Values that do not go together.</exception>
    public abstract Backbone Build(NormPlacement norm);
}

/// <summary>What an extra layer is made of.</summary>
public enum ExtraLayerKind
{
    /// <summary>SSD's: a 1x1 to <see cref="ExtraLayer.Bottleneck"/> channels, then the kernel to <see cref="ExtraLayer.Channels"/>.</summary>
    Plain,

    /// <summary>A basic block (ScratchDet, Root-ResNet-34): the kernel to the bottleneck, a 3x3, and a shortcut beside them.</summary>
    Residual,

    /// <summary>SSDLite's: a 1x1 to the bottleneck, the kernel on each channel alone, a 1x1 to the channels; ReLU6.</summary>
    DepthwiseSeparable,

    /// <summary>DSOD's dense prediction: half of the channels are the input, pooled and passed through a 1x1, half are new. Norm and ReLU come first.</summary>
    Dense,

    /// <summary>The new half of <see cref="Dense"/> alone, for all channels: DSOD's plain prediction.</summary>
    PreActivation,
}

/// <summary>
/// One of SSD's extra layers: 1x1 to <see cref="Bottleneck"/> channels, then 3x3 (<see cref="Kernel"/>) to
/// <see cref="Channels"/> (SSD, arXiv 1512.02325, figure 2), or a basic block.
/// </summary>
public sealed record ExtraLayer(
    [property: Range(1, 8192)] int Bottleneck, [property: Range(1, 8192)] int Channels, [property: Range(1, 8)] int Stride,
    [property: Range(0, 8)] int Padding, [property: Range(1, 15)] int Kernel = 3)
{
    public ExtraLayerKind Kind { get; init; }

    /// <summary>
    /// A basic block. Without padding (5 cells to 3, 3 to 1) its shortcut is a convolution of the same kernel, because a
    /// 1x1 would keep the size: our own way to maps of 3 and 1, which neither released Root-ResNet-34 has.
    /// </summary>
    public static ExtraLayer Residual(int channels, int stride, int padding = 1) => new(channels, channels, stride, padding) { Kind = ExtraLayerKind.Residual };

    /// <summary>Half of the channels in the bottleneck, as in SSDLite's implementations.</summary>
    public static ExtraLayer DepthwiseSeparable(int channels, int stride) => new(channels / 2, channels, stride, 1) { Kind = ExtraLayerKind.DepthwiseSeparable };

    /// <summary>Half the side, rounded up.</summary>
    /// <param name="channels">Of both halves together.</param>
    public static ExtraLayer Dense(int channels) => new(channels / 2, channels, 2, 1) { Kind = ExtraLayerKind.Dense };

    /// <summary>Half the side, rounded up.</summary>
    public static ExtraLayer PreActivation(int bottleneck, int channels) => new(bottleneck, channels, 2, 1) { Kind = ExtraLayerKind.PreActivation };

    /// <summary>conv6_1 .. conv9_2 of the reference: maps 10, 5, 3, 1 behind one of 19.</summary>
    public static IReadOnlyList<ExtraLayer> Ssd300 { get; } = [new(256, 512, 2, 1), new(128, 256, 2, 1), new(128, 256, 1, 0), new(128, 256, 1, 0)];

    /// <summary>Maps 16, 8, 4, 2, 1 behind one of 32; the last kernel is 4x4 with padding 1.</summary>
    public static IReadOnlyList<ExtraLayer> Ssd512 { get; } =
        [new(256, 512, 2, 1), new(128, 256, 2, 1), new(128, 256, 2, 1), new(128, 256, 2, 1), new(128, 256, 1, 1, 4)];

    internal double LargestLayerWeights => LargestOf(0, [this]);

    /// <summary>Weights of the largest convolution of extra layers behind so many channels.</summary>
    internal static double LargestOf(double inChannels, IEnumerable<ExtraLayer> extras)
    {
        double largest = 0;
        foreach (ExtraLayer extra in extras)
        {
            largest = Math.Max(largest, extra.LargestBehind(inChannels));
            inChannels = extra.Channels;
        }
        return largest;
    }

    private double LargestBehind(double inChannels)
    {
        double area = (double)Kernel * Kernel;
        return Kind switch
        {
            ExtraLayerKind.Residual => Math.Max(
                inChannels * Math.Max(area * Bottleneck, (2 * Padding == Kernel - 1 ? 1 : area) * Channels), // the kernel, the shortcut
                9.0 * Bottleneck * Channels),
            ExtraLayerKind.DepthwiseSeparable => Bottleneck * Math.Max(Math.Max(inChannels, Channels), area),
            ExtraLayerKind.Dense => Math.Max(inChannels * Math.Max(Bottleneck, Channels / 2), area * Bottleneck * (Channels / 2)),
            _ => Bottleneck * Math.Max(inChannels, area * Channels),
        };
    }

    public override string ToString()
    {
        string kind = Kind switch
        {
            ExtraLayerKind.Plain => "",
            ExtraLayerKind.Residual => "residual ",
            ExtraLayerKind.DepthwiseSeparable => "separable ",
            ExtraLayerKind.Dense => "dense ",
            _ => "pre-activation ",
        };
        return $"{kind}{Bottleneck}-{Channels}:k{Kernel}s{Stride}p{Padding}";
    }
}

/// <summary>(N, 3, H, W) -> the detection maps, finest first, each (N, <see cref="Channels"/>[k], H/s, W/s).</summary>
public abstract class Backbone(string name) : Module<Tensor, Tensor[]>(name)
{
    /// <summary>Channels of each detection map.</summary>
    public abstract IReadOnlyList<long> Channels { get; }

    /// <summary>Side in cells of each detection map for a square image of <paramref name="imageSize"/> pixels.</summary>
    /// <exception cref="ArgumentException">The image is too small: a map would have no cell.</exception>
    public IReadOnlyList<int> MapSides(int imageSize)
    {
        IReadOnlyList<int> sides = SidesFor(imageSize);
        int empty = sides.ToList().FindIndex(side => side < 1);
        return empty < 0 ? sides
            : throw new ArgumentException($"an image of {imageSize} px leaves no cell for detection map {empty + 1} of {sides.Count}: use a larger image or fewer extra layers");
    }

    protected abstract IReadOnlyList<int> SidesFor(int imageSize);

    /// <summary>Output side of a convolution or of a pool that rounds down.</summary>
    protected static int Side(int side, int kernel, int stride, int padding) =>
        side + 2 * padding < kernel ? 0 : (side + 2 * padding - kernel) / stride + 1;

    protected static IEnumerable<int> ExtraSides(int side, IEnumerable<ExtraLayer> extras)
    {
        foreach (ExtraLayer extra in extras) yield return side = Side(side, extra.Kernel, extra.Stride, extra.Padding);
    }
}

/// <summary>Runs the extra layers one behind the other and collects their outputs.</summary>
internal sealed class ExtraLayers : Module<Tensor, Tensor[]>
{
    private readonly TorchSharp.Modules.ModuleList<Module<Tensor, Tensor>> layers = new();
    private readonly IReadOnlyList<ExtraLayer> specs;

    public ExtraLayers(long inChannels, IReadOnlyList<ExtraLayer> specs, NormLayerSpec norm)
        : base(nameof(ExtraLayers))
    {
        this.specs = specs;
        foreach (ExtraLayer spec in specs)
        {
            if (spec.Kind == ExtraLayerKind.Plain)
            {
                layers.Add(new ConvNorm(inChannels, spec.Bottleneck, 1, norm));
                layers.Add(new ConvNorm(spec.Bottleneck, spec.Channels, spec.Kernel, norm, spec.Stride, spec.Padding));
            }
            else
            {
                layers.Add(BlockOf(inChannels, spec, norm));
            }
            inChannels = spec.Channels;
        }
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor features)
    {
        var maps = new Tensor[specs.Count];
        Tensor input = features;
        int next = 0;
        for (int k = 0; k < maps.Length; k++)
        {
            if (specs[k].Kind == ExtraLayerKind.Plain)
            {
                using Tensor narrow = layers[next++].call(input);
                maps[k] = layers[next++].call(narrow);
            }
            else
            {
                maps[k] = layers[next++].call(input);
            }
            input = maps[k];
        }
        return maps;
    }

    private static Module<Tensor, Tensor> BlockOf(long inChannels, ExtraLayer spec, NormLayerSpec norm) => spec.Kind switch
    {
        ExtraLayerKind.Residual => new BasicBlock(inChannels, spec, norm),
        ExtraLayerKind.DepthwiseSeparable => new SeparableExtra(inChannels, spec, norm),
        ExtraLayerKind.Dense or ExtraLayerKind.PreActivation => new DenseExtra(inChannels, spec, norm),
        _ => throw new ArgumentOutOfRangeException(nameof(spec)),
    };
}
