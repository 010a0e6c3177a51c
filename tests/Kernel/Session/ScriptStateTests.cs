using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Session;

public class ScriptStateTests
{
    [Fact]
    public async Task Variables_methods_types_and_imports_of_a_cell_are_known_to_the_next()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll(
            "using System.Globalization;",
            "var seed = 3; int Twice(int x) => 2 * x; record Box(double Width);",
            "seed = Twice(seed);",
            "string.Create(CultureInfo.InvariantCulture, $\"{seed} {new Box(1.5).Width}\")");

        Assert.Equal("6 1.5", cell.Value);
    }

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("return 5;", "5")]
    [InlineData("await Task.FromResult(7)", "7")]
    [InlineData("await Task.Delay(1);\nTask<int> Later() => Task.FromResult(8);\nawait Later()", "8")]
    [InlineData("(string)null", "<null>")]
    [InlineData("return null;", "<null>")]
    [InlineData("int x = 1 + 1;", null)]
    [InlineData("await Task.Delay(1)", null)]
    [InlineData("Console.Write(1)", null)]
    [InlineData("if (DateTime.Now.Year < 1) return 1;", null)]
    [InlineData("", null)]
    [InlineData("// nothing to do", null)]
    [InlineData("display(1)", null)]
    [InlineData("\"a\".DisplayAs(\"text/plain\")", null)]
    public async Task The_last_expression_without_a_semicolon_is_the_result(string code, string? expected)
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.Run(code);

        Assert.Null(cell.Error);
        Assert.Equal(expected, cell.Value);
    }

    [Fact]
    public async Task What_was_assigned_before_a_throw_stays()
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail("int before = 3; var list = new List<int> { 1 }; if (before == 3) throw new Exception(); int after = 4;");
        RecordedCell cell = await notebook.RunAll("$\"{before} {list.Count} {after}\"");

        Assert.Equal("System.Exception", error.Name);
        Assert.Equal("3 1 0", cell.Value);
    }

    [Fact]
    public async Task A_cell_that_does_not_compile_changes_nothing()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll("int x = 1;");

        await notebook.Fail("x = 2; string x = 3;");

        Assert.Equal("1", (await notebook.RunAll("x")).Value);
    }

    [Fact]
    public async Task A_later_declaration_hides_an_earlier_one_of_its_name()
    {
        using var notebook = new TestNotebook();

        Assert.Equal("b", (await notebook.RunAll("int x = 1;", "string x = \"b\";", "x")).Value);
    }

    [Fact]
    public async Task The_whole_framework_can_be_named_and_variables_keep_their_types_when_it_is()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll(
            "var shown = display(1); var list = new List<DisplayedValue> { shown }; dynamic loose = 2;",
            "using System.Net.Http; var client = new HttpClient();",
            "using Microsoft.DotNet.Interactive.Formatting; var formatter = new PlainTextFormatter<int>(x => x.ToString());",
            "DisplayedValue again = shown; list.Add(again); ITypeFormatter same = formatter;",
            "var xml = System.Xml.Linq.XElement.Parse(\"<a/>\"); System.Text.Json.JsonSerializer.Serialize(new { list.Count, Three = loose + 1 })");

        Assert.Equal("{\"Count\":2,\"Three\":3}", cell.Value);
    }

    [Fact]
    public async Task Cells_run_one_at_a_time_in_the_order_of_the_calls()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll("var order = new List<int>();");

        Task[] cells = [.. Enumerable.Range(0, 8).Select(number => notebook.Run($"order.Add({number}); await Task.Delay(1); order.Add({number});"))];
        await Task.WhenAll(cells);

        Assert.Equal("0 0 1 1 2 2 3 3 4 4 5 5 6 6 7 7", (await notebook.RunAll("string.Join(' ', order)")).Value);
    }

    [Fact]
    public async Task Two_sessions_share_nothing()
    {
        using var one = new TestNotebook();
        using var other = new TestNotebook();
        await one.RunAll("int x = 1;");

        Assert.Contains("CS0103", (await other.Fail("x")).Message);
    }

    [Fact]
    public async Task The_snapshot_for_completion_follows_the_cells()
    {
        using var notebook = new TestNotebook();
        Assert.Null(notebook.Session.Snapshot.Last);

        await notebook.RunAll("int answer = 42;");

        Microsoft.CodeAnalysis.Compilation next = notebook.Session.Snapshot.CompilationOf("answer + 1");
        Assert.Empty(next.GetDiagnostics(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_thousand_cells_stay_quick_and_small()
    {
        using var notebook = new TestNotebook();
        await notebook.RunAll("int total = 0;");
        for (int number = 0; number < 100; number++) await notebook.RunAll($"total += {number};");
        long before = GC.GetTotalMemory(forceFullCollection: true);

        for (int number = 100; number < 1000; number++) await notebook.RunAll($"total += {number};");

        long bytesPerCell = (GC.GetTotalMemory(forceFullCollection: true) - before) / 900;
        Assert.Equal("499500", (await notebook.RunAll("total")).Value);
        Assert.InRange(bytesPerCell, 0, 100_000);
    }
}
