using ScratchDet.Analysis;
using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Torch.Cuda;
using ScratchDet.Torch.Interop;
using static TorchSharp.torch;

namespace ScratchDet.Cli;

/// <summary>Trains variants of one study into a run store and shows how it goes.</summary>
/// <param name="folder">The data that the user named, or null.</param>
internal sealed class StudySession(Terminal terminal, RunStore store, Study study, Scale scale, string? folder, Device device, int workers, IReadOnlyList<string> commandLine)
{
    private const long MostCachedImageBytes = 4L << 30;

    private ExperimentData? opened;

    /// <summary>Opens the data (made first when synthetic), then trains every variant for every seed that is not done.</summary>
    /// <param name="variants">In the order to be trained.</param>
    /// <returns>The runs, finished ones included, in the same order.</returns>
    public IReadOnlyList<RunFolder> Train(Ablation<Experiment> ablation, IReadOnlyList<Variant<Experiment>> variants, int seeds, CancellationToken stop)
    {
        ExperimentData data = OpenData(ablation.Base.Data, stop);
        var environment = RunEnvironment.Describe(TorchLibraries.Version, get_num_threads(), NameOf(device), Repository.Commit, commandLine, TimeProvider.System);
        var cache = new ImageCache(ImageFiles.Decode, CachedImageBytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        var runner = new ExperimentRunner(store, data, cache.Decode, device, workers, environment);
        List<RunFolder> runs = [];
        using IProgressDisplay progress = terminal.Progress();
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            foreach (Variant<Experiment> variant in variants)
            {
                Experiment experiment = folder is null ? variant.Experiment : variant.Experiment with { Data = data.Describe(variant.Experiment.Data) };
                string label = seeds == 1 ? variant.Name : $"{variant.Name} seed {seed}";
                var identity = RunIdentity.Of(study.Name, variant.Name, scale, seed, experiment);
                if (store.Has(identity)) terminal.Note($"{label}: already {store.Open(identity).Outcome()}");
                else runner.Run(study.Name, variant.Name, experiment, scale, seed, new ProgressObserver(terminal, progress, label), stop);
                runs.Add(store.Open(identity));
            }
        }
        return runs;
    }

    /// <summary>One row a run: score, end, cost.</summary>
    public static TextTable Summary(IReadOnlyList<RunFolder> runs)
    {
        RunTable table = RunTable.Of(runs, [.. runs.Select(run => run.Identity.Variant).Distinct()]);
        return new TextTable(
            ["variant", "seed", "mAP@0.5 %", "11-point %", "end", "images/s", "seconds"],
            [.. table.Rows.Select(row => (IReadOnlyList<string>)[
                row.Identity.Variant, row.Identity.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Percent(row, RunMetrics.MapArea), Percent(row, RunMetrics.Map07), row.Outcome.ToString(),
                Number(row, RunMetrics.ImagesPerSecond), Number(row, RunMetrics.Seconds)])]);

        static string Percent(RunRow row, string metric) => row.Metric(metric) is { } value ? FormattableString.Invariant($"{100 * value:0.0}") : "-";
        static string Number(RunRow row, string metric) => row.Metric(metric) is { } value ? FormattableString.Invariant($"{value:0}") : "-";
    }

    private static string NameOf(Device device) =>
        device.type == TorchSharp.DeviceType.CUDA ? CudaMemory.Describe(Math.Max(device.index, 0)).Name : device.ToString();

    /// <summary>Decoded images that are kept: a quarter of the memory, for training needs the rest, and never more than 4 GiB.</summary>
    internal static long CachedImageBytes(long memoryBytes) => Math.Min(MostCachedImageBytes, memoryBytes / 4);

    /// <summary>The study's images, read once for a session: every variant of a study has the same.</summary>
    public ExperimentData OpenData(DataSpec spec, CancellationToken stop) => opened ??= Open(spec, stop);

    private ExperimentData Open(DataSpec spec, CancellationToken stop)
    {
        using IProgressDisplay progress = terminal.Progress();
        bool started = false;
        ExperimentData data = ExperimentData.Open(spec, folder, Path.Combine(store.Root, "data"), (done, total) =>
        {
            if (!started) progress.Start($"making {spec.Source.ToString().ToLowerInvariant()} data", total);
            started = true;
            progress.Report(done);
        }, stop);
        if (started) progress.Finish($"made {spec.SyntheticImages} images in {data.Folder}");
        return data;
    }

    private sealed class ProgressObserver(Terminal terminal, IProgressDisplay progress, string label) : IRunObserver
    {
        private Training.EvaluationReport? last;
        private double seconds;

        public void Started(RunIdentity identity, Experiment experiment, long firstStep)
        {
            progress.Start(firstStep == 0 ? label : $"{label} (from step {firstStep})", experiment.Train.Steps);
            progress.Report(firstStep);
        }

        public void Noted(RunIdentity identity, string note) => terminal.Note($"{label}: {note}");

        public void Stepped(Training.StepReport step)
        {
            progress.Report(step.Step, step.Loss, step.ImagesPerSecond);
            seconds = step.Seconds;
        }

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
