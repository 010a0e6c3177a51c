using System.CommandLine;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Kernel.Running;
using ScratchDet.Notebook;
using ScratchDet.Runs;

namespace ScratchDet.Cli.Commands;

/// <summary>`demo`: the main job. Batch-norm placement at small scale, then its notebook, executed over these runs.</summary>
internal static class DemoCommand
{
    private const string Notebook = "notebooks/03-batchnorm-placement.dib";

    public static Command Create(Terminal terminal)
    {
        var output = new Option<string>("--out") { Description = "Folder for the page, the executed notebook, the runs and the made data", DefaultValueFactory = _ => "demo", HelpName = "DIR" };
        var full = new Option<bool>("--full") { Description = "All eighteen cells of the study, six of them pre-trained, instead of the four telling ones" };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds per cell", DefaultValueFactory = _ => 1, HelpName = "K" };
        var set = new Option<string[]>("--set") { Description = "Change a value of every variant, such as Train.Steps=100", HelpName = "Path=Value", AllowMultipleArgumentsPerToken = true };
        var options = new RunOptions();
        var command = new ExampleCommand("demo",
            "Train detectors from scratch with and without batch norm on synthetic circuit boards, and execute the notebook about it; some minutes on two cores. The same command goes on where it was stopped",
            "./scratchdet demo", "./scratchdet demo --full --seeds 3 --out evidence")
        {
            output, full, seeds, set, options.DeviceName, options.Threads,
        };
        command.Does(async (parsed, stop) =>
        {
            int seedCount = parsed.GetValue(seeds);
            if (seedCount is < 1 or > 1000) throw new UsageException($"--seeds {seedCount}: give a number from 1 to 1000");
            string folder = parsed.GetValue(output)!;
            string[] changes = parsed.GetValue(set) ?? [];
            Ablation<Experiment> ablation = BatchNormPlacement.Study.At(Scale.Minutes).Set(changes);
            IReadOnlyList<Variant<Experiment>> variants = parsed.GetValue(full) ? ablation.Variants : BatchNormPlacement.Telling(ablation);
            string runsFolder = Path.GetFullPath(Path.Combine(folder, "runs"));
            // Before the training: a bad notebook is better known at once.
            NotebookFileRun notebook = NotebookFileRun.Open(Path.Combine(Repository.Root, Notebook), folder,
            [
                new("scale", nameof(Scale.Minutes)), new("seeds", seedCount.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                new("full", parsed.GetValue(full) ? "true" : "false"), new("changes", string.Join(' ', changes)), new("runsFolder", runsFolder),
            ]);

            var device = options.Apply(parsed);
            var session = new StudySession(terminal, RunStore.Open(runsFolder), BatchNormPlacement.Study, Scale.Minutes, null, device, ["demo", .. parsed.Tokens.Select(token => token.Value).Skip(1)]);
            IReadOnlyList<RunFolder> runs = session.Train(ablation, variants, seedCount, stop);

            bool isDone = await NotebookCommand.ExecuteAsync(terminal, notebook, stop).ConfigureAwait(false);
            terminal.Output.Write(StudyViews.BatchNormTable(runs, ablation).ToTextTable().ToText());
            terminal.Output.WriteLine();
            terminal.Output.Write(StudyViews.Summary(runs, withCosts: true).ToText());
            terminal.Output.WriteLine();
            foreach (string sentence in StudyViews.Findings(runs).Sentences) terminal.Output.WriteLine(sentence);
            return isDone ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
