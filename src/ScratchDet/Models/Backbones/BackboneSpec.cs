using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>What a backbone is; it builds its own module. Sizes are values, not copies of a class.</summary>
public abstract record BackboneSpec
{
    /// <summary>Layers behind the stages; the output of each is a detection map.</summary>
    public IReadOnlyList<ExtraLayer> Extras { get; init; } = ExtraLayer.Ssd300;

    /// <param name="norm">Norm of every layer of the backbone, the extra layers included.</param>
    public abstract Backbone Build(NormKind norm);
}

/// <summary>
/// One of SSD's extra layers: 1x1 to <see cref="Bottleneck"/> channels, then 3x3 (<see cref="Kernel"/>) to
/// <see cref="Channels"/> (SSD, arXiv 1512.02325, figure 2).
/// </summary>
public sealed record ExtraLayer(int Bottleneck, int Channels, int Stride, int Padding, int Kernel = 3)
{
    /// <summary>conv6_1 .. conv9_2 of the reference: maps 10, 5, 3, 1 behind one of 19.</summary>
    public static IReadOnlyList<ExtraLayer> Ssd300 { get; } = [new(256, 512, 2, 1), new(128, 256, 2, 1), new(128, 256, 1, 0), new(128, 256, 1, 0)];

    /// <summary>Maps 16, 8, 4, 2, 1 behind one of 32; the last kernel is 4x4 with padding 1.</summary>
    public static IReadOnlyList<ExtraLayer> Ssd512 { get; } =
        [new(256, 512, 2, 1), new(128, 256, 2, 1), new(128, 256, 2, 1), new(128, 256, 2, 1), new(128, 256, 1, 1, 4)];

    public override string ToString() => $"{Bottleneck}-{Channels}:k{Kernel}s{Stride}p{Padding}";
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
    private readonly TorchSharp.Modules.ModuleList<ConvNorm> layers = new();

    public ExtraLayers(long inChannels, IReadOnlyList<ExtraLayer> specs, NormKind norm)
        : base(nameof(ExtraLayers))
    {
        foreach (ExtraLayer spec in specs)
        {
            layers.Add(new ConvNorm(inChannels, spec.Bottleneck, 1, norm));
            layers.Add(new ConvNorm(spec.Bottleneck, spec.Channels, spec.Kernel, norm, spec.Stride, spec.Padding));
            inChannels = spec.Channels;
        }
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor features)
    {
        var maps = new Tensor[layers.Count / 2];
        Tensor input = features;
        for (int k = 0; k < maps.Length; k++)
        {
            using Tensor narrow = layers[2 * k].call(input);
            input = maps[k] = layers[2 * k + 1].call(narrow);
        }
        return maps;
    }
}
