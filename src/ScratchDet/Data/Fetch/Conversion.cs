using System.Runtime.ExceptionServices;

namespace ScratchDet.Data.Fetch;

/// <summary>Converts the items of a data set on all cores.</summary>
internal static class Conversion
{
    /// <param name="work">What the progress calls it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static T[] Run<T>(string work, int count, Func<int, T> convert, IProgress<FetchProgress>? progress, CancellationToken stop)
    {
        var results = new T[count];
        int done = 0;
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = stop }, i =>
            {
                results[i] = convert(i);
                progress?.Report(new(work, Interlocked.Increment(ref done), count, IsBytes: false));
            });
        }
        catch (AggregateException exception)
        {
            // As itself: callers tell bad input from a full disk.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
        return results;
    }
}
