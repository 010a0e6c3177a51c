namespace ScratchDet.Experiments;

/// <summary>One question, asked at any scale with the same variants.</summary>
/// <param name="Name">On the command line and in folders: "batchnorm-placement".</param>
/// <param name="Describe">The ablation at a scale; variant k is the same arm at every scale.</param>
/// <param name="NeedsFolder">The scales at which the user must name a data folder.</param>
public sealed record Study(string Name, string Question, string Source, Func<Scale, Ablation<Experiment>> Describe, Func<Scale, bool> NeedsFolder)
{
    /// <summary>What the papers say about it, as comparisons that runs decide.</summary>
    public IReadOnlyList<Claim> Claims { get; init; } = [];

    public Ablation<Experiment> At(Scale scale) => Describe(scale);
}
