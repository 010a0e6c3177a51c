namespace ScratchDet.Experiments;

/// <summary>What a claim says of two groups of variants.</summary>
public enum ClaimKind
{
    /// <summary>The first group scores higher.</summary>
    Higher,

    /// <summary>The first group is at least as good, but for <see cref="Claim.TolerancePoints"/> points of mAP.</summary>
    AtLeastAsGood,

    /// <summary>Neither group is better by more than <see cref="Claim.TolerancePoints"/>.</summary>
    AsGood,
}

/// <summary>
/// A sentence of a paper as something that runs can show or not: a comparison of the mean score of two groups of a study's
/// variants, seed by seed.
/// </summary>
/// <param name="Text">In words that hold at any scale.</param>
/// <param name="Source">Paper and place.</param>
/// <param name="First">The variants that the claim favours.</param>
/// <param name="Second">Those that it compares them with.</param>
public sealed record Claim(
    string Text, string Source, ClaimKind Kind, Func<Ablation<Experiment>, IEnumerable<Variant<Experiment>>> First, Func<Ablation<Experiment>, IEnumerable<Variant<Experiment>>> Second)
{
    /// <summary>Points of mAP in percent that count as equal.</summary>
    public double TolerancePoints { get; init; } = 2;

    /// <summary>
    /// Compares the best variant of each group, by its mean over seeds, instead of the groups' means. The best is chosen by
    /// the scores that are compared, so a group with more variants has a small advantage.
    /// </summary>
    public bool BestOfEach { get; init; }

    /// <summary>The first group scores higher.</summary>
    public static Claim Higher(string text, string source, Func<Experiment, bool> first, Func<Experiment, bool> second) =>
        new(text, source, ClaimKind.Higher, Select(first), Select(second));

    /// <summary>The first group is at least as good.</summary>
    public static Claim AtLeastAsGood(string text, string source, Func<Experiment, bool> first, Func<Experiment, bool> second) =>
        new(text, source, ClaimKind.AtLeastAsGood, Select(first), Select(second));

    /// <summary>Neither group is better.</summary>
    public static Claim AsGood(string text, string source, Func<Experiment, bool> first, Func<Experiment, bool> second) =>
        new(text, source, ClaimKind.AsGood, Select(first), Select(second));

    private static Func<Ablation<Experiment>, IEnumerable<Variant<Experiment>>> Select(Func<Experiment, bool> pick) =>
        ablation => ablation.Variants.Where(variant => pick(variant.Experiment));
}
