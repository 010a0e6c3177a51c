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

    /// <summary>As <see cref="LargestLayerWeights"/>, of the extra layers alone.</summary>
    /// <param name="inChannels">Channels that the first of them reads.</param>
    protected double LargestExtraLayerWeights(double inChannels)
    {
        double largest = 0;
        foreach (ExtraLayer extra in Extras)
        {
            largest = Math.Max(largest, extra.LargestLayerWeights(inChannels));
            inChannels = extra.Channels;
        }
        return largest;
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
    protected internal static int Side(int side, int kernel, int stride, int padding) =>
        side + 2 * padding < kernel ? 0 : (side + 2 * padding - kernel) / stride + 1;

    protected static IEnumerable<int> ExtraSides(int side, IEnumerable<ExtraLayer> extras)
    {
        foreach (ExtraLayer extra in extras) yield return side = Side(side, extra.Kernel, extra.Stride, extra.Padding);
    }
}
