using System.Text.Json;

namespace ScratchDet.Tests.Kernel.Jupyter;

public sealed class InterruptionScript() : PythonScript("interruption.py");

/// <summary>Interrupts, shutdown and restart while a cell runs.</summary>
public class InterruptionTests(InterruptionScript script) : IClassFixture<InterruptionScript>
{
    [Fact]
    public void A_loop_that_looks_at_stop_ends_at_once_and_what_waits_is_aborted()
    {
        JsonElement seen = script.Scenario("a_loop_that_looks_at_stop");
        Assert.Equal(("error", "Interrupted"), (Text(seen.GetProperty("reply"), "status"), Text(seen.GetProperty("reply"), "ename")));
        Assert.Contains("error", seen.GetProperty("error_kinds").EnumerateArray().Select(kind => kind.GetString()));
        Assert.InRange(seen.GetProperty("seconds").GetDouble(), 0, 1.9);
        Assert.Equal(("aborted", "3"), (Text(seen, "queued"), Text(seen, "kept")));
    }

    [Fact]
    public void An_interrupt_without_a_cell_stops_nothing()
    {
        JsonElement seen = script.Scenario("an_interrupt_without_a_cell");
        Assert.Equal(("interrupt_reply", "ok", "ok"), (Text(seen, "reply"), Text(seen.GetProperty("content"), "status"), Text(seen, "next")));
    }

    [Fact]
    public void The_interrupt_signal_means_the_cell_and_never_the_kernel()
    {
        JsonElement seen = script.Scenario("signals");
        Assert.Equal(["Interrupted", "Interrupted"], seen.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("ok", Text(seen, "next"));
    }

    [Fact]
    public void A_cell_that_waits_for_input_can_be_interrupted()
    {
        JsonElement seen = script.Scenario("waiting_for_input");
        Assert.Equal(("error", "ok"), (Text(seen, "status"), Text(seen, "next")));
    }

    [Fact]
    public void A_loop_that_does_not_look_at_stop_is_reported_and_the_kernel_answers()
    {
        JsonElement seen = script.Scenario("a_loop_that_does_not_look_at_stop");
        Assert.Equal("stderr", Text(seen.GetProperty("stream"), "name"));
        Assert.Contains("does not look at Cell.Stop, so it cannot be stopped", Text(seen.GetProperty("stream"), "text"), StringComparison.Ordinal);
        Assert.True(seen.GetProperty("of_the_cell").GetBoolean());
        Assert.True(seen.GetProperty("logged").GetBoolean());
        Assert.InRange(seen.GetProperty("warned_after").GetDouble(), 1.5, 10);
        Assert.InRange(seen.GetProperty("control_seconds").GetDouble(), 0, 2);
        Assert.Equal(("ok", "ok", "ok"), (Text(seen, "info"), Text(seen, "reply"), Text(seen, "next")));
    }

    [Fact]
    public void Heartbeat_and_control_answer_while_a_cell_holds_every_thread_of_the_pool()
    {
        JsonElement seen = script.Scenario("a_cell_that_holds_every_thread_of_the_pool");
        Assert.Equal("ping", Text(seen, "beat"));
        Assert.InRange(seen.GetProperty("beat_seconds").GetDouble(), 0, 2);
        Assert.InRange(seen.GetProperty("control_seconds").GetDouble(), 0, 2);
    }

    [Fact]
    public void A_restart_forgets_everything()
    {
        JsonElement seen = script.Scenario("restart");
        Assert.Equal(("CompilationError", 2), (Text(seen, "forgotten"), seen.GetProperty("count").GetInt32()));
    }

    [Fact]
    public void A_shutdown_ends_the_kernel_also_while_a_tight_loop_runs()
    {
        JsonElement seen = script.Scenario("shutdown_of_a_tight_loop");
        Assert.Equal(("shutdown_reply", "ok"), (Text(seen, "type"), Text(seen.GetProperty("reply"), "status")));
        Assert.False(seen.GetProperty("reply").GetProperty("restart").GetBoolean());
        Assert.InRange(seen.GetProperty("seconds").GetDouble(), 0, 10);
    }

    [Fact]
    public void The_kernel_ends_when_Jupyter_dies() =>
        Assert.InRange(script.Scenario("the_death_of_jupyter").GetProperty("seconds").GetDouble(), 0, 10);

    private static string? Text(JsonElement parent, string name) => parent.GetProperty(name).GetString();
}
