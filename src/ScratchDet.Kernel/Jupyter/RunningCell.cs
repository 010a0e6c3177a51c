using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>A cell while it runs, for those who want to stop it.</summary>
internal sealed class RunningCell : IDisposable
{
    // Longer than a loop that looks at Cell.Stop once a step needs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource source = new();
    private readonly ManualResetEventSlim ended = new();
    private int isInterrupted;

    public CancellationToken Stop => source.Token;

    public bool IsInterrupted => isInterrupted != 0;

    /// <summary>
    /// Asks the cell to stop, and says so beside its output when it does not. Returns at once: what the cell has attached
    /// to its token runs on another thread, and may take its time.
    /// </summary>
    public void Interrupt(ICellOutput output, KernelLog log)
    {
        if (Interlocked.Exchange(ref isInterrupted, 1) != 0) return;
        new Thread(() => StopAndWatch(output, log)) { IsBackground = true, Name = "interrupt" }.Start();
    }

    /// <summary>The cell has ended.</summary>
    public void End() => ended.Set();

    public void Dispose() => source.Dispose();

    private void StopAndWatch(ICellOutput output, KernelLog log)
    {
        try
        {
            source.Cancel();
        }
        catch (Exception failure) when (failure is AggregateException or ObjectDisposedException)
        {
            // Thrown by what the cell attached to its token; or the cell ended just now.
            if (failure is AggregateException) log.Write($"the running cell failed while it was stopped: {failure.InnerException?.Message}");
        }
        if (ended.Wait(Patience)) return;
        const string line = "This cell was interrupted and still runs: it does not look at Cell.Stop, so it cannot be stopped. Wait for its end, or restart the kernel.";
        output.Write(ConsoleStream.Error, line + "\n");
        log.Write(line);
    }
}
