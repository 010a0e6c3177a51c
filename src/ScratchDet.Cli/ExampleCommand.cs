using System.CommandLine;

namespace ScratchDet.Cli;

/// <summary>A command whose help ends with examples; every command of the tool is one.</summary>
public sealed class ExampleCommand(string name, string description, params IReadOnlyList<string> examples)
    : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>What the command does; it returns the exit code. Exceptions are turned into lines by the runner.</summary>
    public void Does(Func<ParseResult, CancellationToken, int> action) =>
        SetAction((parsed, stop) => Task.FromResult(action(parsed, stop)));

    /// <summary>The same for a command that waits.</summary>
    public void Does(Func<ParseResult, CancellationToken, Task<int>> action) => SetAction(action);
}
