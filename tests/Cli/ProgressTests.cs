using ScratchDet.Cli;
using Spectre.Console;

namespace ScratchDet.Tests.Cli;

public class ProgressTests
{
    [Fact]
    public void Plain_progress_writes_a_line_every_five_seconds_with_loss_rate_and_time_left()
    {
        var error = new StringWriter();
        var clock = new ManualClock();
        using IProgressDisplay progress = new Terminal(TextWriter.Null, error, clock: clock).Progress();

        progress.Start("base", 900);
        for (int step = 0; step <= 120; step++)
        {
            progress.Report(step, loss: 3.2144, imagesPerSecond: 45.06);
            clock.Advance(TimeSpan.FromSeconds(0.1));
        }
        progress.Finish("mAP 0.71");

        Assert.Equal(
            [
                "base: 50/900 (5%), loss 3.214, 45.1 images/s, 1:25 left",
                "base: 100/900 (11%), loss 3.214, 45.1 images/s, 1:20 left",
                "base: mAP 0.71",
            ],
            error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void What_goes_on_beside_the_steps_has_its_line_every_five_seconds_too()
    {
        var error = new StringWriter();
        var clock = new ManualClock();
        using IProgressDisplay progress = new Terminal(TextWriter.Null, error, clock: clock).Progress();

        progress.Start("base", 900);
        for (int images = 0; images <= 80; images += 20)
        {
            progress.Note($"evaluating: {images} of 80 images");
            clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal("base: evaluating: 60 of 80 images\n", error.ToString());
    }

    [Fact]
    public void The_time_left_of_a_resumed_run_counts_only_the_steps_done_now()
    {
        var error = new StringWriter();
        var clock = new ManualClock();
        using IProgressDisplay progress = new Terminal(TextWriter.Null, error, clock: clock).Progress();

        progress.Start("base", 900);
        progress.Report(800);
        clock.Advance(TimeSpan.FromSeconds(10));
        progress.Report(850);

        Assert.Equal("base: 850/900 (94%), 0:10 left\n", error.ToString());
    }

    [Fact]
    public async Task Live_progress_draws_a_bar_and_leaves_one_line_a_piece()
    {
        var error = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(error),
        });
        var terminal = new Terminal(TextWriter.Null, error, console);

        await Task.Run(() =>
        {
            using IProgressDisplay progress = terminal.Progress();
            progress.Start("[first]", 10);
            progress.Report(5, 1.5, 20);
            terminal.Note("a note");
            progress.Finish("done");
            progress.Start("second", 10);
            progress.Report(1);
        }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        string written = error.ToString();
        Assert.Contains("a note", written);
        Assert.Contains("[first]: done", written);
        Assert.DoesNotContain("second: ", written);
    }

    [Fact]
    public async Task A_live_display_that_cannot_start_is_an_error_and_no_endless_wait()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(TextWriter.Null) });
        using var progress = new LiveProgress(console);

        Task other = Task.Run(
            () => console.Progress().Start(_ => Assert.Throws<InvalidOperationException>(() => progress.Start("second", 10))),
            TestContext.Current.CancellationToken);
        await other.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        progress.Start("again", 10);
    }

    [Theory]
    [InlineData(7.4, "0:07")]
    [InlineData(750, "12:30")]
    [InlineData(3723, "1:02:03")]
    public void Durations_read_as_a_clock(double seconds, string expected) =>
        Assert.Equal(expected, ProgressText.Duration(TimeSpan.FromSeconds(seconds)));

    private sealed class ManualClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(TimeSpan time) => ticks += time.Ticks;
    }
}
