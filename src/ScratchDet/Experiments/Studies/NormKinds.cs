using ScratchDet.Models;
using ScratchDet.Models.Backbones;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// Which norm at which batch size? Every arm sees the same number of images; the rate grows with the batch (the linear rule of
/// "Rethinking ImageNet Pre-training"). A frozen batch norm from random initialisation normalises nothing: that arm shows
/// what happens when a configuration made for pre-trained nets (frozen statistics) is used from scratch.
/// </summary>
public static class NormKinds
{
    private static readonly int[] Batches = [2, 4, 8, 16];

    public static Study Study { get; } = new(
        "norm-kind",
        "Which normalisation trains a detector from scratch when only a few images fit in a batch?",
        "Rethinking ImageNet Pre-training (arXiv 1811.08883), section 3.1; Group Normalization (arXiv 1803.08494), figure 1; ScratchDet's stabilisers",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.AtLeastAsGood("At two images a batch group norm is at least as good as batch norm", "Group Normalization (arXiv 1803.08494), figure 1; Rethinking ImageNet Pre-training, section 3.1",
                e => Is(e, NormKind.Group, 2), e => Is(e, NormKind.Batch, 2)),
            Claim.Higher("Batch norm is better at 16 images a batch than at 2", "Group Normalization, figure 1: errors of 23.7 and 34.7", e => Is(e, NormKind.Batch, 16), e => Is(e, NormKind.Batch, 2)),
            Claim.AsGood("Group norm is as good at 2 images a batch as at 16", "Group Normalization, figure 1: errors of 24.1 and 24.2", e => Is(e, NormKind.Group, 2), e => Is(e, NormKind.Group, 16)),
            Claim.Higher("A norm trains better from scratch than clipped gradients alone", "ScratchDet (arXiv 1810.08425), section 3; Rethinking, section 3.1",
                e => Is(e, NormKind.Batch, 16), e => Is(e, NormKind.None, 16)),
            Claim.Higher("Frozen statistics do not do from scratch what batch norm does", "Rethinking ImageNet Pre-training, section 3.1", e => Is(e, NormKind.Batch, 16), e => Is(e, NormKind.FrozenBatch, 16)),
        ],
    };

    private static bool Is(Experiment experiment, NormKind kind, int batch) => experiment.Detector.Norm.Backbone == kind && experiment.Train.BatchSize == batch;

    private static Ablation<Experiment> At(Scale scale)
    {
        Experiment from = scale == Scale.Paper
            ? Baselines.StemDetector(scale)
            : Baselines.StemDetector(scale).WithBackbone<ResidualSpec>(backbone => backbone with { Stem = StemKind.SevenBySevenStrideTwoPool });
        (int images, double rateAtEight, int groups) = scale switch
        {
            Scale.Paper => (100_000 * 128, 0.05 * 8 / 128, Norm.PaperGroups),
            Scale.Minutes => (4800, 0.02, 8),
            _ => (32, 0.04, 4),
        };
        Experiment start = Arm(from, Batches[0], NormPlacement.Nowhere with { Groups = groups }, clip: 10);
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source,
            [
                "Detector.Norm.Backbone", "Train.BatchSize", "Train.Steps", "Train.LearningRate", "Train.ClipGradientNormL2",
                .. from.Train.WarmupSteps == 0 ? (string[])[] : ["Train.WarmupSteps"],
            ], start,
            [.. from kind in new[] { NormKind.None, NormKind.FrozenBatch, NormKind.Batch, NormKind.Group, NormKind.Switchable }
                from batch in Batches
                select start.Vary(e => Arm(e, batch, e.Detector.Norm with { Backbone = kind }, kind == NormKind.None ? 10 : 0))]);

        Experiment Arm(Experiment experiment, int batch, NormPlacement norm, double clip) => experiment with
        {
            // No arm has a norm in the head: at paper scale it starts as the reference's without one.
            Detector = experiment.Detector with { Norm = norm, HeadInit = scale == Scale.Paper ? InitKind.CaffeXavier : experiment.Detector.HeadInit },
            Train = experiment.Train with
            {
                BatchSize = batch,
                AccumulationSteps = 1,
                Steps = Math.Max(2, images / batch),
                LearningRate = rateAtEight * batch / 8,
                ClipGradientNormL2 = clip,
                WarmupSteps = experiment.Train.WarmupSteps == 0 ? 0 : images / batch / 10,
            },
        };
    }
}
