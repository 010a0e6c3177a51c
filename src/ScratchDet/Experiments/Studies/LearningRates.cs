using ScratchDet.Models;

namespace ScratchDet.Experiments.Studies;

/// <summary>Which rates does a detector survive and use, without batch norm and with it? ScratchDet, section 3 and table 1.</summary>
public static class LearningRates
{
    public static Study Study { get; } = new(
        "learning-rates",
        "How large a learning rate can a detector use from scratch, with and without batch norm, and what does it gain?",
        "ScratchDet (arXiv 1810.08425), section 3 and table 1",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.Higher("The best rate with batch norm beats the best without", "ScratchDet (arXiv 1810.08425), table 1: 78.7 beside 67.6",
                e => e.Detector.Norm == NormPlacement.Everywhere, e => e.Detector.Norm == NormPlacement.Nowhere) with { BestOfEach = true },
            new("Without batch norm the second largest rate is worse than the smallest", "ScratchDet, table 1: diverged beside 67.6", ClaimKind.Higher,
                ablation => WithoutNorm(ablation, 0), ablation => WithoutNorm(ablation, 3)),
        ],
    };

    /// <param name="place">Counted from 0, rates ascending.</param>
    private static IEnumerable<Variant<Experiment>> WithoutNorm(Ablation<Experiment> ablation, int place)
    {
        double rate = ablation.Variants.Select(variant => variant.Experiment.Train.LearningRate).Distinct().Order().ElementAt(place);
        return ablation.Variants.Where(variant => variant.Experiment.Detector.Norm == NormPlacement.Nowhere && variant.Experiment.Train.LearningRate == rate);
    }

    private static Ablation<Experiment> At(Scale scale)
    {
        double[] rates = scale == Scale.Paper ? [0.001, 0.005, 0.01, 0.05, 0.1] : [0.002, 0.005, 0.01, 0.04, 0.16];
        Experiment start = Baselines.PlainDetector(scale);
        start = start with { Detector = start.Detector with { Norm = NormPlacement.Nowhere }, Train = start.Train with { LearningRate = rates[0] } };
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Detector.Norm", "Train.LearningRate"], start,
            [.. from place in new[] { NormPlacement.Nowhere, NormPlacement.Everywhere }
                from rate in rates
                select start.Vary(e => e with
                {
                    Detector = e.Detector with { Norm = place },
                    Train = e.Train with { LearningRate = rate },
                })]);
    }
}
