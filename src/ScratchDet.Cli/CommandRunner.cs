using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using System.Text.RegularExpressions;
using ScratchDet.Cli.Commands;
using ScratchDet.Experiments;

namespace ScratchDet.Cli;

/// <summary>Parses the arguments, runs the command, and turns whatever happens into one line and an exit code.</summary>
public static partial class CommandRunner
{
    private const string ScriptName = "./scratchdet";
    private const int NoSpaceLeftOnDevice = 28;
    private const int DiskQuotaExceeded = 122;

    private static readonly ParserConfiguration Parsing = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null, // a leading @ belongs to names, it does not open a file of arguments
    };

    /// <summary>The tool with these commands.</summary>
    internal static Command CreateRoot(Terminal terminal, IReadOnlyList<Func<Terminal, Command>> commands)
    {
        // Not a RootCommand: that one takes its name from the assembly, and people call the script.
        var root = new ExampleCommand(
            ScriptName,
            "Trains object detectors from random initialisation, and shows what decides whether that works.",
            $"{ScriptName} doctor",
            $"{ScriptName} COMMAND --help");
        WithCommonOptions(root);
        foreach (Func<Terminal, Command> create in commands)
            root.Subcommands.Add(create(terminal));
        return root;
    }

    /// <summary>Adds the options that every program of the kit has.</summary>
    internal static Command WithCommonOptions(Command root)
    {
        root.Options.Add(DebugOption);
        root.Options.Add(new VersionOption { Action = new PrintVersion() });
        var help = new HelpOption { Description = "Explain the command, with an example" };
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Options.Add(help);
        return root;
    }

    /// <summary>Runs one command line; see <see cref="ExitCode"/> for what comes back.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken stop) =>
        RunAsync(CreateRoot(terminal, CommandList.All), arguments, terminal, stop);

    internal static async Task<int> RunAsync(
        Command root, IReadOnlyList<string> arguments, Terminal terminal, CancellationToken stop)
    {
        bool showTrace = arguments.Contains(DebugOption.Name);
        try
        {
            ParseResult parsed = root.Parse(arguments.Count == 0 ? ["--help"] : arguments, Parsing);
            if (parsed.Errors.Count > 0)
                throw new UsageException(Describe(parsed));
            var invocation = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, stop).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            (int code, string line) = Explain(Unwrap(exception), stop);
            terminal.Note(line.ReplaceLineEndings(" ").Trim());
            if (showTrace)
                terminal.Note(exception.ToString());
            return code;
        }
    }

    internal static string Version =>
        typeof(CommandRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static Option<bool> DebugOption { get; } =
        new("--debug") { Recursive = true, Description = "After an error, show where in the code it came from" };

    private static (int Code, string Line) Explain(Exception exception, CancellationToken stop) => exception switch
    {
        BadInputException => (ExitCode.BadInput, exception.Message),
        UsageException or SpecException => (ExitCode.WrongUsage, $"wrong usage: {exception.Message}"),
        OperationCanceledException when stop.IsCancellationRequested => (ExitCode.Interrupted, "interrupted"),
        IOException { HResult: NoSpaceLeftOnDevice or DiskQuotaExceeded } =>
            (ExitCode.Failed, $"error: the disk is full: {exception.Message}; free some space and run the same command again"),
        _ when exception.Message.Length == 0 => (ExitCode.Failed, $"error: {exception.GetType().Name}"),
        _ => (ExitCode.Failed, $"error: {exception.Message}"),
    };

    /// <summary>The cause that says something: parallel loops and static constructors wrap it.</summary>
    private static Exception Unwrap(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Unwrap(first),
        TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        _ => exception,
    };

    private static string Describe(ParseResult parsed)
    {
        // An unknown word is the cause when it stands beside "a command is missing".
        string message = parsed.Errors.Select(error => error.Message)
            .OrderBy(text => text.StartsWith("Unrecognized", StringComparison.Ordinal) ? 0 : 1).First();
        message = DotNetType().Replace(message, match => match.Groups["type"].Value switch
        {
            "Int32" or "Int64" or "UInt64" => " as a whole number",
            "Double" or "Single" => " as a number",
            _ => "",
        });
        message = Whitespace().Replace(message, " ").TrimEnd(' ', '.'); // lists of values come over several lines
        return $"{message}; see `{PathOf(parsed.CommandResult)} --help`";
    }

    private static string PathOf(CommandResult? command) => command?.Parent switch
    {
        CommandResult parent => $"{PathOf(parent)} {command.Command.Name}",
        _ => command?.Command.Name ?? ScriptName,
    };

    [GeneratedRegex(@" as expected type '(System\.Nullable`1\[)?System\.(?<type>\w+)\]?'")]
    private static partial Regex DotNetType();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
