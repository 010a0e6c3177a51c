using System.Xml.Linq;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Tests.Notebook.Live;

public class ProgressBarTests
{
    private readonly RecordingDisplayHost host = new();
    private readonly ManualClock clock = new();

    [Fact]
    public void It_shows_rate_and_time_left_while_it_runs_and_only_the_count_in_the_end()
    {
        host.Run(() =>
        {
            using var bar = new ProgressBar("decoding", 200, clock);
            bar.Report(0);
            clock.Advance(4);
            bar.Report(50);
            // 50 in 4 s; 150 more need 12 s.
            Assert.Equal("decoding [#####...............] 50/200, 12.5/s, 0:12 left", host.Last.Text);
            clock.Advance(12);
            bar.Report(200);
        });
        Assert.Equal("decoding [####################] 200/200", host.Last.Text);
        Assert.Equal("decoding200/200", XElement.Parse(host.Last.Find(MimeBundle.Html)!.GetValue<string>()).Element("table")!.Value);
    }

    [Fact]
    public void Items_are_given_on_and_counted()
    {
        host.Run(() => Assert.Equal([1, 2, 3], ProgressBar.Over([1, 2, 3], "numbers", clock)));
        Assert.Equal("numbers [####################] 3/3", host.Last.Text);
        Assert.Equal(1, host.Updates);
    }

    [Fact]
    public void A_stopped_cell_ends_before_the_next_item()
    {
        var seen = new List<int>();
        Assert.Throws<OperationCanceledException>(() => host.Run(() =>
        {
            foreach (int item in ProgressBar.Over([1, 2, 3], "numbers", clock))
            {
                seen.Add(item);
                host.Interrupt();
            }
        }));
        Assert.Equal([1], seen);
        Assert.Equal("numbers [######..............] 1/3", host.Last.Text);
    }

    [Fact]
    public void Threads_count_together()
    {
        host.Run(() =>
        {
            using var bar = new ProgressBar("work", 4000, clock);
            Parallel.For(0, 4000, _ => bar.Advance());
        });
        Assert.Equal("work [####################] 4000/4000", host.Last.Text);
    }

    [Fact]
    public void Without_a_total_it_counts() => host.Run(() =>
    {
        using var bar = new ProgressBar("<b>", 0, clock);
        bar.Report(7, "so far");
        Assert.Equal("<b> 7, so far", host.Last.Text);
        string html = host.Last.Find(MimeBundle.Html)!.GetValue<string>();
        Assert.Contains("&lt;b&gt;", html);
        Assert.DoesNotContain("class=\"bar\"", html);
    });

    [Fact]
    public void An_evaluation_alone_moves_its_own_bar()
    {
        host.Run(() =>
        {
            using var progress = new LiveProgress(clock);
            Action<EvaluationProgress> evaluated = progress.Evaluation("test images", 40);
            clock.Advance(10);
            evaluated(new EvaluationProgress(20, 40));
            Assert.Equal("test images [##########..........] 20/40, 2.00/s, 0:10 left", host.Last.Text);
            evaluated(new EvaluationProgress(40, 40));
        });
        Assert.Equal("test images [####################] 40/40", host.Last.Text);
    }

    [Fact]
    public void Runs_have_a_line_each_and_say_how_they_ended()
    {
        var experiment = new Experiment { Train = new TrainSpec { Steps = 100 } };
        host.Run(() =>
        {
            using var progress = new LiveProgress(clock);
            IRunObserver observer = progress;
            RunIdentity first = RunIdentity.Of("s", "base", Scale.Seconds, 0, experiment);
            observer.Noted(first, "goes on in another way");
            observer.Started(first, experiment, 60);
            clock.Advance(10);
            observer.Stepped(new StepReport(80, 1.25, 1, 0.25, 0.1, 1, 1, 1));
            // A resumed run is measured from where it went on: 20 steps in 10 s.
            Assert.Equal("base [################....] 80/100, loss 1.250, 2.00/s, 0:10 left\nbase: goes on in another way", host.Last.Text);
            clock.Advance(10);
            observer.Evaluating(new EvaluationProgress(8, 40));
            Assert.Contains("80/100, evaluating: 8 of 40 images", host.Last.Text);
            observer.Evaluated(new EvaluationReport(100, new VocResult(null, 0.4256, []), 1, 1));
            observer.Finished(first, new RunOutcome(RunState.Done, 100));
            RunIdentity second = RunIdentity.Of("s", "Head=Batch", Scale.Seconds, 1, experiment);
            observer.Started(second, experiment, 0);
            observer.Finished(second, new RunOutcome(RunState.Diverged, 3, "head.boxes", 812));
        });
        Assert.Equal(
            """
            base [####################] 100/100, mAP 42.6 %
            Head=Batch, seed 1 [....................] 3/100, diverged at step 3 in head.boxes (last finite gradient norm 812)
            base: goes on in another way
            """,
            host.Last.Text);
        Assert.Contains("class=\"bar failed\"", host.Last.Find(MimeBundle.Html)!.GetValue<string>());
    }

    [Fact]
    public void Observers_are_told_in_their_order()
    {
        host.Run(() =>
        {
            using var first = new LivePlot(clock, "Loss");
            using var second = new LiveProgress(clock);
            var experiment = new Experiment();
            Observers.Of(first, second).Started(RunIdentity.Of("s", "base", Scale.Seconds, 0, experiment), experiment, 0);
            Assert.Contains("no data", host.Shown[0].Content.Text, StringComparison.OrdinalIgnoreCase);
            Assert.StartsWith("base [", host.Shown[1].Content.Text);
        });
    }
}
