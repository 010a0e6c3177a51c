using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Session;

public class CellErrorTests
{
    [Fact]
    public async Task A_compile_error_names_line_and_column_and_shows_the_place()
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail("int a = 1;\nint b = \"two\";");

        Assert.Equal(CellError.Compilation, error.Name);
        Assert.Equal("(2,9): error CS0029: Cannot implicitly convert type 'string' to 'int'", error.Message);
        Assert.Equal(["    int b = \"two\";\n            ^^^^^"], error.Traceback);
    }

    [Fact]
    public async Task Warnings_are_shown_and_the_cell_succeeds()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("#warning look here\nint F() { int unused = 3; return 1; }\nF()");

        Assert.Equal("1", cell.Value);
        Assert.Equal(["(1,10): warning CS1030: #warning: 'look here'", "(2,15): warning CS0219: The variable 'unused' is assigned but its value is never used", ""],
            cell.ErrorOutput.Split('\n'));
    }

    [Fact]
    public async Task A_runtime_error_has_its_type_and_the_lines_of_the_cell()
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail("int zero = 0;\n\nint result = 1 / zero;");

        Assert.Equal("System.DivideByZeroException", error.Name);
        Assert.Equal("Attempted to divide by zero.", error.Message);
        Assert.Equal(["   at line 3: int result = 1 / zero;"], error.Traceback);
    }

    [Fact]
    public async Task The_traceback_names_methods_of_earlier_cells_and_passes_awaits()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll("int Divide(int x)\n{\n    return 1 / x;\n}\nasync Task<int> LaterAsync(int x)\n{\n    await Task.Delay(1);\n    return Divide(x);\n}");

        CellError error = await notebook.Fail("var y = 0;\nawait LaterAsync(y)");

        Assert.Equal(
            ["   at Divide(int) in an earlier cell, line 3: return 1 / x;", "   at LaterAsync() in an earlier cell, line 8: return Divide(x);", "   at line 2: await LaterAsync(y)"],
            error.Traceback);
    }

    [Fact]
    public async Task Frames_of_the_kernel_and_of_the_machinery_are_left_out()
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail("await Task.Run(() => new[] { 0 }.Select(x => 1 / x).ToList());");

        Assert.All(error.Traceback, line => Assert.DoesNotContain("ScratchDet", line));
        Assert.All(error.Traceback, line => Assert.DoesNotContain("System.Threading", line));
        Assert.Contains(error.Traceback, line => line.Contains("System.Linq", StringComparison.Ordinal));
        Assert.EndsWith("line 1: await Task.Run(() => new[] { 0 }.Select(x => 1 / x).ToList());", error.Traceback[^1]);
    }

    [Fact]
    public async Task Inner_exceptions_are_told()
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail(
            "class BadDayException(string why, Exception inner) : Exception(why, inner);\nthrow new BadDayException(\"rain\", new System.IO.IOException(\"no umbrella\"));");

        Assert.Equal(("BadDayException", "rain"), (error.Name, error.Message));
        Assert.Equal(["   at line 2: throw new BadDayException(\"rain\", new System.IO.IOException(\"no umbrella\"));", "Caused by System.IO.IOException: no umbrella"], error.Traceback);
    }

    [Fact]
    public async Task An_aggregate_of_one_is_told_as_that_one()
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail("Task.Run(() => { throw new ArgumentException(\"wrong\"); }).Wait();");

        Assert.Equal(("System.ArgumentException", "wrong"), (error.Name, error.Message));
    }

    [Fact]
    public async Task A_stopped_cell_is_interrupted_and_the_session_goes_on()
    {
        using var notebook = new TestNotebook();
        using var stop = new CancellationTokenSource();
        await notebook.RunAll("using ScratchDet.Notebook;");

        // The cell asks for a line; the answer comes with the stop, so that it comes while the cell runs.
        RecordedCell cell = await notebook.Run(
            "int steps = 7; Console.ReadLine(); while (true) { Cell.Stop.ThrowIfCancellationRequested(); await Task.Delay(1); }",
            stop: stop.Token, answer: _ => { stop.Cancel(); return ""; });

        Assert.Equal(CellError.Interrupted, cell.Error?.Name);
        Assert.Equal("7", (await notebook.RunAll("steps")).Value);
    }

    [Fact]
    public async Task The_stop_token_reaches_tasks_and_threads_of_the_cell()
    {
        using var notebook = new TestNotebook();
        using var stop = new CancellationTokenSource();

        RecordedCell cell = await notebook.Run(
            "using ScratchDet.Notebook; bool inThread = false; var t = new System.Threading.Thread(() => inThread = Cell.Stop.CanBeCanceled); t.Start(); t.Join();\n(await Task.Run(() => Cell.Stop.CanBeCanceled)) && inThread",
            stop: stop.Token);

        Assert.Equal("True", cell.Value);
        Assert.False(ScratchDet.Notebook.Cell.Stop.CanBeCanceled);
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_an_ordinary_error()
    {
        using var notebook = new TestNotebook();

        Assert.Equal("System.OperationCanceledException", (await notebook.Fail("throw new OperationCanceledException();")).Name);
    }

    [Fact]
    public async Task A_cell_that_waits_for_its_turn_can_be_stopped()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll("var gate = new System.Threading.SemaphoreSlim(0);");
        using var stop = new CancellationTokenSource();
        using var release = new CancellationTokenSource();
        Task<RecordedCell> first = notebook.Run("await gate.WaitAsync(ScratchDet.Notebook.Cell.Stop);", stop: release.Token);

        Task<RecordedCell> second = notebook.Run("1", stop: stop.Token);
        await stop.CancelAsync();

        Assert.Equal(CellError.Interrupted, (await second).Error?.Name);
        Assert.False(first.IsCompleted);
        await release.CancelAsync();
        await first;
    }
}
