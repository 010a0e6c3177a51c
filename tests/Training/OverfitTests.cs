using ScratchDet.Data;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Tests.Training;

[Collection("threads")]
public sealed class OverfitTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-overfit-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Four_images_are_learned_by_heart()
    {
        Experiment small = SmallRuns.Base with
        {
            Detector = SmallRuns.Base.Detector with { Norm = NormPlacement.Everywhere },
            Train = SmallRuns.Base.Train with { Steps = 180, BatchSize = 4, LearningRate = 0.03, WarmupSteps = 5, DropsAt = [0.8], CheckpointEverySteps = 1000, Precision = Precision.Float32 },
        };
        ExperimentData data = SmallRuns.Open(small);
        DetectionDataset four = data.Train with { Samples = [.. data.Train.Samples.Take(4)] };
        TorchSharp.torch.set_num_threads(2);
        RunStore store = RunStore.Open(root);
        var runner = new ExperimentRunner(store, new ExperimentData(data.Folder, four, four), ImageFiles.Decode, TorchSharp.torch.CPU, 1, SmallRuns.MachineOfTest());
        var watch = new LastEvaluation();
        RunOutcome outcome = runner.Run("overfit", "base", small, Scale.Seconds, 0, watch, TestContext.Current.CancellationToken);
        Assert.Equal(RunState.Done, outcome.State);
        Assert.True(watch.Voc!.MapArea > 0.95, $"mAP {watch.Voc.MapArea}");
    }

    private sealed class LastEvaluation : IRunObserver
    {
        public VocResult? Voc { get; private set; }

        public void Started(RunIdentity identity, Experiment experiment, long firstStep)
        {
        }

        public void Stepped(StepReport step)
        {
        }

        public void Evaluated(EvaluationReport evaluation) => Voc = evaluation.Voc;

        public void Finished(RunIdentity identity, RunOutcome outcome)
        {
        }
    }
}
