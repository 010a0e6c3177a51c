using System.Text.Json;

namespace ScratchDet.Tests.Kernel.Jupyter;

public sealed class ExecutionScript() : PythonScript("execution.py");

/// <summary>Requests of the shell channel, seen through jupyter_client.</summary>
public class ExecutionTests(ExecutionScript script) : IClassFixture<ExecutionScript>
{
    [Fact]
    public void Kernel_info_names_language_and_protocol()
    {
        JsonElement seen = script.Scenario("kernel_info");
        JsonElement reply = seen.GetProperty("reply");
        Assert.Equal(("ok", "5.3", "ScratchDet.Kernel"), (Text(reply, "status"), Text(reply, "protocol_version"), Text(reply, "implementation")));
        JsonElement language = reply.GetProperty("language_info");
        Assert.Equal(("C#", "text/x-csharp", ".cs", "csharp"), (Text(language, "name"), Text(language, "mimetype"), Text(language, "file_extension"), Text(language, "pygments_lexer")));
        AssertJson("""["status","status"]""", seen, "kinds");
    }

    [Fact]
    public void Outputs_come_in_the_order_in_which_the_cell_made_them()
    {
        JsonElement seen = script.Scenario("outputs_come_in_order");
        AssertJson("""["execute_input","stream","stream","display_data","stream","execute_result"]""", seen, "kinds");
        AssertJson("""["a","b","d"]""", seen, "texts");
        Assert.Equal("42", Text(seen, "result"));
        Assert.Equal(seen.GetProperty("reply").GetProperty("execution_count").GetInt32(), seen.GetProperty("count").GetInt32());
        Assert.True(seen.GetProperty("display_id").GetBoolean());
        Assert.Equal(1, seen.GetProperty("parents").GetInt32());
    }

    [Fact]
    public void Silent_cells_publish_nothing_and_only_stored_ones_count()
    {
        JsonElement seen = script.Scenario("counting");
        Assert.Equal(1, seen.GetProperty("last_minus_first").GetInt32());
        AssertJson("""["ok",0,[]]""", seen, "silent");
        AssertJson("""["ok",0,["execute_input","execute_result"]]""", seen, "aside");
        AssertJson("""["error",[]]""", seen, "broken_silently");
    }

    [Fact]
    public void An_error_has_its_type_message_and_place_and_keeps_what_was_assigned()
    {
        JsonElement seen = script.Scenario("an_error");
        JsonElement error = seen.GetProperty("error");
        AssertJson("""["execute_input","error"]""", seen, "kinds");
        Assert.Equal("System.DivideByZeroException", Text(error, "ename"));
        Assert.Equal("System.DivideByZeroException: Attempted to divide by zero.", error.GetProperty("traceback")[0].GetString());
        Assert.Contains("line 3", error.GetProperty("traceback")[1].GetString(), StringComparison.Ordinal);
        Assert.Equal(("error", "System.DivideByZeroException"), (Text(seen.GetProperty("reply"), "status"), Text(seen.GetProperty("reply"), "ename")));
        Assert.Equal("5", Text(seen, "kept"));
        Assert.Equal("CompilationError", Text(seen.GetProperty("compile"), "ename"));
        Assert.Contains("CS0029", Text(seen.GetProperty("compile"), "evalue"), StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_that_wait_behind_an_error_are_aborted_unless_it_is_asked_otherwise()
    {
        JsonElement seen = script.Scenario("queued_cells_after_an_error");
        AssertJson("""["error","aborted","aborted","aborted"]""", seen, "statuses");
        Assert.Equal("first", Text(seen, "first"));
        AssertJson("""["status","status"]""", seen, "aborted_kinds");
        Assert.Equal(("ok", "ok"), (Text(seen, "info"), Text(seen, "after")));
        AssertJson("""["error","ok"]""", seen, "without_stop_on_error");
    }

    [Fact]
    public void User_expressions_are_evaluated_after_the_cell()
    {
        JsonElement seen = script.Scenario("user_expressions");
        Assert.Equal(("16", "ok", "error"), (Text(seen, "area"), Text(seen, "area_status"), Text(seen, "none")));
        Assert.Equal(("error", "CompilationError"), (Text(seen.GetProperty("wrong"), "status"), Text(seen.GetProperty("wrong"), "ename")));
    }

    [Fact]
    public void A_display_is_updated_under_its_id()
    {
        JsonElement seen = script.Scenario("displays_update_in_place");
        AssertJson("""["execute_input","display_data","update_display_data"]""", seen, "kinds");
        Assert.True(seen.GetProperty("same").GetBoolean());
        AssertJson("""["before","after"]""", seen, "data");
    }

    [Fact]
    public void An_editor_s_questions_are_answered_in_code_points()
    {
        JsonElement seen = script.Scenario("code_questions");
        Assert.Equal("complete", Text(seen.GetProperty("whole"), "status"));
        Assert.Equal(("incomplete", "      "), (Text(seen.GetProperty("begun"), "status"), Text(seen.GetProperty("begun"), "indent")));
        JsonElement completion = seen.GetProperty("completion");
        Assert.Contains("WriteLine", completion.GetProperty("matches").EnumerateArray().Select(match => match.GetString()));
        Assert.Equal(seen.GetProperty("expected_start").GetInt32(), completion.GetProperty("cursor_start").GetInt32());
        Assert.True(seen.GetProperty("inspection").GetProperty("found").GetBoolean());
        Assert.Contains("WriteLine", Text(seen.GetProperty("inspection").GetProperty("data"), "text/plain"), StringComparison.Ordinal);
        Assert.False(seen.GetProperty("nothing").GetProperty("found").GetBoolean());
        JsonElement page = Assert.Single(seen.GetProperty("asked").GetProperty("payload").EnumerateArray());
        Assert.Equal("page", Text(page, "source"));
        Assert.Contains("WriteLine", Text(page.GetProperty("data"), "text/plain"), StringComparison.Ordinal);
    }

    [Fact]
    public void History_is_told_by_tail_range_and_search()
    {
        JsonElement seen = script.Scenario("history");
        AssertJson("""["\"h1\"","\"h2\"","\"h1\""]""", seen, "tail");
        AssertJson("""["\"h1\"","h1"]""", seen, "output");
        AssertJson("""["\"h1\"","\"h2\""]""", seen, "range");
        Assert.Equal((3, 2, "error"), (seen.GetProperty("search").GetInt32(), seen.GetProperty("unique").GetInt32(), Text(seen, "wrong")));
    }

    [Fact]
    public void A_comm_to_an_unknown_target_is_closed()
    {
        JsonElement seen = script.Scenario("comms");
        AssertJson("""{"status":"ok","comms":{}}""", seen, "info");
        AssertJson("""["status","comm_close","status"]""", seen, "opened");
        Assert.Equal("abc", Text(seen, "closes"));
        AssertJson("""["status","status"]""", seen, "sent");
        AssertJson("""["status","status"]""", seen, "closed");
    }

    [Fact]
    public void Unknown_requests_end_idle_and_malformed_ones_in_an_error()
    {
        JsonElement seen = script.Scenario("unknown_and_malformed_requests");
        AssertJson("""["busy","idle"]""", seen, "unknown");
        AssertJson("""["busy","idle"]""", seen, "states");
        Assert.Equal(("error", "ok"), (Text(seen.GetProperty("malformed"), "status"), Text(seen, "alive")));
        Assert.Contains("the field code is missing or not a text", Text(seen.GetProperty("malformed"), "evalue"), StringComparison.Ordinal);
    }

    [Fact]
    public void Forged_and_replayed_messages_are_dropped_with_a_line()
    {
        JsonElement seen = script.Scenario("forged_and_replayed_messages");
        Assert.False(seen.GetProperty("written").GetBoolean());
        Assert.Equal((1, "ok"), (seen.GetProperty("replies").GetInt32(), Text(seen, "alive")));
    }

    [Fact]
    public void A_cell_can_ask_the_reader_and_is_told_when_it_may_not()
    {
        JsonElement seen = script.Scenario("input_requests");
        Assert.Equal(("input_request", "execute_request", "ok"), (Text(seen, "type"), Text(seen, "parent_is_the_cell"), Text(seen, "status")));
        Assert.False(seen.GetProperty("content").GetProperty("password").GetBoolean());
        Assert.Contains("hello ädä 😀", Text(seen, "text"), StringComparison.Ordinal);
        AssertJson("""{"prompt":"key? ","password":true}""", seen, "secret");
        Assert.Equal("6", Text(seen, "secret_letters"));
        Assert.Equal("error", Text(seen.GetProperty("refused"), "status"));
        Assert.Contains("InputUnavailableException", Text(seen.GetProperty("refused"), "ename"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_language_is_taken_from_the_metadata_of_the_cell()
    {
        JsonElement seen = script.Scenario("languages");
        Assert.Equal("ok", Text(seen, "status"));
        AssertJson("""["<b>bold</b>"]""", seen, "html");
    }

    [Fact]
    public void A_thousand_cells_run_and_memory_stays()
    {
        JsonElement seen = script.Scenario("a_thousand_executions");
        Assert.Equal((0, "200"), (seen.GetProperty("wrong").GetInt32(), Text(seen, "total")));
        Assert.InRange(seen.GetProperty("grown_megabytes").GetDouble(), double.NegativeInfinity, 400);
    }

    private static string? Text(JsonElement parent, string name) => parent.GetProperty(name).GetString();

    private static void AssertJson(string expected, JsonElement parent, string name)
    {
        using var parsed = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(parsed.RootElement, parent.GetProperty(name)), $"{name} is {parent.GetProperty(name)}, not {expected}");
    }
}
