using System.CommandLine;
using ScratchDet.Cli;
using ScratchDet.Cli.Commands;

namespace ScratchDet.Tests.Cli;

public class CommandRunnerTests
{
    [Fact]
    public async Task Bad_input_is_one_line_with_file_place_fault_and_remedy_and_exit_code_3()
    {
        CommandLine result = await CommandLine.DoAsync(() => throw new BadInputException("a.xml", "line 3", "no <name>", "add\none"));

        Assert.Equal(3, result.Code);
        Assert.Equal("a.xml: line 3: no <name>; add one\n", result.Error);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Bad_input_met_in_a_parallel_loop_or_a_static_constructor_is_still_one_line()
    {
        var bad = new BadInputException("a.jpg", null, "truncated", "replace it");

        CommandLine parallel = await CommandLine.DoAsync(() => Parallel.For(0, 4, _ => throw bad));
        CommandLine typeLoad = await CommandLine.DoAsync(() => throw new TypeInitializationException("Some.Type", bad));

        Assert.Equal((3, "a.jpg: truncated; replace it\n"), (parallel.Code, parallel.Error));
        Assert.Equal((3, "a.jpg: truncated; replace it\n"), (typeLoad.Code, typeLoad.Error));
    }

    [Fact]
    public async Task Another_error_is_one_line_and_exit_code_1_and_its_trace_is_shown_only_with_debug()
    {
        static void Fail() => throw new InvalidOperationException("the weights\ndo not fit");

        CommandLine plain = await CommandLine.DoAsync(Fail);
        CommandLine debug = await CommandLine.DoAsync(Fail, "--debug");

        Assert.Equal((1, "error: the weights do not fit\n"), (plain.Code, plain.Error));
        Assert.Equal(1, debug.Code);
        Assert.Equal("error: the weights do not fit", debug.ErrorLines[0]);
        Assert.Contains(nameof(CommandRunnerTests), debug.Error);
    }

    [Fact]
    public async Task A_full_disk_is_said_in_one_line_with_exit_code_1()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full");

        CommandLine result = await CommandLine.DoAsync(() =>
        {
            using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            file.Write(new byte[10]);
            file.Flush(flushToDisk: false);
        });

        Assert.Equal(1, result.Code);
        Assert.Single(result.ErrorLines);
        Assert.Contains("the disk is full", result.Error);
        Assert.Contains("/dev/full", result.Error);
    }

    [Fact]
    public async Task A_stopped_command_ends_with_130_and_a_cancellation_of_its_own_with_1()
    {
        CommandLine stopped = await CommandLine.DoStoppedAsync(() => throw new OperationCanceledException());
        CommandLine own = await CommandLine.DoAsync(() => throw new OperationCanceledException());

        Assert.Equal((130, "interrupted\n"), (stopped.Code, stopped.Error));
        Assert.Equal(1, own.Code);
    }

    [Theory]
    [InlineData("Unrecognized command or argument 'nope'; see `./scratchdet --help`", "nope")]
    [InlineData("Unrecognized command or argument '--jsno'; see `./scratchdet doctor --help`", "doctor", "--jsno")]
    [InlineData("Unrecognized command or argument 'extra'; see `./scratchdet doctor --help`", "doctor", "extra")]
    [InlineData("Required argument missing for option: '--filter'; see `./scratchdet test --help`", "test", "--filter")]
    public async Task Wrong_usage_is_one_line_that_names_the_help_and_exit_code_2(string expected, params string[] arguments)
    {
        CommandLine result = await CommandLine.RunAsync(arguments);

        Assert.Equal(2, result.Code);
        Assert.Equal($"wrong usage: {expected}\n", result.Error);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task A_usage_error_found_by_a_command_ends_with_2()
    {
        CommandLine result = await CommandLine.DoAsync(() => throw new UsageException("no study is called 'x'"));

        Assert.Equal((2, "wrong usage: no study is called 'x'\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Without_arguments_the_help_is_shown_and_names_every_command()
    {
        CommandLine result = await CommandLine.RunAsync();

        Assert.Equal(0, result.Code);
        Assert.Contains("Usage:", result.Output);
        foreach (Command command in Commands().Subcommands)
            Assert.Contains($"  {command.Name} ", result.Output);
    }

    [Fact]
    public async Task Version_prints_the_version()
    {
        CommandLine result = await CommandLine.RunAsync("--version");

        Assert.Equal(0, result.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+", result.Output);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_command_has_a_help_that_ends_with_an_example_of_itself(string path)
    {
        CommandLine result = await CommandLine.RunAsync([.. path.Split(' '), "--help"]);

        Assert.Equal(0, result.Code);
        string examples = result.Output[result.Output.IndexOf("\nExample", StringComparison.Ordinal)..];
        Assert.Contains($"./scratchdet {path}", examples);
    }

    public static TheoryData<string> Paths() => [.. PathsBelow(Commands())];

    private static IEnumerable<string> PathsBelow(Command command) => command.Subcommands.Where(child => !child.Hidden).SelectMany(
        child => PathsBelow(child).Select(path => $"{child.Name} {path}").Prepend(child.Name));

    private static Command Commands() =>
        CommandRunner.CreateRoot(new Terminal(TextWriter.Null, TextWriter.Null), CommandList.All);
}
