using Spectre.Console;
using Spectre.Console.Rendering;

namespace ScratchDet.Cli;

/// <summary>Progress for a person at a terminal: a bar with loss, rate and the time that is left.</summary>
internal sealed class LiveProgress(IAnsiConsole console) : IProgressDisplay
{
    private readonly Lock gate = new();
    private ProgressTask? bar;
    private Task? display;
    private TaskCompletionSource? shown;
    private string name = "";

    // Read by the thread that draws.
    private long firstStep = -1;
    private volatile string lossText = "";
    private volatile string rateText = "";

    public void Start(string name, long totalSteps)
    {
        lock (gate)
        {
            Close();
            this.name = name;
            (firstStep, lossText, rateText) = (-1, "", "");
            shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task untilFinished = shown.Task;
            // Spectre's display lives inside a callback; it runs beside the work until Close lets it go.
            display = Task.Run(() => console.Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn { Width = 30 },
                    new PercentageColumn(),
                    new TextColumn(_ => lossText),
                    new TextColumn(_ => rateText),
                    new TextColumn(TimeLeft))
                .StartAsync(async context =>
                {
                    bar = context.AddTask(Markup.Escape(name), maxValue: Math.Max(1, totalSteps));
                    started.SetResult();
                    await untilFinished.ConfigureAwait(false);
                }));
            Task.WaitAny(display, started.Task);
            if (started.Task.IsCompleted) return;
            // Spectre refused before it called back, as when another display is at work: there is no bar to close.
            Task refused = display;
            (display, shown) = (null, null);
            refused.GetAwaiter().GetResult();
        }
    }

    public void Report(long step, double? loss = null, double? imagesPerSecond = null)
    {
        lock (gate)
        {
            if (bar is null)
                return;
            if (firstStep < 0)
                firstStep = step;
            lossText = loss is null ? "" : $"loss {ProgressText.Loss(loss)}";
            rateText = ProgressText.Rate(imagesPerSecond);
            bar.Value = step;
        }
    }

    public void Note(string activity)
    {
        lock (gate)
            (lossText, rateText) = (activity, "");
    }

    public void Finish(string text)
    {
        lock (gate)
        {
            Close();
            console.WriteLine($"{name}: {text}");
        }
    }

    public void Dispose()
    {
        lock (gate)
            Close();
    }

    private void Close()
    {
        shown?.SetResult();
        display?.GetAwaiter().GetResult();
        (bar, display, shown) = (null, null, null);
    }

    /// <summary>
    /// Time left at the mean speed since the first report. Spectre's own column takes a resumed run's first step for
    /// work that was done in an instant.
    /// </summary>
    private string TimeLeft(ProgressTask task)
    {
        double done = firstStep < 0 ? 0 : task.Value - firstStep;
        return done > 0 && task.ElapsedTime is { } elapsed
            ? $"{ProgressText.Duration(elapsed * ((task.MaxValue - task.Value) / done))} left"
            : "";
    }

    private sealed class TextColumn(Func<ProgressTask, string> text) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(text(task));
    }
}
