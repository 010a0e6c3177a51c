using System.Runtime.ExceptionServices;

namespace ScratchDet.Data.Synthetic;

/// <summary>Renders the images of a data set on all cores.</summary>
internal static class DatasetRendering
{
    /// <summary>Calls <paramref name="render"/> once for each index, from several threads; the results are in order.</summary>
    /// <param name="progress">Called one at a time with rising counts.</param>
    /// <exception cref="OperationCanceledException">When cancelled.</exception>
    public static T[] ForEach<T>(int images, Func<int, T> render, Action<int, int>? progress, CancellationToken cancellation)
    {
        var results = new T[images];
        var counting = new Lock();
        int done = 0;
        try
        {
            Parallel.For(0, images, new ParallelOptions { CancellationToken = cancellation }, index =>
            {
                results[index] = render(index);
                if (progress is null) return;
                lock (counting) progress(++done, images);
            });
        }
        catch (AggregateException exception)
        {
            // One failed file is enough to know; its own type tells the command line what to say.
            ExceptionDispatchInfo.Throw(exception.Flatten().InnerExceptions[0]);
        }
        return results;
    }
}
