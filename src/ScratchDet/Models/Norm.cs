using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>Kinds of normalisation layer.</summary>
public enum NormKind
{
    None,

    /// <summary>Batch normalisation: statistics over the images of the batch; their running average at test time.</summary>
    Batch,

    /// <summary>Group normalisation: statistics of one image over groups of channels, the same in training and testing.</summary>
    Group,

    /// <summary>
    /// Batch normalisation whose statistics, scale and shift stay as they were loaded (detectron2's and torchvision's
    /// FrozenBatchNorm2d). From random initialisation that is the identity: a net without norm.
    /// </summary>
    FrozenBatch,

    /// <summary>
    /// Batch normalisation over the batches of all processes of a data-parallel run. With one process, which is what
    /// training here has, it is <see cref="Batch"/> with the same names and numbers.
    /// </summary>
    SynchronizedBatch,

    /// <summary>
    /// Switchable normalisation (Luo et al., arXiv 1806.10779): a learned mixture of the statistics of one channel, of
    /// one image and of the batch.
    /// </summary>
    Switchable,
}

/// <summary>One kind of norm layer with its numbers, which have PyTorch's defaults.</summary>
public readonly record struct NormLayerSpec(NormKind Kind)
{
    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>See <see cref="NormPlacement.Momentum"/>.</summary>
    public double Momentum { get; init; } = 0.1;

    /// <summary>See <see cref="NormPlacement.Groups"/>.</summary>
    public int Groups { get; init; } = Norm.PaperGroups;

    /// <summary>See <see cref="NormPlacement.StandardizeWeights"/>.</summary>
    public bool StandardizeWeights { get; init; }

    public static implicit operator NormLayerSpec(NormKind kind) => new(kind);
}

/// <summary>The one place where a kind of norm becomes a layer.</summary>
public static class Norm
{
    /// <summary>Groups of the GroupNorm paper and of "Rethinking ImageNet Pre-training".</summary>
    public const int PaperGroups = 32;

    /// <summary>A layer over (N, channels, H, W), or null for <see cref="NormKind.None"/>.</summary>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public static Module<Tensor, Tensor>? Create(NormLayerSpec spec, long channels) => spec.Kind switch
    {
        NormKind.None => null,
        NormKind.Batch or NormKind.SynchronizedBatch => BatchNorm2d(channels, spec.Epsilon, spec.Momentum),
        NormKind.Group when channels % spec.Groups == 0 => GroupNorm(spec.Groups, channels, spec.Epsilon),
        NormKind.Group => throw new ArgumentException(
            $"group norm: {spec.Groups} groups do not divide {channels} channels; choose a number of groups that does ({DivisorsBelow(spec.Groups, channels)})"),
        NormKind.FrozenBatch => new FrozenBatchNorm(channels, spec.Epsilon),
        NormKind.Switchable => new SwitchableNorm(channels, spec.Epsilon, spec.Momentum),
        _ => throw new ArgumentOutOfRangeException(nameof(spec)),
    };

    /// <summary>The two largest numbers of groups up to the one asked for that would do, for the message.</summary>
    private static string DivisorsBelow(int groups, long channels)
    {
        IEnumerable<long> fitting = from divisor in Enumerable.Range(1, groups).Reverse() where channels % divisor == 0 select (long)divisor;
        return string.Join(" or ", fitting.Take(2));
    }
}
