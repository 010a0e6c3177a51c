using System.CommandLine;
using System.Globalization;
using ScratchDet.Analysis;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Models;
using ScratchDet.Notebook;
using ScratchDet.Runs;

namespace ScratchDet.Cli.Commands;

/// <summary>`runs`, `runs show`, `runs diff`, `runs table`: the run store.</summary>
internal static class RunsCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string> store = new RunOptions().Runs;
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("runs", "List the runs of a store", "./scratchdet runs", "./scratchdet runs table batchnorm-placement --csv table.csv")
        {
            store, json, Show(terminal), Diff(terminal), Table(terminal),
        };
        command.Does((parsed, _) =>
        {
            IReadOnlyList<RunFolder> runs = RunStore.Open(parsed.GetValue(store)!).Runs();
            if (parsed.GetValue(json)) terminal.WriteJson(new { runs = runs.Select(TrainCommand.RunJsonOf) });
            else if (runs.Count == 0) terminal.Note($"{parsed.GetValue(store)} holds no runs; `./scratchdet train` makes some");
            else terminal.Output.Write(new TextTable(["run", "mAP@0.5 %", "end"], [.. runs.Select(run => (IReadOnlyList<string>)[
                run.Identity.RelativePath, run.Outcome().State != RunState.Diverged && run.Evaluations().LastOrDefault() is { } last ? FormattableString.Invariant($"{100 * last.MapArea:0.0}") : "-", run.Outcome().ToString()])]).ToText());
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Show(Terminal terminal)
    {
        var name = new Argument<string>("RUN") { Description = "A run folder or a part of a run's path" };
        Option<string> store = new RunOptions().Runs;
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand("show", "Show one run: how it ended, its scores, machine and specification", "./scratchdet runs show first-light") { name, store, json };
        command.Does((parsed, _) =>
        {
            RunFolder run = RunStore.Open(parsed.GetValue(store)!).Find(parsed.GetValue(name)!);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new
                {
                    run = TrainCommand.RunJsonOf(run),
                    spec = run.Values.ToDictionary(value => value.Path, value => value.Text),
                    environment = run.Environment(),
                    evaluations = run.Evaluations(),
                });
                return ExitCode.Done;
            }
            terminal.Output.WriteLine(run.Folder);
            terminal.Output.WriteLine(run.Outcome().ToString());
            RunEnvironment environment = run.Environment();
            terminal.Output.WriteLine($"{environment.MachineText}; commit {environment.Commit ?? "unknown"}; {environment.Date.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC");
            foreach (EvaluationRecord evaluation in run.Evaluations())
                terminal.Output.WriteLine(FormattableString.Invariant($"step {evaluation.Step}: mAP@0.5 {100 * evaluation.MapArea:0.0} %, 11-point {100 * evaluation.Map07:0.0} %, loss {evaluation.ValidationLoss:0.000}, {evaluation.Seconds:0} s"));
            Experiment experiment = run.ReadSpec<Experiment>();
            using (var detector = new Detector(experiment.Detector, ClassCountOf(run)))
                terminal.Output.Write(ModelSummary.NormTable(NormReport.Of(detector, experiment.Train.BatchSize)).ToText());
            terminal.Output.WriteLine();
            terminal.Output.Write(new TextTable(["path", "value"], [.. run.Values.Select(value => (IReadOnlyList<string>)[value.Path, value.Text])]).ToText());
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Background counted, by the classes that were scored; two where nothing was.</summary>
    private static int ClassCountOf(RunFolder run) => 1 + Math.Max(1, run.Evaluations().LastOrDefault()?.PerClassAp.Count ?? 1);

    private static ExampleCommand Diff(Terminal terminal)
    {
        var first = new Argument<string>("A") { Description = "A run" };
        var second = new Argument<string>("B") { Description = "Another" };
        Option<string> store = new RunOptions().Runs;
        var command = new ExampleCommand("diff", "Show in which values two runs differ", "./scratchdet runs diff Norm.Head=Batch base") { first, second, store };
        command.Does((parsed, _) =>
        {
            RunStore runs = RunStore.Open(parsed.GetValue(store)!);
            Dictionary<string, string> a = runs.Find(parsed.GetValue(first)!).Values.ToDictionary(value => value.Path, value => value.Text);
            Dictionary<string, string> b = runs.Find(parsed.GetValue(second)!).Values.ToDictionary(value => value.Path, value => value.Text);
            string[] differing = [.. a.Keys.Union(b.Keys).Where(path => a.GetValueOrDefault(path) != b.GetValueOrDefault(path))];
            if (differing.Length == 0) terminal.Note("the specifications are equal");
            else terminal.Output.Write(new TextTable(["path", "A", "B"], [.. differing.Select(path => (IReadOnlyList<string>)[path, a.GetValueOrDefault(path, "-"), b.GetValueOrDefault(path, "-")])]).ToText());
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Table(Terminal terminal)
    {
        var name = new Argument<string>("STUDY") { Description = "Name of a study" };
        var csv = new Option<string?>("--csv") { Description = "Write every column to this file", HelpName = "F" };
        Option<string> store = new RunOptions().Runs;
        var command = new ExampleCommand("table", "One row a run of a study: specification and metrics", "./scratchdet runs table batchnorm-placement --csv table.csv") { name, csv, store };
        command.Does((parsed, _) =>
        {
            IReadOnlyList<RunFolder> runs = RunStore.Open(parsed.GetValue(store)!).Runs(parsed.GetValue(name)!);
            if (runs.Count == 0) throw new SpecException($"{parsed.GetValue(store)} holds no runs of '{parsed.GetValue(name)}'");
            if (parsed.GetValue(csv) is { } file)
            {
                RunTable.Of(runs).WriteCsv(file);
                terminal.Note($"{runs.Count} runs in {file}");
            }
            else
            {
                terminal.Output.Write(StudyViews.Summary(runs, withCosts: true).ToText());
                if (AllStudies.List.FirstOrDefault(study => study.Name == parsed.GetValue(name)) is { } known) WriteStudy(terminal, known, runs);
            }
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>For each scale and data set that was run: the study's table and what it says of the claims.</summary>
    private static void WriteStudy(Terminal terminal, Study study, IReadOnlyList<RunFolder> runs)
    {
        IReadOnlyList<StudyTable> tables = StudyTable.Of(study, runs);
        if (tables.Count == 0) terminal.Note("none of these runs is finished and of a variant of the study as it is now, so there is nothing to compare");
        foreach (StudyTable table in tables)
        {
            terminal.Output.WriteLine();
            terminal.Output.Write(table.ToText());
        }
    }
}
