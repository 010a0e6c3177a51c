using ScratchDet.Data;
using ScratchDet.Data.Synthetic;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Runs;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Training;

/// <summary>A folder with forty small boards, made once per test process, and runs of a few steps on them.</summary>
internal static class SmallRuns
{
    private static readonly Lazy<string> Folder = new(() =>
    {
        string folder = Path.Combine(Path.GetTempPath(), $"scratchdet-tests-{Environment.ProcessId}", "boards");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
        BoardsDataset.Write(folder, 40, 160, 1, ImageFiles.Write, cancellation: CancellationToken.None);
        return folder;
    });

    public static string BoardsFolder => Folder.Value;

    /// <summary>The base of the batch-norm study at Seconds scale: 160 px, batch 4, 4 steps.</summary>
    public static Experiment Base => BatchNormPlacement.Study.At(Scale.Seconds).Base;

    public static ExperimentData Open(Experiment experiment) => ExperimentData.Open(experiment.Data, BoardsFolder, "", cancellation: TestContext.Current.CancellationToken);

    public static RunEnvironment MachineOfTest() => RunEnvironment.Describe("test", 1, "cpu", null, [], TimeProvider.System);

    public static RunOutcome Run(RunStore store, Experiment experiment, IRunObserver? observer = null, ulong seed = 0, int workers = 1, CancellationTokenSource? stop = null)
    {
        set_num_threads(1);
        var runner = new ExperimentRunner(store, Open(experiment), ImageFiles.Decode, CPU, workers, MachineOfTest());
        return runner.Run("test", "base", experiment, Scale.Seconds, seed, observer, stop?.Token ?? TestContext.Current.CancellationToken);
    }

    public static RunFolder FolderOf(RunStore store, Experiment experiment, ulong seed = 0) =>
        store.Open(RunIdentity.Of("test", "base", Scale.Seconds, seed, experiment));

    /// <summary>Where a file of a run lies, there or not yet.</summary>
    public static string PathOf(RunStore store, Experiment experiment, string file) =>
        Path.Combine(store.PathOf(RunIdentity.Of("test", "base", Scale.Seconds, 0, experiment)), file);

    /// <summary>Does something after each step.</summary>
    public sealed class Watch(Action stepped) : IRunObserver
    {
        public void Started(RunIdentity identity, Experiment experiment, long firstStep)
        {
        }

        public void Stepped(ScratchDet.Training.StepReport report)
        {
            stepped();
        }

        public void Evaluated(ScratchDet.Training.EvaluationReport evaluation)
        {
        }

        public void Finished(RunIdentity identity, RunOutcome outcome)
        {
        }
    }

    /// <summary>Stops a run after a number of steps, as Ctrl-C does.</summary>
    public sealed class StopAfter(long step, CancellationTokenSource source) : IRunObserver
    {
        public void Started(RunIdentity identity, Experiment experiment, long firstStep)
        {
        }

        public void Stepped(ScratchDet.Training.StepReport report)
        {
            if (report.Step == step) source.Cancel();
        }

        public void Evaluated(ScratchDet.Training.EvaluationReport evaluation)
        {
        }

        public void Finished(RunIdentity identity, RunOutcome outcome)
        {
        }
    }
}
