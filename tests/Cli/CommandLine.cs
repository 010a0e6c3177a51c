using System.CommandLine;
using ScratchDet.Cli;
using ScratchDet.Cli.Commands;

namespace ScratchDet.Tests.Cli;

/// <summary>Runs the command line inside the test process and keeps what it wrote.</summary>
internal sealed record CommandLine(int Code, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Exit code 3 and, on standard error, the one line that begins with the file.</summary>
    public void AssertBadInput(string file, string what)
    {
        string line = Assert.Single(ErrorLines);
        Assert.StartsWith($"{file}: ", line);
        Assert.Contains(what, line);
        Assert.Equal((3, ""), (Code, Output));
    }

    public static Task<CommandLine> RunAsync(params string[] arguments) => RunAsync(arguments, CommandList.All, CancellationToken.None);

    /// <summary>Runs the tool with one command, "do", that does <paramref name="action"/>.</summary>
    public static Task<CommandLine> DoAsync(Action action, params string[] options) =>
        RunAsync(["do", .. options], [_ => CreateDo(action)], CancellationToken.None);

    /// <summary>The same after Ctrl-C.</summary>
    public static Task<CommandLine> DoStoppedAsync(Action action) =>
        RunAsync(["do"], [_ => CreateDo(action)], new CancellationToken(canceled: true));

    private static async Task<CommandLine> RunAsync(
        string[] arguments, IReadOnlyList<Func<Terminal, Command>> commands, CancellationToken stop)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var terminal = new Terminal(output, error);
        int code = await CommandRunner.RunAsync(CommandRunner.CreateRoot(terminal, commands), arguments, terminal, stop);
        return new CommandLine(code, output.ToString(), error.ToString());
    }

    private static ExampleCommand CreateDo(Action action)
    {
        var command = new ExampleCommand("do", "does it", "./scratchdet do");
        command.Does((_, _) =>
        {
            action();
            return ExitCode.Done;
        });
        return command;
    }
}
