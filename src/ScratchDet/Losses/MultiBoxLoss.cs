using System.ComponentModel.DataAnnotations;
using ScratchDet.Boxes;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Losses;

/// <summary>The named terms of SSD's loss, each a scalar tensor already divided by the number of positives.</summary>
public readonly record struct MultiBoxTerms(Tensor BoxRegression, Tensor Classification)
{
    public Tensor Total() => BoxRegression + Classification;
}

/// <summary>
/// SSD's loss (section 2.2, equation 1; numbers of the reference implementation): smooth L1 over positives plus
/// softmax loss over positives and the hardest negatives, three for each positive of the same image, both divided by
/// the positives of the batch (at least 1). An image without objects gives no loss.
/// </summary>
public sealed record MultiBoxLoss
{
    [Range(0.0, 1e6)]
    public double NegativesPerPositive { get; init; } = 3;

    [Range(0.0, 1e6)]
    public double LocalizationWeight { get; init; } = 1;

    /// <summary>Where smooth L1 turns from square to linear.</summary>
    [Range(0.0, 1e6)]
    public double Beta { get; init; } = 1;

    /// <param name="boxRegression">(N, A, 4), float.</param>
    /// <param name="classLogits">(N, A, C), float.</param>
    /// <param name="labels">(N, A) int64: 0 background, k foreground, -1 neither (see <see cref="TargetEncoder"/>).</param>
    /// <param name="offsets">(N, A, 4) encoded targets.</param>
    public MultiBoxTerms Compute(Tensor boxRegression, Tensor classLogits, Tensor labels, Tensor offsets)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor positive = labels > 0; // (N, A)
        Tensor positives = positive.sum().clamp_min(1).to(ScalarType.Float32);

        Tensor distance = functional.smooth_l1_loss(boxRegression, offsets, Reduction.None, Beta).sum(2); // (N, A, 4) -> (N, A)
        Tensor regression = (distance * positive).sum() / positives * LocalizationWeight;

        Tensor crossEntropy = CrossEntropy(classLogits, labels); // (N, A)
        Tensor counted;
        using (no_grad()) counted = positive | HardNegatives(crossEntropy, labels);
        Tensor classification = (crossEntropy * counted).sum() / positives;
        return new MultiBoxTerms(regression.MoveToOuterDisposeScope(), classification.MoveToOuterDisposeScope());
    }

    /// <summary>The negatives that count, as a mask (N, A): per image those with the largest loss, equal ones by box index.</summary>
    /// <param name="crossEntropy">(N, A): for a negative, the softmax loss against background.</param>
    public Tensor HardNegatives(Tensor crossEntropy, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor negative = labels.eq(TargetEncoder.Background);
        Tensor wanted = (labels > 0).sum(1, keepdim: true).to(ScalarType.Float32).mul(NegativesPerPositive); // (N, 1)
        Tensor hardness = crossEntropy.detach().masked_fill(~negative, double.NegativeInfinity);
        Tensor order = hardness.sort(1, descending: true, stable: true).Indices; // (N, A): place -> box
        Tensor places = arange(labels.shape[1], ScalarType.Int64, labels.device).expand(labels.shape);
        Tensor rank = zeros_like(order).scatter_(1, order, places); // (N, A): box -> place
        return (negative & (rank.to(ScalarType.Float32) < wanted)).MoveToOuterDisposeScope();
    }

    /// <summary>Softmax loss of each box against its label, 0 where the label is -1: (N, A, C), (N, A) -> (N, A).</summary>
    public static Tensor CrossEntropy(Tensor classLogits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        long classes = classLogits.shape[2];
        Tensor flat = functional.cross_entropy(classLogits.reshape(-1, classes), labels.reshape(-1), null, TargetEncoder.Ignored, Reduction.None);
        return flat.view(labels.shape).MoveToOuterDisposeScope();
    }
}
