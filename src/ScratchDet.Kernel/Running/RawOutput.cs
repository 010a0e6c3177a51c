using System.Text;

namespace ScratchDet.Kernel.Running;

/// <summary>
/// What a hosting process writes to one of its raw streams, past the session: text of native libraries, and the last
/// words of a process that crashes. Marks between the cells tell whose it is.
/// </summary>
internal sealed class RawOutput
{
    private readonly Lock gate = new();
    private readonly StreamReader reader;
    private readonly string mark;
    private readonly int limit;
    private readonly SemaphoreSlim markSeen = new(0);
    private BoundedText current;
    private string finished = "";
    private string pending = "";
    private bool hasNoMarks;

    /// <param name="mark">What the process writes at the end of a cell.</param>
    public RawOutput(Stream stream, string mark, int limit)
    {
        (this.mark, this.limit) = (mark, limit);
        current = new BoundedText(limit);
        reader = new StreamReader(stream, Encoding.UTF8);
        Ended = Task.Run(ReadAsync);
    }

    /// <summary>The process and all that inherited the stream are gone.</summary>
    public Task Ended { get; }

    /// <summary>
    /// The text of the cell that has just ended. Waits for its mark, but not for ever: a cell may have closed the stream.
    /// From then on the marks are passed over, and a cell gets what has come when it ends.
    /// </summary>
    public async Task<string> TakeCellAsync(TimeSpan patience)
    {
        bool isMarked = !hasNoMarks && await markSeen.WaitAsync(patience).ConfigureAwait(false);
        lock (gate)
        {
            if (isMarked) return finished;
            hasNoMarks = true;
            return TakeCurrent();
        }
    }

    /// <summary>What came after the last mark, when no other will come.</summary>
    public async Task<string> TakeRestAsync(TimeSpan patience)
    {
        await Task.WhenAny(Ended, Task.Delay(patience)).ConfigureAwait(false);
        lock (gate) return current.ToString();
    }

    private string TakeCurrent()
    {
        string text = current.ToString();
        current = new BoundedText(limit);
        return text;
    }

    private async Task ReadAsync()
    {
        var buffer = new char[1 << 14];
        while (await ReadSomeAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            lock (gate) Take(pending + new string(buffer, 0, count));
        lock (gate) current.Append(pending);
    }

    private async Task<int> ReadSomeAsync(char[] buffer)
    {
        try
        {
            return await reader.ReadAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            return 0; // the runner has closed the stream of a process that it ended
        }
    }

    private void Take(string text)
    {
        int from = 0;
        for (int at = text.IndexOf(mark, StringComparison.Ordinal); at >= 0; at = text.IndexOf(mark, from, StringComparison.Ordinal))
        {
            current.Append(text.AsSpan(from, at - from));
            from = at + mark.Length;
            if (hasNoMarks) continue;
            finished = TakeCurrent();
            markSeen.Release();
        }
        // The last letters may be the beginning of a mark whose rest is still to come.
        int keep = Math.Min(mark.Length - 1, text.Length - from);
        while (keep > 0 && !mark.StartsWith(text[^keep..], StringComparison.Ordinal)) keep--;
        current.Append(text.AsSpan(from, text.Length - from - keep));
        pending = keep == 0 ? "" : text[^keep..];
    }
}
