namespace ScratchDet.Data.Fetch;

/// <summary>How patient a download is.</summary>
public sealed record DownloadOptions
{
    /// <summary>Attempts in a row that bring no byte which was not there before.</summary>
    public int FruitlessAttempts { get; init; } = 6;

    /// <summary>Before the second attempt; it doubles from one fruitless attempt to the next.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that is silent for so long counts as cut.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How much is taken from a server that does not say how much it sends, of a file whose length is not fixed.</summary>
    public long LargestUnannounced { get; init; } = 64L << 30;

    internal TimeSpan WaitAfter(int fruitless) =>
        TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(fruitless, 16)));
}

/// <summary>A file could not be fetched: the server refuses, or the connection does not hold.</summary>
public sealed class DownloadException(string message, Exception? inner = null) : Exception(message, inner);
