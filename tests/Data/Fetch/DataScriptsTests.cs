using System.CommandLine;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ScratchDet.Cli;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Tests.Data.Fetch;

/// <summary>The programs in data-scripts/: each compiles, one runs as people run it, and what they share behaves as the tool does.</summary>
public class DataScriptsTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "data-scripts");

    public static TheoryData<string> Scripts => [.. Directory.GetFiles(Folder, "*.cs").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_compiles_without_a_warning_and_is_in_the_readme(string script)
    {
        string text = File.ReadAllText(Path.Combine(Folder, script));
        var options = new CSharpParseOptions(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "")]);
        SyntaxTree[] trees = [CSharpSyntaxTree.ParseText(text, options, cancellationToken: Stop), CSharpSyntaxTree.ParseText(ImplicitUsings, options, cancellationToken: Stop)];
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("script", trees, references, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        Assert.Empty(compilation.GetDiagnostics(Stop).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        Assert.StartsWith("#!/usr/bin/env dotnet\n#:project ../src/ScratchDet.Cli/ScratchDet.Cli.csproj\n", text);
        Assert.Contains($"dotnet run data-scripts/{script} -- ", File.ReadAllText(Path.Combine(Folder, "README.md")));
    }

    [Fact]
    public async Task A_script_runs_as_people_run_it_and_leaves_the_source_tree_alone()
    {
        string[] before = Directory.GetFileSystemEntries(Folder);
        using var folder = new TemporaryFolder();
        string voc = folder.VocWith(TemporaryFolder.ObjectXml("dog", "10", "5", "30", "99"));
        // The kit is built already; after a commit it would be built again, under the tests that run.
        var start = new ProcessStartInfo(
            ChildProcess.DotnetProgram, ["run", Path.Combine(Folder, "check-data.cs"), "--property:BuildProjectReferences=false", "--", voc])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Stop), error = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);

        Assert.Equal((3, ""), (process.ExitCode, process.ExitCode == 3 ? "" : await output + await error));
        Assert.Contains("a.xml: line 3, object 1 (dog): the box (xmin 10, ymin 5, xmax 30, ymax 99) is outside the image of 40 x 30", await output);
        Assert.Contains("1 fault in the data set", await error);
        Assert.Equal(before, Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public async Task What_is_asked_for_reaches_the_fetch_and_what_is_there_is_printed()
    {
        FetchRequest? asked = null;

        (int code, string output, string error) = await RunAsync(["--out", "x", "--mirror", "http://127.0.0.1:1/m", "--keep-archives", "--few"], (parsed, request, few) =>
        {
            asked = request;
            request.Progress!.Report(new("fetching a", 5_000_000, 9_000_000, IsBytes: true));
            request.Note!("a note");
            return [new FetchedSet("x", few ? "some" : "all", 5, 7, WasThere: false), new FetchedSet("x", "rest", 0, 0, WasThere: true)];
        });

        Assert.Equal((0, "x: some, 5 images, 7 objects; fetched\nx: rest; was there already\n", "a note\n"), (code, output, error));
        Assert.Equal(("x", "http://127.0.0.1:1/m", true), (asked!.Folder, asked.Mirror, asked.KeepArchives));
    }

    [Theory]
    [InlineData("wrong usage: Option '--out' is required; see `data-scripts/try.cs --help`", "--few")]
    [InlineData("wrong usage: Unrecognized command or argument 'x'; see `data-scripts/try.cs --help`", "--out", "y", "x")]
    public async Task Wrong_usage_is_one_line_and_exit_code_2(string expected, params string[] arguments) =>
        Assert.Equal((2, "", expected + "\n"), await RunAsync(arguments, (_, _, _) => []));

    [Fact]
    public async Task Help_has_the_line_to_type()
    {
        (int code, string output, _) = await RunAsync(["--help"], (_, _, _) => []);

        Assert.Equal(0, code);
        Assert.Contains("dotnet run data-scripts/try.cs -- --out a\n", output);
        Assert.Contains("--mirror <URL>", output);
    }

    [Fact]
    public async Task Trouble_is_one_line_with_the_tools_exit_codes()
    {
        Assert.Equal((3, "", "f: bad; repair it\n"), await RunAsync(["--out", "x"], (_, _, _) => throw new BadInputException("f", null, "bad", "repair it")));
        Assert.Equal((1, "", "error: refused\n"), await RunAsync(["--out", "x"], (_, _, _) => throw new DownloadException("refused")));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, Func<ParseResult, FetchRequest, bool, IReadOnlyList<FetchedSet>> fetch)
    {
        var few = new Option<bool>("--few");
        var output = new StringWriter();
        var error = new StringWriter();
        FetchScript script = new FetchScript("try.cs", "tries", "--out a").With(few);
        int code = await script.RunAsync(
            arguments, new Terminal(output, error), (parsed, request, _) => Task.FromResult(fetch(parsed, request, parsed.GetValue(few))), CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
