using System.Diagnostics;

namespace ScratchDet.Cli.Commands;

/// <summary>Progress on standard error of work that may be done in an instant: nothing is shown before two seconds have passed.</summary>
internal sealed class LateProgress(Terminal terminal) : IDisposable
{
    private static readonly TimeSpan Instant = TimeSpan.FromSeconds(2);

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private IProgressDisplay? display;
    private string? shown;

    /// <param name="items">What is counted; another word begins another piece of work.</param>
    public void Report(string items, long done, long all)
    {
        lock (gate)
        {
            if (display is null && watch.Elapsed < Instant) return;
            display ??= terminal.Progress();
            if (shown != items) display.Start(items, all);
            shown = items;
            display.Report(done);
        }
    }

    public void Dispose() => display?.Dispose();
}

/// <summary>Progress that is shown as it is reported: <see cref="Progress{T}"/> would post it to another thread, to arrive out of order.</summary>
internal sealed class ProgressReporter<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
