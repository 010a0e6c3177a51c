using ScratchDet.Models;
using ScratchDet.Models.Backbones;

namespace ScratchDet.Experiments.Studies;

/// <summary>Where does SSD need batch norm to train from scratch? ScratchDet (arXiv 1810.08425), table 1.</summary>
public static class BatchNormPlacement
{
    private static readonly NormPlacement[] Places = [NormPlacement.Nowhere, NormPlacement.HeadOnly, NormPlacement.BackboneOnly, NormPlacement.Everywhere];

    public static Study Study { get; } = new(
        "batchnorm-placement",
        "Which part of a single-shot detector needs batch norm to train from scratch, and at which rates?",
        "ScratchDet (arXiv 1810.08425), table 1",
        At,
        scale => scale == Scale.Paper);

    /// <summary>
    /// The four cells that tell most in the shortest time: no batch norm and batch norm everywhere, at the smallest and the
    /// largest rate; what may diverge first.
    /// </summary>
    public static IReadOnlyList<Variant<Experiment>> Telling(Ablation<Experiment> ablation)
    {
        double smallest = ablation.Variants.Min(variant => variant.Experiment.Train.LearningRate);
        double largest = ablation.Variants.Max(variant => variant.Experiment.Train.LearningRate);
        return [Cell(NormPlacement.Nowhere, largest), Cell(NormPlacement.Everywhere, largest), Cell(NormPlacement.Nowhere, smallest), Cell(NormPlacement.Everywhere, smallest)];

        Variant<Experiment> Cell(NormPlacement place, double rate) => ablation.Variants.First(
            variant => variant.Experiment.Detector.Norm == place && variant.Experiment.Train.LearningRate == rate);
    }

    private static Ablation<Experiment> At(Scale scale)
    {
        // The paper's rates are for its net, its batch of 128 and 120k steps; here they span the same ground: one that is safe
        // without norm but slow, one between, one that only a normalised net survives.
        double[] rates = scale == Scale.Paper ? [0.001, 0.01, 0.05] : [0.002, 0.01, 0.04];
        Experiment start = BaseAt(scale);
        start = start with { Detector = start.Detector with { Norm = NormPlacement.Nowhere }, Train = start.Train with { LearningRate = rates[0] } };
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Detector.Norm", "Train.LearningRate"], start,
            [.. from place in Places
                from rate in rates
                select start.Vary(e => e with
                {
                    Detector = e.Detector with { Norm = place },
                    Train = e.Train with { LearningRate = rate },
                })]);
    }

    private static Experiment BaseAt(Scale scale) => scale switch
    {
        Scale.Paper => Baselines.Ssd300Voc,
        Scale.Minutes => Baselines.SmallBoards,
        Scale.Seconds => Baselines.SmallBoards with
        {
            Data = Baselines.SmallBoards.Data with { SyntheticImages = 40, SyntheticSize = 160 },
            Detector = ModelPresets.SmallResidual(160, StemKind.SevenBySevenStrideTwoPool),
            Train = Baselines.SmallBoards.Train with { Steps = 4, BatchSize = 4, WarmupSteps = 2 },
        },
        _ => throw new ArgumentOutOfRangeException(nameof(scale)),
    };
}
