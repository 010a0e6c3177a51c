using System.CommandLine;
using System.Globalization;
using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Running;

namespace ScratchDet.Cli.Commands;

/// <summary>`notebook`: executes notebooks headless, and holds them against the rules of kept outputs.</summary>
internal static class NotebookCommand
{
    private const string Worker = "worker";
    private const int DefaultTimeoutSeconds = 600;
    private const int LongestTimeoutSeconds = 7 * 24 * 3600;

    public static Command Create(Terminal terminal) => new ExampleCommand("notebook", "Execute C# notebooks from top to bottom, and check the executed ones",
        "./scratchdet notebook run notebooks/00-start-here.dib --html", "./scratchdet notebook check notebooks/*.ipynb")
    {
        CreateRun(terminal),
        CreateCheck(terminal),
        CreateWorker(),
    };

    /// <summary>How to start this tool as the process that hosts a session.</summary>
    public static WorkerProgram WorkerProgram => new(ChildProcess.DotnetProgram, [ThisTool.File, "notebook", Worker]);

    private static ExampleCommand CreateRun(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Notebooks: .ipynb or .dib", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out") { Description = "Folder for the executed notebooks, failed ones too; without it an .ipynb is replaced, and that of a .dib is written beside it, when every cell succeeded", HelpName = "DIR" };
        var html = new Option<bool>("--html") { Description = "Also write each as one self-contained page" };
        var timeout = new Option<int>("--timeout") { Description = "Seconds that a cell may run", DefaultValueFactory = _ => DefaultTimeoutSeconds, HelpName = "S" };
        timeout.AcceptOnlyFrom(1, LongestTimeoutSeconds);
        var parameters = new Option<string[]>("--param") { Description = "Set a variable of the cell tagged 'parameters', such as scale=Seconds; may be given several times", HelpName = "k=v" };
        var json = new Option<bool>("--json") { Description = "Print the result as one JSON object" };
        var command = new ExampleCommand("run",
            "Execute notebooks from top to bottom, each in a fresh session and with its folder as working folder; exit code 1 when a cell fails",
            "./scratchdet notebook run notebooks/00-start-here.dib --html",
            "./scratchdet notebook run notebooks/03-batchnorm-placement.dib --out evidence --param scale=Seconds --timeout 120")
        {
            files, output, html, timeout, parameters, json,
        };
        command.Does(async (parsed, stop) =>
        {
            NotebookFileRun[] runs = Open(parsed.GetRequiredValue(files), parsed.GetValue(output), Split(parsed.GetValue(parameters) ?? []));
            var runner = new NotebookRunner(WorkerProgram, new NotebookRunOptions(TimeSpan.FromSeconds(parsed.GetValue(timeout))));
            PageFooter? footer = parsed.GetValue(html) ? new PageFooter(Repository.Commit) : null;
            var results = new List<RunJson>();
            foreach (NotebookFileRun run in runs)
            {
                var cells = new CellLines(terminal, run.File);
                NotebookFileResult result;
                using (cells) result = await run.ExecuteAsync(runner, footer, cells, stop).ConfigureAwait(false);
                Report(terminal, run, result, parsed.GetValue(json)); // the bar is gone by now
                results.Add(RunJson.Of(run, result, cells.Executed));
            }
            bool isDone = results.TrueForAll(result => result.Error is null);
            if (parsed.GetValue(json)) terminal.WriteJson(new { Succeeded = isDone, Notebooks = results });
            return isDone ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    /// <summary>Executes one notebook with its page, for a command whose work it ends; cells may take as long as they need.</summary>
    /// <returns>Whether every cell succeeded.</returns>
    internal static async Task<bool> ExecuteAsync(Terminal terminal, NotebookFileRun notebook, CancellationToken stop)
    {
        var runner = new NotebookRunner(WorkerProgram, new NotebookRunOptions(Timeout.InfiniteTimeSpan));
        using var observer = new CellLines(terminal, notebook.File);
        NotebookFileResult result = await notebook.ExecuteAsync(runner, new PageFooter(Repository.Commit), observer, stop).ConfigureAwait(false);
        Report(terminal, notebook, result, asJson: false);
        return result.Run.Failure is null;
    }

    private static ExampleCommand CreateCheck(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Notebooks: .ipynb or .dib", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Print the findings as one JSON object" };
        var command = new ExampleCommand("check",
            "Hold notebooks against the rules: valid, ours, executed in order, no stored errors, no empty plots, small, and the same as the .dib beside them; exit code 1 otherwise",
            "./scratchdet notebook check notebooks/*.ipynb")
        {
            files, json,
        };
        command.Does((parsed, _) => Check(terminal, parsed.GetRequiredValue(files), parsed.GetValue(json)));
        return command;
    }

    private static ExampleCommand CreateWorker()
    {
        var requests = new Argument<string>("REQUESTS") { Description = "Handle of the pipe that cells come from" };
        var answers = new Argument<string>("ANSWERS") { Description = "Handle of the pipe that outputs go to" };
        var command = new ExampleCommand(Worker, "Host the session of one notebook for `notebook run`, which starts this itself", "./scratchdet notebook run FILE")
        {
            requests, answers,
        };
        command.Hidden = true;
        command.Does(async (parsed, _) =>
        {
            await NotebookWorker.ServeAsync(parsed.GetRequiredValue(requests), parsed.GetRequiredValue(answers)).ConfigureAwait(false);
            Environment.Exit(ExitCode.Done); // threads that a cell has left must not keep the process
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Reads all before any is executed: a bad one is better known at once.</summary>
    private static NotebookFileRun[] Open(string[] files, string? outFolder, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        try
        {
            NotebookFileRun[] runs = [.. files.Select(file => NotebookFileRun.Open(file, outFolder, parameters))];
            if (runs.GroupBy(run => Path.GetFullPath(run.Target)).FirstOrDefault(group => group.Count() > 1) is { } clash)
                throw new UsageException($"{string.Join(" and ", clash.Select(run => run.File))} would both be written to {clash.First().Target}");
            return runs;
        }
        catch (ParameterException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    private static List<KeyValuePair<string, string>> Split(string[] parameters)
    {
        var values = new List<KeyValuePair<string, string>>();
        foreach (string parameter in parameters)
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new UsageException($"--param '{parameter}' is not of the form k=v");
            string name = parameter[..equals].Trim();
            if (values.Exists(value => value.Key == name)) throw new UsageException($"--param {name} is given twice");
            values.Add(new(name, parameter[(equals + 1)..]));
        }
        return values;
    }

    private static void Report(Terminal terminal, NotebookFileRun run, NotebookFileResult result, bool asJson)
    {
        if (result.Run.Failure is { } failure)
        {
            string kept = result.Written is null ? $"{run.Target} is {(File.Exists(run.Target) ? "left as it was" : "not written")}" : $"see {result.Written}";
            terminal.Note($"{run.File}: cell {failure.CellNumber} ({failure.FirstLine}): {failure.Name}: {failure.Message}; {kept}".ReplaceLineEndings(" "));
        }
        if (asJson) return;
        if (result.Written is not null) terminal.Output.WriteLine($"notebook: {result.Written}");
        if (result.Page is not null) terminal.Output.WriteLine($"page: {result.Page}");
    }

    private static int Check(Terminal terminal, string[] files, bool asJson)
    {
        var reports = files.Select(file => (File: file, Findings: NotebookCheck.Run(file))).ToArray();
        int errors = reports.Sum(report => report.Findings.Count(finding => finding.IsError));
        if (asJson)
        {
            terminal.WriteJson(new
            {
                Succeeded = errors == 0,
                Notebooks = reports.Select(report => new
                {
                    report.File,
                    Findings = report.Findings.Select(finding => new { Severity = finding.IsError ? "error" : "warning", finding.Place, finding.What, finding.WhatToDo }),
                }),
            });
        }
        else
        {
            foreach ((string file, IReadOnlyList<NotebookFinding> findings) in reports)
            {
                foreach (NotebookFinding finding in findings) terminal.Output.WriteLine($"{file}: {finding}");
                if (!findings.Any(finding => finding.IsError)) terminal.Output.WriteLine($"{file}: nothing wrong");
            }
        }
        if (errors > 0) terminal.Note($"error: {errors} {(errors == 1 ? "fault" : "faults")} in {reports.Count(report => report.Findings.Any(finding => finding.IsError))} of {files.Length} {(files.Length == 1 ? "notebook" : "notebooks")}; see standard output");
        return errors == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>A line for each cell that has ended, and how many are done.</summary>
    private sealed class CellLines(Terminal terminal, string file) : ICellObserver, IDisposable
    {
        private readonly IProgressDisplay progress = terminal.Progress();
        private bool hasStarted;

        public int Executed { get; private set; }

        public void CellStarts(CellProgress cell)
        {
            if (!hasStarted) progress.Start(Path.GetFileName(file), cell.Count);
            hasStarted = true;
            progress.Report(cell.Number - 1);
        }

        public void CellEnded(CellProgress cell, TimeSpan time)
        {
            Executed++;
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}: cell {cell.Number} of {cell.Count}: {time.TotalSeconds:0.0} s: {cell.Cell.FirstLine}"));
        }

        public void Dispose() => progress.Dispose();
    }

    private sealed record ErrorJson(int Cell, string FirstLine, string Name, string Message);

    private sealed record RunJson(string File, bool Succeeded, int ExecutedCells, string? Notebook, string? Page, ErrorJson? Error)
    {
        public static RunJson Of(NotebookFileRun run, NotebookFileResult result, int executed) => new(
            run.File, result.Run.Failure is null, executed, result.Written, result.Page,
            result.Run.Failure is { } failure ? new ErrorJson(failure.CellNumber, failure.FirstLine, failure.Name, failure.Message) : null);
    }
}
