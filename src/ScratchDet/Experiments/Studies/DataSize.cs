using ScratchDet.Training;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// With how few images does training from scratch still reach what pre-training reaches? "Rethinking ImageNet Pre-training",
/// section 5.2, whose break lies between 3.5k and 10k of COCO's images. The parts are nested, the steps equal.
/// </summary>
public static class DataSize
{
    public static Study Study { get; } = new(
        "data-size",
        "With how few training images does a detector from scratch fall behind a pre-trained one?",
        "Rethinking ImageNet Pre-training (arXiv 1811.08883), section 5.2",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.AtLeastAsGood("With all images training from scratch is as good as pre-trained", "Rethinking ImageNet Pre-training (arXiv 1811.08883), table 1 and section 5.2",
                e => Is(e, StartWeights.Random, 1), e => Is(e, StartWeights.Pretrained, 1)),
            Claim.AtLeastAsGood("A tenth of the images still suffices", "Rethinking, section 5.2: 25.9 beside 26.0 with 10k of 118k", e => Is(e, StartWeights.Random, 0.1), e => Is(e, StartWeights.Pretrained, 0.1)),
            Claim.Higher("With one image in a hundred pre-training is ahead", "Rethinking, section 5.2: 9.9 beside 3.5 with 1k of 118k", e => Is(e, StartWeights.Pretrained, 0.01), e => Is(e, StartWeights.Random, 0.01)),
        ],
    };

    private static bool Is(Experiment experiment, StartWeights start, double fraction) => experiment.Start == start && experiment.Data.Fraction == fraction;

    private static Ablation<Experiment> At(Scale scale)
    {
        Experiment start = Baselines.TransferDetector(scale);
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Start", "Data.Fraction"], start,
            [.. from weights in new[] { StartWeights.Random, StartWeights.Pretrained }
                from fraction in new[] { 1, 0.3, 0.1, 0.03, 0.01 }
                select start.Vary(e => e with { Start = weights, Data = e.Data with { Fraction = fraction } })]);
    }
}
