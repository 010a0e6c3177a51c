using System.ComponentModel.DataAnnotations;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Necks;

/// <summary>How a deconvolution module joins the coarse map with the fine one.</summary>
public enum Combination
{
    /// <summary>DSSD's choice (its Caffe code).</summary>
    Product,

    Sum,
}

/// <summary>
/// DSSD's deconvolution side (arXiv 1701.06659, figure 3; sizes of its Caffe code): from the coarsest map, which stays as it
/// is, each module doubles the cells and joins the next finer map. Where that has twice the cells, the transposed
/// convolution is 2x2 of stride 2; up to two more, of stride 1; one less than twice (SSD300's 10 to 19; our own addition), 3x3 of
/// stride 2 and padding 1.
/// </summary>
public sealed record DeconvolutionSpec : NeckSpec
{
    /// <summary>Channels of every map but the coarsest.</summary>
    [Range(1, 4096)]
    public int Channels { get; init; } = 512;

    public Combination Combination { get; init; }

    public override double LargestLayerWeights => 9.0 * Channels * Channels;

    public override Neck Build(IReadOnlyList<long> channels, IReadOnlyList<int> mapSides, NormLayerSpec norm) => new DeconvolutionNeck(this, channels, mapSides, norm);
}

/// <summary>See <see cref="DeconvolutionSpec"/>.</summary>
public sealed class DeconvolutionNeck : Neck
{
    private readonly ModuleList<DeconvolutionModule> steps = new();

    /// <exception cref="ArgumentException">No transposed convolution leads from a map to the next finer one.</exception>
    public DeconvolutionNeck(DeconvolutionSpec spec, IReadOnlyList<long> channels, IReadOnlyList<int> mapSides, NormLayerSpec norm)
        : base(nameof(DeconvolutionNeck))
    {
        int coarsest = channels.Count - 1;
        for (int map = coarsest - 1; map >= 0; map--)
        {
            long coarse = map + 1 == coarsest ? channels[coarsest] : spec.Channels;
            steps.Add(new DeconvolutionModule(coarse, channels[map], spec, KernelFor(mapSides[map + 1], mapSides[map]), norm));
        }
        Channels = [.. Enumerable.Repeat((long)spec.Channels, coarsest), channels[coarsest]];
        RegisterComponents();
    }

    public override IReadOnlyList<long> Channels { get; }

    /// <summary>The maps stay the caller's; so does the last result, which is the last map.</summary>
    public override Tensor[] forward(Tensor[] maps)
    {
        var results = new Tensor[maps.Length];
        results[^1] = maps[^1];
        for (int map = maps.Length - 2; map >= 0; map--)
            results[map] = steps[maps.Length - 2 - map].call(results[map + 1], maps[map]);
        return results;
    }

    /// <summary>Kernel, stride and padding of the transposed convolution from a side to a finer one; see <see cref="DeconvolutionSpec"/>.</summary>
    internal static (int Kernel, int Stride, int Padding) KernelFor(int side, int finer)
    {
        if (finer == 2 * side) return (2, 2, 0);
        if (finer - side is 0 or 1 or 2) return (finer - side + 1, 1, 0);
        if (finer == 2 * side - 1) return (3, 2, 1);
        throw new ArgumentException($"no deconvolution leads from a detection map of {side} cells to one of {finer}");
    }
}

/// <summary>One step of the deconvolution side: the coarse map through a transposed convolution and a 3x3, the fine one through two 3x3, joined, ReLU.</summary>
public sealed class DeconvolutionModule : Module<Tensor, Tensor, Tensor>
{
    private readonly ConvTranspose2d deconvolution;
    private readonly ConvNorm coarse;
    private readonly ConvNorm first;
    private readonly ConvNorm second;
    private readonly Combination combination;

    internal DeconvolutionModule(long coarseChannels, long fineChannels, DeconvolutionSpec spec, (int Size, int Stride, int Padding) kernel, NormLayerSpec norm)
        : base(nameof(DeconvolutionModule))
    {
        combination = spec.Combination;
        deconvolution = ConvTranspose2d(coarseChannels, spec.Channels, kernel.Size, kernel.Stride, kernel.Padding);
        coarse = new ConvNorm(spec.Channels, spec.Channels, 3, norm, padding: 1, rectify: false);
        first = new ConvNorm(fineChannels, spec.Channels, 3, norm, padding: 1);
        second = new ConvNorm(spec.Channels, spec.Channels, 3, norm, padding: 1, rectify: false);
        RegisterComponents();
    }

    /// <summary>(N, C', h, w), (N, C, H, W) -> (N, 512, H, W).</summary>
    public override Tensor forward(Tensor coarseMap, Tensor fineMap)
    {
        using Tensor larger = deconvolution.call(coarseMap);
        using Tensor above = coarse.call(larger);
        using Tensor middle = first.call(fineMap);
        using Tensor beside = second.call(middle);
        Tensor joined = combination == Combination.Product ? above * beside : above + beside;
        return joined.relu_();
    }
}
