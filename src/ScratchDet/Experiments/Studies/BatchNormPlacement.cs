using ScratchDet.Models;
using ScratchDet.Training;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// Where does SSD need batch norm to train from scratch? ScratchDet (arXiv 1810.08425), table 1: 18 cells, twelve from random
/// initialisation and six pre-trained.
/// </summary>
public static class BatchNormPlacement
{
    private static readonly (NormPlacement Place, StartWeights Start)[] Arms =
    [
        (NormPlacement.Nowhere, StartWeights.Random), (NormPlacement.HeadOnly, StartWeights.Random),
        (NormPlacement.BackboneOnly, StartWeights.Random), (NormPlacement.Everywhere, StartWeights.Random),
        (NormPlacement.HeadOnly, StartWeights.Pretrained), (NormPlacement.Everywhere, StartWeights.Pretrained),
    ];

    public static Study Study { get; } = new(
        "batchnorm-placement",
        "Which part of a single-shot detector needs batch norm to train from scratch, and at which rates?",
        "ScratchDet (arXiv 1810.08425), table 1",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            new("Batch norm in the backbone helps at the same small rate", "ScratchDet (arXiv 1810.08425), table 1: 67.6 to 72.8", ClaimKind.Higher,
                ablation => Cells(ablation, NormPlacement.BackboneOnly, smallest: true), ablation => Cells(ablation, NormPlacement.Nowhere, smallest: true)),
            new("Batch norm in the head helps at the same small rate", "ScratchDet, table 1: 67.6 to 71.0", ClaimKind.Higher,
                ablation => Cells(ablation, NormPlacement.HeadOnly, smallest: true), ablation => Cells(ablation, NormPlacement.Nowhere, smallest: true)),
            new("At the largest rate only a detector with batch norm trains", "ScratchDet, table 1: 78.7 beside a run that diverged", ClaimKind.Higher,
                ablation => Cells(ablation, NormPlacement.Everywhere, smallest: false), ablation => Cells(ablation, NormPlacement.Nowhere, smallest: false)),
            new("With batch norm the largest rate is better than the smallest", "ScratchDet, table 1: 71.8 to 78.7", ClaimKind.Higher,
                ablation => Cells(ablation, NormPlacement.Everywhere, smallest: false), ablation => Cells(ablation, NormPlacement.Everywhere, smallest: true)),
            new("With batch norm and the largest rate, from scratch is at least as good as pre-trained", "ScratchDet, table 1: 78.7 beside 75.5", ClaimKind.AtLeastAsGood,
                ablation => Cells(ablation, NormPlacement.Everywhere, smallest: false), ablation => Cells(ablation, NormPlacement.Everywhere, smallest: false, StartWeights.Pretrained)),
        ],
    };

    /// <summary>
    /// The four cells that tell most in the shortest time: no batch norm and batch norm everywhere, at the smallest and the
    /// largest rate, from scratch; what may diverge first.
    /// </summary>
    public static IReadOnlyList<Variant<Experiment>> Telling(Ablation<Experiment> ablation)
    {
        return [Cell(NormPlacement.Nowhere, false), Cell(NormPlacement.Everywhere, false), Cell(NormPlacement.Nowhere, true), Cell(NormPlacement.Everywhere, true)];

        Variant<Experiment> Cell(NormPlacement place, bool smallest) => Cells(ablation, place, smallest).Single();
    }

    private static IEnumerable<Variant<Experiment>> Cells(Ablation<Experiment> ablation, NormPlacement place, bool smallest, StartWeights start = StartWeights.Random)
    {
        IEnumerable<double> rates = ablation.Variants.Select(variant => variant.Experiment.Train.LearningRate);
        double rate = smallest ? rates.Min() : rates.Max();
        return ablation.Variants.Where(variant =>
            variant.Experiment.Detector.Norm == place && variant.Experiment.Train.LearningRate == rate && variant.Experiment.Start == start);
    }

    private static Ablation<Experiment> At(Scale scale)
    {
        // The paper's rates are for its net, its batch of 128 and 120k steps; here they span the same ground: one that is safe
        // without norm but slow, one between, one that only a normalised net survives.
        double[] rates = scale == Scale.Paper ? [0.001, 0.01, 0.05] : [0.002, 0.01, 0.04];
        Experiment start = Baselines.PlainDetector(scale);
        start = start with { Detector = start.Detector with { Norm = NormPlacement.Nowhere }, Train = start.Train with { LearningRate = rates[0] } };
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Detector.Norm", "Start", "Train.LearningRate"], start,
            [.. from arm in Arms
                from rate in rates
                select start.Vary(e => e with
                {
                    Detector = e.Detector with { Norm = arm.Place },
                    Start = arm.Start,
                    Train = e.Train with { LearningRate = rate },
                })]);
    }
}
