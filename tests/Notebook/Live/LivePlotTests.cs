using System.Text.Json.Nodes;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Tests.Notebook.Live;

public class LivePlotTests
{
    private readonly RecordingDisplayHost host = new();
    private readonly ManualClock clock = new();

    private static StepReport Step(long step, double loss = 1, double norm = 2) => new(step, loss, loss / 4, loss * 3 / 4, 0.01, norm, 33.25, step * 0.77);

    [Fact]
    public void It_changes_at_most_every_half_second_and_always_once_more_at_the_end()
    {
        host.Run(() =>
        {
            using var plot = new LivePlot(clock, "Loss");
            Action<StepReport> stepped = plot.Draw;
            for (int step = 1; step <= 100; step++)
            {
                stepped(Step(step, loss: step));
                clock.Advance(0.125);
            }
            // 12.5 s: shown at once, then at 0.5, 1.0, ... 12.0; steps 98 to 100 came after the last of these.
            Assert.Equal(24, host.Updates);
        });
        Assert.Equal(25, host.Updates);
        Assert.Single(host.Shown, shown => !shown.IsUpdate);
        Assert.Single(host.Shown.Select(shown => shown.Id).Distinct());
        Assert.Contains("100", host.Last.Text);
        Assert.NotNull(host.Last.Find(MimeBundle.Plotly));
        Assert.All(host.Shown.SkipLast(1), shown => Assert.Null(shown.Content.Find(MimeBundle.Plotly)));
    }

    [Fact]
    public void The_last_state_comes_when_the_cell_ends_also_when_it_fails()
    {
        Assert.Throws<OperationCanceledException>(() => host.Run(() =>
        {
            var plot = new LivePlot(clock, "Loss");
            plot.Draw(Step(1));
            plot.Draw(Step(2, loss: 77));
            throw new OperationCanceledException();
        }));
        Assert.Equal(1, host.Updates);
        Assert.Contains("77", host.Last.Text);
    }

    [Fact]
    public void After_its_end_it_shows_itself_anew_in_the_next_cell()
    {
        var plot = new LivePlot(clock, "Loss");
        host.Run(() => plot.Draw(Step(1)));
        var next = new RecordingDisplayHost();
        next.Run(() => plot.Draw(Step(2)));
        Assert.Equal([false, true], host.Shown.Select(shown => shown.IsUpdate));
        Assert.Equal([false, true], next.Shown.Select(shown => shown.IsUpdate));
        plot.Finish();
        next.Run(() => plot.Draw(Step(3)));
        Assert.Equal(["0", "0", "0", "1", "1"], next.Shown.Select(shown => shown.Id));
    }

    [Fact]
    public void Work_that_outlives_its_cell_changes_what_that_cell_showed()
    {
        var plot = new LivePlot(clock, "Loss");
        Action<StepReport>? later = null;
        host.Run(() =>
        {
            plot.Draw(Step(1));
            ExecutionContext flow = ExecutionContext.Capture()!;
            later = step => ExecutionContext.Run(flow, _ => plot.Draw(step), null);
        });
        clock.Advance(1);
        later!(Step(2, loss: 55));
        Assert.Equal(["0", "0", "0"], host.Shown.Select(shown => shown.Id));
        Assert.Contains("55", host.Last.Text);
    }

    [Fact]
    public void Threads_may_draw_at_once()
    {
        host.Run(() =>
        {
            using LivePlot plot = new LivePlot(clock, "Loss").Panel("mine");
            Parallel.For(0, 8, thread =>
            {
                for (int step = 0; step < 500; step++)
                {
                    plot.Draw(step, "mine", thread);
                    if (step % 100 == 0) clock.Advance(0.05);
                }
            });
        });
        JsonNode last = host.Last.Find(MimeBundle.Plotly)!;
        Assert.Contains("mine", last.ToJsonString());
        Assert.InRange(host.Updates, 1, 6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Its_size_does_not_grow_with_the_number_of_steps(int runs)
    {
        var random = new Random(1);
        host.Run(() =>
        {
            using var plot = new LivePlot(clock, "Loss", "GradientNorm");
            for (int run = 0; run < runs; run++)
            {
                plot.Line($"Norm.Backbone=Batch Head=Batch LearningRate=0.0{run}");
                for (int step = 1; step <= 120_000 / runs; step++) plot.Draw(Step(step, random.NextDouble(), random.NextDouble()));
            }
        });
        Assert.InRange(host.Last.Find(MimeBundle.Plotly)!.ToJsonString().Length, 1000, 60_000);
        Assert.All(host.Last.Forms, form => Assert.InRange(form.Value.ToJsonString().Length, 10, 120_000));
    }

    [Fact]
    public void Nothing_that_is_stored_tells_the_time()
    {
        string[] Train(double stepSeconds)
        {
            var output = new RecordingDisplayHost();
            output.Run(() =>
            {
                using var plot = new LivePlot(clock, "Loss", "GradientNorm", "MapArea");
                using var progress = new LiveProgress(clock);
                IRunObserver both = Observers.Of(plot, progress);
                var experiment = new Experiment { Train = new TrainSpec { Steps = 40 } };
                RunIdentity identity = RunIdentity.Of("study", "base", Scale.Seconds, 0, experiment);
                both.Started(identity, experiment, 0);
                for (int step = 1; step <= 40; step++)
                {
                    clock.Advance(stepSeconds);
                    both.Stepped(Step(step) with { ImagesPerSecond = 1 / stepSeconds, Seconds = step * stepSeconds });
                }
                both.Evaluated(new EvaluationReport(40, new VocResult(0.4, 0.5, []), 3, 40 * stepSeconds));
                both.Finished(identity, new RunOutcome(RunState.Done, 40));
            });
            return [.. output.Shown.GroupBy(shown => shown.Id).Select(display => display.Last().Content.ToJson().ToJsonString())];
        }
        Assert.Equal(Train(0.01), Train(3.7));
    }

    [Fact]
    public void A_diverged_run_is_marked_and_the_next_goes_on()
    {
        host.Run(() =>
        {
            using var plot = new LivePlot(clock, "Loss");
            IRunObserver observer = plot;
            var experiment = new Experiment();
            foreach ((string variant, RunOutcome outcome) in new[] { ("base", new RunOutcome(RunState.Diverged, 3)), ("other", new RunOutcome(RunState.Done, 3)) })
            {
                RunIdentity identity = RunIdentity.Of("study", variant, Scale.Seconds, 2, experiment);
                observer.Started(identity, experiment, 0);
                for (int step = 1; step <= 2; step++) observer.Stepped(Step(step));
                observer.Finished(identity, outcome);
            }
        });
        Assert.Contains("base, seed 2 (diverged at 3)", host.Last.Text);
        Assert.Contains("other, seed 2", host.Last.Text);
        Assert.DoesNotContain("other, seed 2 (div", host.Last.Text);
    }

    [Fact]
    public void A_quantity_that_is_not_there_is_refused_with_the_names()
    {
        Assert.Contains("GradientNorm", Assert.Throws<ArgumentException>(() => new LivePlot("GradNorm")).Message);
        Assert.Contains("it has Loss", Assert.Throws<ArgumentException>(() => new LivePlot("Loss").Draw(1, "Lossy", 1)).Message);
        Assert.Throws<ArgumentException>(() => new LivePlot("Loss", "loss"));
    }

    [Fact]
    public void A_long_series_becomes_means_of_neighbours()
    {
        var series = new ThinSeries();
        for (int step = 1; step <= 601; step++) series.Add(step, step % 2 == 0 ? 3 : step == 7 ? double.NaN : 1);
        Assert.Equal(2, series.ValuesPerPoint);
        Assert.Equal(301, series.Count);
        Assert.Equal([2, 4, 6, 8], series.Steps.Take(4));
        // Steps 1 and 2 are 1 and 3; step 7 is not finite, so step 8 is alone.
        Assert.Equal([2, 2, 2, 3], series.Values.Take(4));
        Assert.Equal((601, 1), (series.Steps[^1], series.Values[^1]));
        series.Add(602, 5);
        Assert.Equal((301, 602, 3), (series.Count, series.Steps[^1], series.Values[^1]));
    }

    [Fact]
    public void Values_that_are_never_finite_are_a_gap()
    {
        var series = new ThinSeries();
        series.Add(1, double.PositiveInfinity);
        Assert.Equal([double.NaN], series.Values);
    }
}
