using System.Runtime.ExceptionServices;

namespace ScratchDet.Data;

/// <summary>
/// Makes the batches of consecutive steps on worker threads and hands them out in order. At most
/// <c>ahead</c> batches are finished or in the making beyond the one handed out last. A worker's exception reaches
/// the next <see cref="TryTake"/> at once, before batches that are still waiting. Disposing joins the threads and
/// disposes the batches that nobody took.
/// </summary>
internal sealed class Prefetcher<TBatch> : IDisposable
{
    private readonly object gate = new();
    private readonly Dictionary<long, TBatch> finished = [];
    private readonly Thread[] threads;
    private readonly Func<long, CancellationToken, TBatch> make;
    private readonly CancellationTokenSource stop = new();
    private readonly long endStep;
    private readonly int ahead;
    private long nextToMake;
    private long nextToTake;
    private ExceptionDispatchInfo? failure;
    private long failedStep = long.MaxValue;
    private bool disposed;

    /// <param name="endStep">The first step that is not made.</param>
    public Prefetcher(long firstStep, long endStep, int workers, int ahead, Func<long, CancellationToken, TBatch> make)
    {
        (nextToMake, nextToTake, this.endStep, this.ahead, this.make) = (firstStep, firstStep, endStep, ahead, make);
        threads = new Thread[workers];
        for (int i = 0; i < workers; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true, Name = $"loader {i}" };
            threads[i].Start();
        }
    }

    /// <summary>The next batch, or false at the end. Blocks until it is made.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">Disposed before or while waiting.</exception>
    public bool TryTake(out TBatch batch, CancellationToken cancellation)
    {
        using CancellationTokenRegistration wake = cancellation.Register(Wake);
        lock (gate)
        {
            while (true)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                cancellation.ThrowIfCancellationRequested();
                failure?.Throw();
                if (nextToTake >= endStep)
                {
                    batch = default!;
                    return false;
                }
                if (finished.Remove(nextToTake, out TBatch? made))
                {
                    nextToTake++;
                    Monitor.PulseAll(gate);
                    batch = made;
                    return true;
                }
                Monitor.Wait(gate);
            }
        }
    }

    private void Wake()
    {
        lock (gate) Monitor.PulseAll(gate);
    }

    private void Work()
    {
        while (true)
        {
            long step;
            lock (gate)
            {
                while (!disposed && failure is null && nextToMake < endStep && nextToMake >= nextToTake + ahead)
                    Monitor.Wait(gate);
                if (disposed || failure is not null || nextToMake >= endStep) return;
                step = nextToMake++;
            }
            try
            {
                TBatch batch = make(step, stop.Token);
                lock (gate)
                {
                    if (!disposed)
                    {
                        finished.Add(step, batch);
                        Monitor.PulseAll(gate);
                        continue;
                    }
                }
                (batch as IDisposable)?.Dispose();
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                lock (gate)
                {
                    // Of several failures the earliest step's is reported.
                    if (step < failedStep) (failure, failedStep) = (ExceptionDispatchInfo.Capture(exception), step);
                    Monitor.PulseAll(gate);
                }
                return;
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            Monitor.PulseAll(gate);
        }
        stop.Cancel();
        foreach (Thread thread in threads) thread.Join();
        foreach (TBatch batch in finished.Values) (batch as IDisposable)?.Dispose();
        finished.Clear();
        stop.Dispose();
    }
}
