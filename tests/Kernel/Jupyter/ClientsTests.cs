using System.Text.Json;

namespace ScratchDet.Tests.Kernel.Jupyter;

public sealed class ClientsScript() : PythonScript("clients.py");

/// <summary>Large outputs, many at once, and clients that misbehave.</summary>
public class ClientsTests(ClientsScript script) : IClassFixture<ClientsScript>
{
    [Fact]
    public void A_subscriber_is_welcomed_first()
    {
        JsonElement seen = script.Scenario("a_subscriber_is_welcomed");
        Assert.Equal("""iopub_welcome {"subscription": ""} {}""", $"{seen.GetProperty("type")} {seen.GetProperty("content")} {seen.GetProperty("parent")}");
    }

    [Fact]
    public void Outputs_of_twenty_megabytes_pass()
    {
        JsonElement seen = script.Scenario("twenty_megabytes");
        Assert.Equal((20_000_000, 20_000_000), (seen.GetProperty("printed").GetInt32(), seen.GetProperty("shown").GetInt32()));
        Assert.True(seen.GetProperty("only_x").GetBoolean());
    }

    [Fact]
    public void A_hundred_displays_at_once_all_arrive()
    {
        JsonElement seen = script.Scenario("a_hundred_displays_at_once");
        Assert.Equal(Enumerable.Range(0, 100), Numbers(seen, "shown"));
        Assert.Equal(Enumerable.Range(0, 100), Numbers(seen, "printed"));
        Assert.Equal(100, seen.GetProperty("ids").GetInt32());
    }

    [Fact]
    public void Updates_arrive_in_order()
    {
        JsonElement seen = script.Scenario("a_hundred_updates_of_one_display");
        Assert.Equal(Enumerable.Range(1, 100), Numbers(seen, "values"));
        Assert.Equal(1, seen.GetProperty("ids").GetInt32());
    }

    [Fact]
    public void A_cell_that_prints_120_MB_is_cut_with_one_line_and_within_memory()
    {
        JsonElement seen = script.Scenario("a_cell_that_prints_without_end");
        Assert.Equal(64 << 20, seen.GetProperty("letters").GetInt32());
        string notice = Assert.Single(seen.GetProperty("notices").EnumerateArray()).GetString()!;
        Assert.Contains("what it prints from here on is not shown", notice, StringComparison.Ordinal);
        Assert.InRange(seen.GetProperty("grown_megabytes").GetDouble(), double.NegativeInfinity, 500);
        Assert.Equal("x", seen.GetProperty("next").GetString());
    }

    [Fact]
    public void A_client_that_vanishes_leaves_the_kernel_to_the_others()
    {
        JsonElement seen = script.Scenario("a_client_that_vanishes");
        Assert.Equal(("1", "InputUnavailableException"), (seen.GetProperty("answered").GetString(), seen.GetProperty("asked").GetString()));
    }

    [Fact]
    public void A_subscriber_that_does_not_read_delays_the_others_little()
    {
        JsonElement seen = script.Scenario("a_subscriber_that_does_not_read");
        Assert.Equal(("ok", 50, "ok"), (seen.GetProperty("status").GetString(), seen.GetProperty("shown").GetInt32(), seen.GetProperty("next").GetString()));
    }

    [Fact]
    public void Two_clients_get_what_is_theirs()
    {
        JsonElement seen = script.Scenario("two_clients_at_once");
        Assert.Equal(Enumerable.Range(0, 20).Select(index => $"mine {index}"), Texts(seen, "mine"));
        Assert.Equal(Enumerable.Range(0, 20).Select(index => $"theirs {index}"), Texts(seen, "theirs"));
        Assert.All(Texts(seen, "replies"), status => Assert.Equal("ok", status));
    }

    [Fact]
    public void Nbclient_runs_a_notebook()
    {
        JsonElement seen = script.Scenario("nbclient_runs_a_notebook");
        Assert.Equal("""[[], [["execute_result", "42"], ["stream", "20\n"]], [["error", "System.InvalidOperationException"]], [["display_data", "two"]]]""",
            Sorted(seen));
    }

    /// <summary>Which of stream and result nbclient puts first is its affair.</summary>
    private static string Sorted(JsonElement cells) =>
        "[" + string.Join(", ", cells.EnumerateArray().Select(cell => "[" + string.Join(", ", cell.EnumerateArray().Select(output => output.GetRawText()).Order(StringComparer.Ordinal)) + "]")) + "]";

    private static IEnumerable<int> Numbers(JsonElement parent, string name) => parent.GetProperty(name).EnumerateArray().Select(number => number.GetInt32());

    private static IEnumerable<string?> Texts(JsonElement parent, string name) => parent.GetProperty(name).EnumerateArray().Select(text => text.GetString());
}
