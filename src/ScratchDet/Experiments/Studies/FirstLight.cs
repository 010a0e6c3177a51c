using ScratchDet.Data;

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
        Experiment start = Baselines.SmallBoards with
        {
            Data = new DataSpec { Source = DataSource.VocFolder, TrainSplit = "trainval", TestSplit = "test" },
            Train = Baselines.SmallBoards.Train with { Steps = scale == Scale.Seconds ? 4 : scale == Scale.Minutes ? 1800 : 18_000 },
        };
        return new Ablation<Experiment>(Study.Name, Study.Question, Study.Source, [], start, [start.Vary(e => e)]);
    }
}
