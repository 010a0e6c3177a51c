using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Running;
using ScratchDet.Tests.Data;
using ScratchDet.Tests.Kernel.Documents;

namespace ScratchDet.Tests.Kernel.Running;

public sealed class NotebookRunnerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private const string Everything = """
        #!markdown

        # Everything

        #!csharp

        using System.Runtime.InteropServices;
        [DllImport("libc")] static extern int puts(string text);
        Console.Write("a");
        Console.Error.WriteLine("e");
        Console.WriteLine("b " + Environment.CurrentDirectory);
        puts("native");
        6 * 7

        #!csharp

        Console.WriteLine("\r10%\r100%");
        var shown = ScratchDet.Notebook.Cell.Show(new ScratchDet.Notebook.MimeBundle("first"));
        Console.WriteLine("after");

        #!csharp

        #!csharp

        //| tags: skip-execution
        throw new Exception("is not run");

        #!csharp

        //| tags: raises-exception
        throw new InvalidOperationException("no " + System.IO.Path.GetFullPath("x.txt"));

        #!csharp

        shown.Update(new ScratchDet.Notebook.MimeBundle("last"));
        System.IO.Path.GetFullPath("../other")

        """;

    [Fact]
    public async Task Outputs_are_stored_the_same_in_every_run_and_without_this_machines_folders()
    {
        NotebookRunResult first = await NotebookRuns.RunAsync(Everything, folder.Path);
        Assert.Null(first.Failure);
        IReadOnlyList<NotebookCell> cells = first.Document.Cells;

        Assert.Equal([null, 1, 2, null, 3, 4], cells.Select(cell => cell.ExecutionCount));
        Assert.Equal("ab .\nnative\n", NotebookRuns.Text(cells[1], "stdout"));
        Assert.Equal("e\n", NotebookRuns.Text(cells[1], "stderr"));
        Assert.Equal(["42"], NotebookRuns.Plain(cells[1]));
        Assert.Equal(1, (int)cells[1].Outputs.Single(output => (string?)output!["output_type"] == "execute_result")!["execution_count"]!);
        Assert.Equal(["stream", "display_data", "stream"], cells[2].Outputs.Select(output => (string?)output!["output_type"]));
        Assert.Equal("100%\nafter\n", NotebookRuns.Text(cells[2], "stdout"));
        Assert.Equal(["last"], NotebookRuns.Plain(cells[2]));
        Assert.Empty(cells[3].Outputs);
        Assert.Equal("no x.txt", (string?)Assert.Single(cells[4].Outputs)!["evalue"]);
        Assert.Equal("System.InvalidOperationException: no x.txt", (string?)cells[4].Outputs[0]!["traceback"]![0]);

        NotebookRunResult second = await NotebookRuns.RunAsync(Everything, folder.Path);
        Assert.Equal(IpynbWriter.ToText(first.Document), IpynbWriter.ToText(second.Document));

        first.Document.Save(folder.At("a.ipynb"));
        Assert.DoesNotContain(folder.Path, File.ReadAllText(folder.At("a.ipynb")));
        DebianPython.RunOrSkip("import sys, nbformat; nbformat.validate(nbformat.read(sys.argv[1], as_version=nbformat.NO_CONVERT))", folder.At("a.ipynb"));
    }

    [Fact]
    public async Task A_cell_that_shall_fail_and_does_not_is_a_failure()
    {
        NotebookRunResult result = await NotebookRuns.RunAsync("#!csharp\n\n//| tags: raises-exception\n1\n\n#!csharp\n\n2\n", folder.Path);

        Assert.Equal((1, "1", NotebookRunner.DidNotFail), (result.Failure!.CellNumber, result.Failure.FirstLine, result.Failure.Name));
        Assert.Equal([1, null], result.Document.Cells.Select(cell => cell.ExecutionCount));
    }

    [Fact]
    public async Task A_hundred_megabytes_of_text_are_cut_and_the_notebook_goes_on()
    {
        NotebookRunResult result = await NotebookRuns.RunAsync("""
            #!csharp

            for (int i = 0; i < 100_000; i++) Console.WriteLine(new string((char)('a' + i % 26), 999));
            for (int i = 0; i < 2_000; i++) display(i);

            #!csharp

            1 + 1

            """, folder.Path);

        Assert.Null(result.Failure);
        NotebookCell cell = result.Document.Cells[0];
        string text = NotebookRuns.Text(cell, "stdout");
        Assert.InRange(text.Length, 1_000_000, 1_000_100);
        Assert.StartsWith("aaaa", text);
        Assert.EndsWith("dddd\n", text);
        Assert.Contains("\n[... 99,000,000 characters were left out here ...]\n", text);
        Assert.Equal(new OutputLimits().DisplaysPerCell, NotebookRuns.Plain(cell).Length);
        Assert.Equal("[1,500 more outputs of this cell were left out]\n", NotebookRuns.Text(cell, "stderr"));
        Assert.Equal(["2"], NotebookRuns.Plain(result.Document.Cells[1]));
    }

    [Fact]
    public async Task A_cell_that_obeys_its_stop_keeps_what_it_wrote_and_is_named()
    {
        NotebookRunResult result = await NotebookRuns.RunAsync(
            "#!csharp\n\nConsole.WriteLine(\"begun\");\nawait System.Threading.Tasks.Task.Delay(-1, ScratchDet.Notebook.Cell.Stop);\n", folder.Path,
            new NotebookRunOptions(TimeSpan.FromSeconds(4)) { StopGrace = TimeSpan.FromSeconds(60) });

        Assert.Equal(NotebookRunner.TimeLimit, result.Failure!.Name);
        Assert.Equal("the cell ran longer than 4 s and was stopped", result.Failure.Message);
        Assert.Equal("begun\n", NotebookRuns.Text(result.Document.Cells[0], "stdout"));
    }

    [Fact]
    public async Task A_cell_that_never_ends_is_killed_with_the_programs_that_it_started()
    {
        string pid = folder.At("pid");
        NotebookRunResult result = await NotebookRuns.RunAsync($$"""
            #!csharp

            var child = System.Diagnostics.Process.Start("sh", new[] { "-c", "sleep 300 & echo $! > '{{pid}}'" });
            child.WaitForExit();
            Console.WriteLine("begun");
            while (true) { }

            """, folder.Path, new NotebookRunOptions(TimeSpan.FromSeconds(4)) { StopGrace = TimeSpan.FromSeconds(0.2) });

        Assert.Equal("the cell ran longer than 4 s and did not obey Cell.Stop, so its process was killed", result.Failure!.Message);
        Assert.Equal("begun\n", NotebookRuns.Text(result.Document.Cells[0], "stdout"));
        string process = $"/proc/{File.ReadAllText(pid).Trim()}/stat";
        Assert.True(!File.Exists(process) || File.ReadAllText(process).Contains(") Z "), "the child of the cell lives on");
    }

    [Theory]
    [InlineData("Environment.FailFast(\"enough\");", "was aborted (SIGABRT): Process terminated. enough")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern void abort();\nabort();", "was aborted (SIGABRT)")]
    [InlineData("Environment.Exit(7);", "ended with exit code 7")]
    public async Task A_cell_that_ends_its_process_is_named_with_how(string code, string how)
    {
        NotebookRunResult result = await NotebookRuns.RunAsync($"#!csharp\n\nConsole.WriteLine(\"before\");\n\n#!csharp\n\n{code}\n\n#!csharp\n\n3\n", folder.Path);

        Assert.Equal((2, code.Split('\n')[0], NotebookRunner.ProcessEnded), (result.Failure!.CellNumber, FullLine(result.Failure.FirstLine, code), result.Failure.Name));
        Assert.Equal($"the process {how}", result.Failure.Message);
        Assert.Equal("before\n", NotebookRuns.Text(result.Document.Cells[0], "stdout"));
        Assert.Equal([1, 2, null], result.Document.Cells.Select(cell => cell.ExecutionCount));
    }

    private static string FullLine(string cut, string code) => cut.EndsWith('…') && code.StartsWith(cut[..^1], StringComparison.Ordinal) ? code.Split('\n')[0] : cut;
}
