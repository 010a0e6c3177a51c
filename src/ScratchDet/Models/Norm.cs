using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>Kinds of normalisation layer.</summary>
public enum NormKind
{
    None,

    /// <summary>Batch normalisation: statistics over the images of the batch.</summary>
    Batch,

    /// <summary>Group normalisation with 32 groups (fewer for narrow layers): no statistics over the batch.</summary>
    Group,
}

/// <summary>
/// Where a detector is normalised. "Backbone" is everything up to the detection maps, SSD's extra layers included;
/// "head" is the prediction convolutions alone (ScratchDet, table 1; the released mmdetection head).
/// </summary>
public sealed record NormPlacement
{
    public static NormPlacement Nowhere { get; } = new() { Backbone = NormKind.None, Head = NormKind.None };

    public static NormPlacement HeadOnly { get; } = Nowhere with { Head = NormKind.Batch };

    public static NormPlacement BackboneOnly { get; } = Nowhere with { Backbone = NormKind.Batch };

    public static NormPlacement Everywhere { get; } = new() { Backbone = NormKind.Batch, Head = NormKind.Batch };

    public NormKind Backbone { get; init; } = NormKind.Batch;

    public NormKind Head { get; init; } = NormKind.Batch;
}

/// <summary>The one place where a kind of norm becomes a layer.</summary>
public static class Norm
{
    /// <summary>Groups of the GroupNorm paper and of "Rethinking ImageNet Pre-training".</summary>
    public const int Groups = 32;

    /// <summary>A layer over (N, channels, H, W), or null for <see cref="NormKind.None"/>.</summary>
    /// <param name="momentum">Share of the new batch in the running statistics; Caffe's moving average of 0.999 is 0.001.</param>
    public static Module<Tensor, Tensor>? Create(NormKind kind, long channels, double epsilon = 1e-5, double momentum = 0.1) => kind switch
    {
        NormKind.None => null,
        NormKind.Batch => BatchNorm2d(channels, epsilon, momentum),
        NormKind.Group => GroupNorm(GroupsFor(channels), channels, epsilon),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>32, or the largest power of two below it that divides the channels with at least two channels a group.</summary>
    public static long GroupsFor(long channels)
    {
        for (long groups = Groups; groups > 1; groups /= 2)
        {
            if (channels % groups == 0 && channels / groups >= 2) return groups;
        }
        return 1;
    }
}
