using System.ComponentModel.DataAnnotations;
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

    /// <summary>Everywhere, with the numbers that ScratchDet's released Caffe code uses; short runs are over before its running statistics are.</summary>
    public static NormPlacement EverywhereAsInCaffe { get; } = Everywhere with { HeadEpsilon = 1e-3, Momentum = 1e-3 };

    public NormKind Backbone { get; init; } = NormKind.Batch;

    public NormKind Head { get; init; } = NormKind.Batch;

    /// <summary>Added to the variance in the backbone.</summary>
    [Range(1e-12, 1.0)]
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Added to the variance in the head; Caffe's SSD has 0.001 there.</summary>
    [Range(1e-12, 1.0)]
    public double HeadEpsilon { get; init; } = 1e-5;

    /// <summary>Share of the new batch in batch norm's running statistics; Caffe's moving average of 0.999 is 0.001.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.1;

    public NormLayerSpec OfBackbone => new(Backbone) { Epsilon = Epsilon, Momentum = Momentum };

    public NormLayerSpec OfHead => new(Head) { Epsilon = HeadEpsilon, Momentum = Momentum };
}

/// <summary>One kind of norm layer with its numbers, which have PyTorch's defaults.</summary>
public readonly record struct NormLayerSpec(NormKind Kind)
{
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>See <see cref="NormPlacement.Momentum"/>.</summary>
    public double Momentum { get; init; } = 0.1;

    public static implicit operator NormLayerSpec(NormKind kind) => new(kind);
}

/// <summary>The one place where a kind of norm becomes a layer.</summary>
public static class Norm
{
    /// <summary>Groups of the GroupNorm paper and of "Rethinking ImageNet Pre-training".</summary>
    public const int Groups = 32;

    /// <summary>A layer over (N, channels, H, W), or null for <see cref="NormKind.None"/>.</summary>
    public static Module<Tensor, Tensor>? Create(NormLayerSpec spec, long channels) => spec.Kind switch
    {
        NormKind.None => null,
        NormKind.Batch => BatchNorm2d(channels, spec.Epsilon, spec.Momentum),
        NormKind.Group => GroupNorm(GroupsFor(channels), channels, spec.Epsilon),
        _ => throw new ArgumentOutOfRangeException(nameof(spec)),
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
