namespace ScratchDet.Experiments.Studies;

/// <summary>The first thing to run: coloured shapes, a small detector, about a minute on two cores. One variant.</summary>
public static class StartHere
{
    public static Study Study { get; } = new(
        "start-here",
        "Can a detector learn to find and name objects from random weights alone, while we watch?",
        "ScratchDet (arXiv 1810.08425), its recipe at the smallest scale",
        At,
        _ => false);

    private static Ablation<Experiment> At(Scale scale)
    {
        Experiment start = scale switch
        {
            Scale.Seconds => Baselines.SmallShapes with
            {
                Data = Baselines.SmallShapes.Data with { SyntheticImages = 40 },
                Train = Baselines.SmallShapes.Train with { Steps = 6, BatchSize = 4, WarmupSteps = 2 },
            },
            Scale.Minutes => Baselines.SmallShapes,
            // No paper trained on shapes: the same task, ten times as long.
            Scale.Paper => Baselines.SmallShapes with
            {
                Data = Baselines.SmallShapes.Data with { SyntheticImages = 10_000 },
                Train = Baselines.SmallShapes.Train with { Steps = 10 * Baselines.SmallShapes.Train.Steps },
            },
            _ => throw new ArgumentOutOfRangeException(nameof(scale)),
        };
        return new Ablation<Experiment>(Study.Name, Study.Question, Study.Source, [], start, [start.Vary(e => e)]);
    }
}
