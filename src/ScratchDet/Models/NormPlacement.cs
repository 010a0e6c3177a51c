using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Models;

/// <summary>
/// Where a detector is normalised. "Backbone" is everything up to the detection maps, SSD's extra layers included unless
/// <see cref="Extras"/> says otherwise; "head" is the prediction convolutions alone (ScratchDet, table 1; the released
/// mmdetection head).
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

    /// <summary>Of the extra layers; null: as the backbone, which is what both papers have.</summary>
    public NormKind? Extras { get; init; }

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

    /// <summary>Of group norm in the backbone; must divide the channels of every layer.</summary>
    [Range(1, 1024)]
    public int Groups { get; init; } = Norm.PaperGroups;

    /// <summary>
    /// Of group norm in the head, whose channels are 4 or 6 or 8 boxes times 4 or the number of classes: 2 divides them all.
    /// No paper has group norm there; the choice is ours.
    /// </summary>
    [Range(1, 1024)]
    public int HeadGroups { get; init; } = 2;

    /// <summary>
    /// Convolutions in front of a backbone norm use weights of mean 0 and deviation 1 over each filter (weight
    /// standardisation, Qiao et al., arXiv 1903.10520; made for group norm at small batches).
    /// </summary>
    public bool StandardizeWeights { get; init; }

    public NormLayerSpec OfBackbone => Body(Backbone);

    public NormLayerSpec OfExtras => Body(Extras ?? Backbone);

    public NormLayerSpec OfHead => new(Head) { Epsilon = HeadEpsilon, Momentum = Momentum, Groups = HeadGroups };

    private NormLayerSpec Body(NormKind kind) => new(kind)
    {
        Epsilon = Epsilon,
        Momentum = Momentum,
        Groups = Groups,
        StandardizeWeights = StandardizeWeights && kind != NormKind.None,
    };
}
