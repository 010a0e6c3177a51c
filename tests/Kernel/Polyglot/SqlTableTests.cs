using ScratchDet.Kernel.Polyglot;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Kernel.Polyglot;

public class SqlTableTests
{
    private static readonly SqlTable Table = new(["step", "loss", "state"], [[1L, 0.123456789, "Done"], [2L, null, "<b>"]]);

    [Fact]
    public void Columns_come_typed()
    {
        Assert.Equal([1, 2], Table.Column<int>("Step"));
        Assert.Equal([1f, 2f], Table.Column<float>("step"));
        Assert.Equal([true, true], Table.Column<bool>("step"));
        Assert.Equal([0.123456789, null], Table.Column<double?>("loss"));
        Assert.Equal(["Done", "<b>"], Table.Column<string>("state"));
        Assert.Equal([0.123456789, null], Table["loss"]);
        SqlTable dates = new(["d", "e"], [["2025-01-02 03:04:05", "friday"]]);
        Assert.Equal(new DateTime(2025, 1, 2, 3, 4, 5), Assert.Single(dates.Column<DateTime>("d")));
        Assert.Equal(new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero), Assert.Single(dates.Column<DateTimeOffset>("d")));
        Assert.Equal(DayOfWeek.Friday, Assert.Single(dates.Column<DayOfWeek>("e")));
    }

    [Fact]
    public void A_wrong_column_or_type_names_the_place()
    {
        Assert.StartsWith("no column 'los'; there are step, loss, state", Assert.Throws<ArgumentException>(() => Table["los"]).Message);
        Assert.StartsWith("column 'loss', row 1: NULL; ask for Column<Double?>", Assert.Throws<InvalidCastException>(() => Table.Column<double>("loss")).Message);
        Assert.StartsWith("column 'state', row 0: 'Done' is no Int32", Assert.Throws<InvalidCastException>(() => Table.Column<int>("state")).Message);
    }

    [Fact]
    public void It_is_shown_aligned_and_escaped()
    {
        MimeBundle shown = Table.ToMimeBundle();
        Assert.Equal("2 rows\nstep      loss  state\n----  --------  -----\n   1  0.123457  Done\n   2         –  <b>", shown.Text);
        string html = shown.Find(MimeBundle.Html)!.GetValue<string>();
        Assert.Contains("&lt;b&gt;", html);
        Assert.DoesNotContain("<b>", html);
    }

    [Fact]
    public void A_long_table_is_cut_and_says_so()
    {
        SqlTable table = new(["n", "text"], [.. Enumerable.Range(0, 1_500).Select(n => new object?[] { (long)n, new string('x', 500) })]);
        MimeBundle shown = table.ToMimeBundle();
        Assert.StartsWith("1500 rows; the first 1000 are shown\n", shown.Text);
        Assert.Equal(1_003, shown.Text.Split('\n').Length);
        Assert.Contains("1500 rows; the first 1000 are shown", shown.Find(MimeBundle.Html)!.GetValue<string>());
        Assert.DoesNotContain(new string('x', 301), shown.Text);
        Assert.Equal(1_500, table.Column<int>("n").Count);
    }
}
