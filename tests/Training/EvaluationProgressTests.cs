using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Tests.Training;

[Collection("threads")]
public sealed class EvaluationProgressTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-evaluating-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void An_evaluation_during_training_says_after_each_batch_how_far_it_is()
    {
        Experiment experiment = SmallRuns.Base with { Train = SmallRuns.Base.Train with { Steps = 2, BatchSize = 3, EvaluateEverySteps = 1 } };
        int total = SmallRuns.Open(experiment).Test.Samples.Count;
        var watch = new Evaluations();

        SmallRuns.Run(RunStore.Open(root), experiment, watch);

        int[] batches = [.. Enumerable.Range(1, (total + 2) / 3).Select(batch => Math.Min(3 * batch, total))];
        Assert.Equal([.. batches, -1, .. batches, -2], watch.Told);
        Assert.All(watch.Totals, told => Assert.Equal(total, told));
    }

    /// <summary>Images seen, and the step with a minus sign when an evaluation ended.</summary>
    private sealed class Evaluations : IRunObserver
    {
        public List<long> Told { get; } = [];

        public List<int> Totals { get; } = [];

        public void Started(RunIdentity identity, Experiment experiment, long firstStep)
        {
        }

        public void Stepped(StepReport step)
        {
        }

        public void Evaluating(EvaluationProgress progress)
        {
            Told.Add(progress.Images);
            Totals.Add(progress.Total);
        }

        public void Evaluated(EvaluationReport evaluation) => Told.Add(-evaluation.Step);

        public void Finished(RunIdentity identity, RunOutcome outcome)
        {
        }
    }
}
