using System.Diagnostics;
using System.Text.Json.Nodes;
using ScratchDet.Kernel.Documents;
using ScratchDet.Tests.Cli;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Kernel.Running;

public sealed class NotebookCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_stack_overflow_is_reported_with_its_cell_and_the_file_is_left_as_it_was()
    {
        string path = folder.At("deep.ipynb");
        DibReader.Read("#!csharp\n\n1 + 1\n\n#!csharp\n\nint Deep(int n) => Deep(n + 1) + n;\nDeep(0)\n", "deep.dib").Save(path);
        byte[] before = File.ReadAllBytes(path);

        CommandLine result = await CliProcess.RunAsync(["notebook", "run", path]);

        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Equal($"{path}: cell 2 (int Deep(int n) => Deep(n + 1) + n;): ProcessEnded: the process was aborted (SIGABRT): Stack overflow.; {path} is left as it was", result.ErrorLines[^1]);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Parameters_are_set_and_notebook_page_and_report_are_written()
    {
        string path = folder.Write("a.dib", """
            #!markdown

            # The title

            #!csharp

            //| tags: parameters
            int steps = 100;
            var name = "x";

            #!csharp

            $"{name} {steps}"

            """);

        CommandLine result = await CommandLine.RunAsync("notebook", "run", path, "--html", "--json", "--param", "steps=7", "--param", "name=a \"b\"=c");

        Assert.Equal(0, result.Code);
        JsonNode one = JsonNode.Parse(result.Output)!["notebooks"]![0]!;
        Assert.Equal((true, 3, folder.At("a.ipynb"), folder.At("a.html")), ((bool)one["succeeded"]!, (int)one["executed_cells"]!, (string)one["notebook"]!, (string)one["page"]!));
        NotebookDocument written = NotebookDocument.Load(folder.At("a.ipynb"));
        Assert.Equal([CellTags.InjectedParameters], written.Cells[2].Tags);
        Assert.Equal("a \"b\"=c 7", Assert.Single(NotebookRuns.Plain(written.Cells[3])));
        Assert.Contains("<title>The title</title>", File.ReadAllText(folder.At("a.html")));
        Assert.Equal(["a.dib: cell 2 of 4", "a.dib: cell 3 of 4", "a.dib: cell 4 of 4"], result.ErrorLines.Select(line => line[..18]));

        CommandLine check = await CommandLine.RunAsync("notebook", "check", path, folder.At("a.ipynb"));
        Assert.Equal((0, ""), (check.Code, check.Error));
    }

    [Fact]
    public async Task A_failed_notebook_goes_only_to_a_folder_of_its_own()
    {
        string path = folder.Write("bad.dib", "#!csharp\n\nConsole.WriteLine(\"out\");\n\n#!csharp\n\nint.Parse(\"x\")\n");

        CommandLine beside = await CommandLine.RunAsync("notebook", "run", path);
        Assert.Equal(1, beside.Code);
        Assert.Contains("cell 2 (int.Parse(\"x\")): System.FormatException: ", beside.ErrorLines[^1]);
        Assert.EndsWith($"; {folder.At("bad.ipynb")} is not written", beside.ErrorLines[^1]);
        Assert.False(File.Exists(folder.At("bad.ipynb")));

        CommandLine apart = await CommandLine.RunAsync("notebook", "run", path, "--out", folder.At("out"), "--html", "--json");
        Assert.Equal(1, apart.Code);
        JsonNode error = JsonNode.Parse(apart.Output)!["notebooks"]![0]!["error"]!;
        Assert.Equal((2, "int.Parse(\"x\")", "System.FormatException"), ((int)error["cell"]!, (string)error["first_line"]!, (string)error["name"]!));
        Assert.Equal("error", (string?)NotebookDocument.Load(folder.At("out", "bad.ipynb")).Cells[1].Outputs[^1]!["output_type"]);
        Assert.Contains("System.FormatException", File.ReadAllText(folder.At("out", "bad.html")));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_cell_and_its_process_and_writes_nothing()
    {
        string pid = folder.At("pid");
        string path = folder.Write("long.dib", $"""
            #!csharp

            System.IO.File.WriteAllText("pid.new", Environment.ProcessId.ToString());
            System.IO.File.Move("pid.new", "{pid}");
            while (!ScratchDet.Notebook.Cell.Stop.IsCancellationRequested) System.Threading.Thread.Sleep(10);

            """);
        using CliProcess run = CliProcess.Start(["notebook", "run", path]);
        while (!File.Exists(pid) && !run.HasExited) await Task.Delay(20, TestContext.Current.CancellationToken);
        int worker = int.Parse(File.ReadAllText(pid), System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(run.TrySignal(2));
        CommandLine result = await run.EndAsync();

        Assert.Equal((130, "interrupted"), (result.Code, result.ErrorLines[^1]));
        Assert.False(File.Exists(folder.At("long.ipynb")));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(worker));
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("""{"nbformat": 3, "worksheets": []}""", "jupyter nbconvert --to notebook --nbformat 4 --inplace a.ipynb")]
    [InlineData("""{"nbformat": 4, "metadata": {}}""", "cells: missing")]
    [InlineData("""{"nbformat": 4, "metadata": {"kernelspec": {"name": "python3"}}, "cells": []}""", "the kernel 'python3' is not known here; known is .net-csharp")]
    public async Task A_file_that_is_no_notebook_of_ours_is_one_line_and_exit_code_3(string text, string what)
    {
        string path = folder.Write("a.ipynb", text);

        (await CommandLine.RunAsync("notebook", "run", path)).AssertBadInput(path, what);
        (await CommandLine.RunAsync("notebook", "check", path)).AssertBadInput(path, what);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Theory]
    [InlineData("has no parameter 'rate'; it has steps, name", "--param", "rate=1")]
    [InlineData("--param steps: 'many' is not a whole number (int)", "--param", "steps=many")]
    [InlineData("--param 'steps' is not of the form k=v", "--param", "steps")]
    [InlineData("--param steps is given twice", "--param", "steps=1", "--param", "steps=2")]
    [InlineData("--timeout must be 1 to", "--timeout", "0")]
    public async Task A_wrong_option_is_one_line_and_exit_code_2(string what, params string[] options)
    {
        string path = folder.Write("a.dib", "#!csharp\n\n//| tags: parameters\nint steps = 1;\nstring name = \"\";\n");

        CommandLine result = await CommandLine.RunAsync(["notebook", "run", path, .. options]);

        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Contains(what, Assert.Single(result.ErrorLines));
    }

    [Fact]
    public async Task A_parameter_of_a_notebook_without_any_and_two_files_of_one_name_are_wrong_usage()
    {
        string first = folder.Write("a/x.dib", "#!csharp\n\n1\n");
        string second = folder.Write("b/x.dib", "#!csharp\n\n1\n");

        Assert.Contains("has no cell tagged parameters", (await CommandLine.RunAsync("notebook", "run", first, "--param", "a=1")).Error);
        CommandLine clash = await CommandLine.RunAsync("notebook", "run", first, second, "--out", folder.At("out"));
        Assert.Equal(2, clash.Code);
        Assert.Contains("would both be written to", clash.Error);
    }
}
