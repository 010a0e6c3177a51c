using ScratchDet.Data;
using ScratchDet.Training;

namespace ScratchDet.Experiments.Studies;

/// <summary>Does a detector with batch norm train from scratch on real images of yours within minutes? One variant.</summary>
public static class FirstLight
{
    public static Study Study { get; } = new(
        "first-light",
        "Does a detector with batch norm everywhere learn real images from random initialisation within minutes of CPU time?",
        "ScratchDet (arXiv 1810.08425), its recipe at small scale",
        At,
        _ => true);

    private static Ablation<Experiment> At(Scale scale)
    {
        TrainSpec train = Baselines.SmallBoards.Train;
        Experiment start = Baselines.SmallBoards with
        {
            Data = new DataSpec { Source = DataSource.VocFolder, TrainSplit = "trainval", TestSplit = "test" },
            Train = scale switch
            {
                Scale.Seconds => train with { Steps = 4, WarmupSteps = 2 },
                Scale.Minutes => train with { Steps = 1800 },
                _ => train with { Steps = 18_000 },
            },
        };
        return new Ablation<Experiment>(Study.Name, Study.Question, Study.Source, [], start, [start.Vary(e => e)]);
    }
}
