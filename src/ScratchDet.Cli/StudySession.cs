using ScratchDet.Data;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Models.Pretrained;
using ScratchDet.Runs;
using static TorchSharp.torch;

namespace ScratchDet.Cli;

/// <summary>Trains variants of one study into a run store and shows how it goes.</summary>
internal sealed class StudySession
{
    private readonly StudyRunner runner;
    private readonly Terminal terminal;

    /// <param name="folder">The data that the user named, or null.</param>
    /// <param name="weightFiles">What pre-trained variants start from; none: the stand-in.</param>
    public StudySession(Terminal terminal, RunStore store, Study study, Scale scale, string? folder, Device device, IReadOnlyList<string> commandLine, IReadOnlyList<string>? weightFiles = null, bool weightsAreBgr = false)
    {
        this.terminal = terminal;
        runner = new StudyRunner(store, study, scale) { DataFolder = folder, Device = device, CommandLine = commandLine, WeightFiles = weightFiles ?? [], WeightChannels = weightsAreBgr ? ChannelOrder.Bgr : ChannelOrder.Rgb };
    }

    /// <summary>Opens the data (made first when synthetic), then trains every variant for every seed that is not done.</summary>
    /// <param name="variants">In the order to be trained.</param>
    /// <returns>The runs, finished ones included, in the same order.</returns>
    public IReadOnlyList<RunFolder> Train(Ablation<Experiment> ablation, IReadOnlyList<Variant<Experiment>> variants, int seeds, CancellationToken stop)
    {
        OpenData(ablation.Base.Data, stop);
        using IProgressDisplay progress = terminal.Progress();
        return runner.Train(variants, seeds, new ProgressObserver(terminal, progress, showSeed: seeds > 1), stop);
    }

    private void OpenData(DataSpec spec, CancellationToken stop)
    {
        using IProgressDisplay progress = terminal.Progress();
        bool started = false;
        ExperimentData data = runner.OpenData(spec, (done, total) =>
        {
            if (!started) progress.Start($"making {spec.Source.ToString().ToLowerInvariant()} data", total);
            started = true;
            progress.Report(done);
        }, stop);
        if (started) progress.Finish($"made {spec.SyntheticImages} images in {data.Folder}");
    }

    private sealed class ProgressObserver(Terminal terminal, IProgressDisplay progress, bool showSeed) : IRunObserver
    {
        private Training.EvaluationReport? last;
        private double seconds;

        public void Started(RunIdentity identity, Experiment experiment, long firstStep)
        {
            (last, seconds) = (null, 0);
            progress.Start(firstStep == 0 ? Label(identity) : $"{Label(identity)} (from step {firstStep})", experiment.Train.Steps);
            progress.Report(firstStep);
        }

        public void Noted(RunIdentity identity, string note) => terminal.Note($"{Label(identity)}: {note}");

        public void Found(RunFolder run) => terminal.Note($"{Label(run.Identity)}: already {run.Outcome()}");

        private string Label(RunIdentity identity) => showSeed ? $"{identity.Variant} seed {identity.Seed}" : identity.Variant;

        public void Stepped(Training.StepReport step)
        {
            progress.Report(step.Step, step.Loss, step.ImagesPerSecond);
            seconds = step.Seconds;
        }

        public void Evaluating(EvaluationProgress evaluated) =>
            progress.Note(FormattableString.Invariant($"evaluating: {evaluated.Images} of {evaluated.Total} images"));

        public void Evaluated(Training.EvaluationReport evaluation)
        {
            last = evaluation;
            seconds = evaluation.Seconds;
        }

        public void Finished(RunIdentity identity, RunOutcome outcome)
        {
            string score = last?.Voc.MapArea is { } map && outcome.State == RunState.Done ? FormattableString.Invariant($"mAP@0.5 {100 * map:0.0}, ") : "";
            progress.Finish(FormattableString.Invariant($"{score}{outcome}, {seconds:0} s"));
        }
    }
}
