using ScratchDet.Kernel.Polyglot;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Polyglot;

public sealed class SharedWithSqlTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-shared-");
    private readonly SqlKernel kernel;

    public SharedWithSqlTests()
    {
        folder.CreateSubdirectory("runs");
        kernel = new SqlKernel(folder.FullName);
    }

    public void Dispose()
    {
        kernel.Dispose();
        folder.Delete(recursive: true);
    }

    private sealed record Score(string Name, double? Ap, DayOfWeek Day, int[] Sizes);

    private async Task<SqlTable> Query(string sql)
    {
        await RecordingOutput.Run(kernel, sql, "--name result");
        return (SqlTable)kernel.GetValue("result")!;
    }

    [Fact]
    public async Task Records_become_a_table_with_their_properties()
    {
        kernel.SetValue("scores", new[] { new Score("open", 0.5, DayOfWeek.Monday, [1]), new Score("short", null, DayOfWeek.Friday, [2]) });
        SqlTable table = await Query("SELECT Name, Ap, Day FROM scores ORDER BY Name DESC");
        Assert.Equal([["short", null, "Friday"], ["open", 0.5, "Monday"]], table.Rows);
    }

    [Fact]
    public async Task Tuples_dictionaries_plain_values_one_record_and_sql_results_become_tables()
    {
        kernel.SetValue("pairs", new List<(int, string)> { (1, "a"), (2, "b") });
        Assert.Equal([[1L, "a"], [2L, "b"]], (await Query("SELECT item1, item2 FROM pairs")).Rows);
        kernel.SetValue("rows", new[] { new Dictionary<string, object?> { ["a"] = 1 }, new Dictionary<string, object?> { ["b"] = 2.5f, ["a"] = null } });
        Assert.Equal([[1L, null], [null, 2.5]], (await Query("SELECT a, b FROM rows")).Rows);
        kernel.SetValue("by_name", new Dictionary<string, double> { ["x"] = 0.25 });
        Assert.Equal([["x", 0.25]], (await Query("SELECT key, value FROM by_name")).Rows);
        kernel.SetValue("numbers", Enumerable.Range(1, 3));
        Assert.Equal([6L], (await Query("SELECT sum(value) AS s FROM numbers"))["s"]);
        kernel.SetValue("one", new { X = 1, Y = true });
        Assert.Equal([[1L, 1L]], (await Query("SELECT * FROM one")).Rows);
        kernel.SetValue("again", await Query("SELECT 1 AS a, 2 AS a, x'00ff' AS bytes"));
        SqlTable again = await Query("SELECT * FROM again");
        Assert.Equal(["a", "a_2", "bytes"], again.Columns);
        Assert.Equal([1L, 2L, new byte[] { 0, 255 }], Assert.Single(again.Rows));
    }

    [Fact]
    public async Task Scalars_become_parameters_and_a_name_means_the_last_value()
    {
        kernel.SetValue("x", 41);
        kernel.SetValue("name", "it's");
        kernel.SetValue("nothing", null);
        Assert.Equal([42L, "it's", null], Assert.Single((await Query("SELECT @x + 1, @name, @nothing")).Rows));
        kernel.SetValue("x", new[] { 7 });
        Assert.Equal([7L], (await Query("SELECT value FROM x"))["value"]);
        Assert.Contains("there are @name, @nothing", await RecordingOutput.Problem(kernel, "SELECT @x"));
        kernel.SetValue("x", 1.5m);
        Assert.Equal([1.5], (await Query("SELECT @x AS x"))["x"]);
        Assert.Contains("no such table: x", await RecordingOutput.Problem(kernel, "SELECT * FROM x"));
    }

    [Fact]
    public async Task An_empty_sequence_becomes_an_empty_table()
    {
        kernel.SetValue("none", new List<Score>());
        Assert.Empty((await Query("SELECT Name, Ap FROM none")).Rows);
        kernel.SetValue("pairs", Array.Empty<(int, int)>());
        Assert.Equal(["item1", "item2"], (await Query("SELECT * FROM pairs")).Columns);
        kernel.SetValue("numbers", Array.Empty<int>());
        Assert.Equal(["value"], (await Query("SELECT * FROM numbers")).Columns);
    }

    [Fact]
    public async Task What_cannot_be_shared_is_refused()
    {
        Assert.Contains("'Steps' is a table of the run store", Assert.Throws<SubKernelException>(() => kernel.SetValue("Steps", new[] { 1 })).Message);
        Assert.Contains("'o' (Object) cannot become a table", Assert.Throws<SubKernelException>(() => kernel.SetValue("o", new object())).Message);
        await RecordingOutput.Run(kernel, "CREATE TEMP VIEW v AS SELECT 1");
        Assert.Contains("'v' cannot be shared with sql: use DROP VIEW", Assert.Throws<SubKernelException>(() => kernel.SetValue("v", 1)).Message);
    }
}
