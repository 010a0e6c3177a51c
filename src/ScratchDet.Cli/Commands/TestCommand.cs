using System.CommandLine;

namespace ScratchDet.Cli.Commands;

/// <summary>`test`: the format check, then all tests; what CI runs.</summary>
internal static class TestCommand
{
    public static Command Create(Terminal terminal)
    {
        var filter = new Option<string?>("--filter")
        {
            Description = "Only the tests whose full name (namespace, class, sentence) contains this",
            HelpName = "X",
        };
        var command = new ExampleCommand(
            "test",
            "Check the format of the code, then run all tests",
            "./scratchdet test",
            "./scratchdet test --filter Boxes")
        {
            filter,
        };
        command.Does((parsed, stop) => RunAsync(terminal, parsed.GetValue(filter), stop));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string? filter, CancellationToken stop)
    {
        string root = Repository.Root;
        bool isFormatted = true;
        if (filter is null)
        {
            terminal.Note("scratchdet: checking the format of the code ...");
            isFormatted = await IsFormattedAsync(terminal, ["ScratchDet.Notebooks.sln"], ["--no-restore"], root, stop).ConfigureAwait(false)
                & await IsFormattedAsync(terminal, ["whitespace", "data-scripts", "--folder"], [], root, stop).ConfigureAwait(false);
        }

        string reportFile = Path.Combine(root, ".build", $"tests-{Environment.ProcessId}.xml");
        try
        {
            List<string> arguments = ["-noLogo", "-noAutoReporters", "-xml", reportFile];
            if (Console.IsOutputRedirected)
                arguments.Add("-noColor");
            if (filter is not null)
                arguments.AddRange(["-method", $"*{filter.Trim('*')}*"]);
            string executable = Path.Combine(root, ".build/bin/ScratchDet.Tests/release/ScratchDet.Tests");
            terminal.Note("scratchdet: running the tests ...");
            int code = await ChildProcess.RunAsync(executable, arguments, root, stop).ConfigureAwait(false);
            if (!File.Exists(reportFile))
                throw new InvalidOperationException($"the test program ended with code {code} and without a report");

            TestReport report = TestReport.Read(reportFile);
            if (report.IsEmpty)
                throw new UsageException($"no test has '{filter}' in its full name");
            report.Write(terminal.Output);
            return code == 0 && report.Failed == 0 && isFormatted ? ExitCode.Done : ExitCode.Failed;
        }
        finally
        {
            File.Delete(reportFile);
        }
    }

    /// <param name="what">Of the code, in dotnet format's words.</param>
    private static async Task<bool> IsFormattedAsync(Terminal terminal, string[] what, string[] options, string root, CancellationToken stop)
    {
        int code = await ChildProcess.RunAsync("dotnet", ["format", .. what, "--verify-no-changes", .. options], root, stop).ConfigureAwait(false);
        if (code == 0) return true;
        terminal.Note($"scratchdet: the format is not right (above); `dotnet format {string.Join(' ', what)}` puts it right");
        return false;
    }
}
