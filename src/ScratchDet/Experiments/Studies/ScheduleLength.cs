using ScratchDet.Training;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// How long must a run from scratch be to catch up? As in "Rethinking ImageNet Pre-training", figures 1 and 3 and table 1, k
/// times a unit of steps, and the rate drops at fixed distances from the end: 2/3 and 2/9 of a unit before it, the paper's 60k
/// and 20k of 90k iterations.
/// </summary>
public static class ScheduleLength
{
    private static readonly int[] Multiples = [1, 2, 3, 4, 6];

    public static Study Study { get; } = new(
        "schedule-length",
        "How many times longer must a detector train from random initialisation until it is as good as a pre-trained one?",
        "Rethinking ImageNet Pre-training (arXiv 1811.08883), figure 1 and table 1, its rule for a single-shot detector",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            new("On a short schedule (2x) pre-training is ahead", "Rethinking ImageNet Pre-training (arXiv 1811.08883), table 1: 40.3 beside 36.8 at 2x", ClaimKind.Higher,
                ablation => At(ablation, StartWeights.Pretrained, 2), ablation => At(ablation, StartWeights.Random, 2)),
            new("On the longest schedule training from scratch has caught up", "Rethinking, table 1: 41.3 beside 41.1 at 6x", ClaimKind.AtLeastAsGood,
                ablation => At(ablation, StartWeights.Random, Multiples[^1]), ablation => At(ablation, StartWeights.Pretrained, Multiples[^1])),
        ],
    };

    private static IEnumerable<Variant<Experiment>> At(Ablation<Experiment> ablation, StartWeights weights, int multiple)
    {
        int steps = multiple * ablation.Variants.Min(variant => variant.Experiment.Train.Steps);
        return ablation.Variants.Where(variant => variant.Experiment.Start == weights && variant.Experiment.Train.Steps == steps);
    }

    private static Ablation<Experiment> At(Scale scale)
    {
        int unit = scale switch { Scale.Paper => Baselines.TransferUnitSteps, Scale.Minutes => 200, _ => 2 };
        Experiment start = Baselines.TransferDetector(scale);
        start = start with { Train = WithLength(start.Train, unit, Multiples[0]) };
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Start", "Train.Steps", "Train.DropsAt"], start,
            [.. from weights in new[] { StartWeights.Random, StartWeights.Pretrained }
                from multiple in Multiples
                select start.Vary(e => e with { Start = weights, Train = WithLength(e.Train, unit, multiple) })]);
    }

    private static TrainSpec WithLength(TrainSpec train, int unit, int multiple)
    {
        int steps = unit * multiple;
        // At 1x the first drop comes after a third of the steps: the warm-up is over by then.
        return train with { Steps = steps, WarmupSteps = Math.Min(train.WarmupSteps, unit / 5), DropsAt = [Share(2.0 / 3), Share(2.0 / 9)] };

        double Share(double unitsBeforeEnd) => Math.Round((steps - Math.Round(unitsBeforeEnd * unit)) / steps, 6);
    }
}
