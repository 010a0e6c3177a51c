using System.Collections.Concurrent;

namespace ScratchDet.Tests.Kernel.Zmtp;

/// <summary>What a socket said about its peers.</summary>
internal sealed class LogLines
{
    private readonly ConcurrentQueue<string> lines = [];
    private readonly SemaphoreSlim added = new(0);

    public void Add(string line)
    {
        lines.Enqueue(line);
        added.Release();
    }

    /// <summary>Waits for a line with this in it.</summary>
    public void Expect(string part)
    {
        while (!lines.Any(line => line.Contains(part, StringComparison.Ordinal)))
            Assert.True(added.Wait(TimeSpan.FromSeconds(10)), $"no line with '{part}' but: {string.Join(" | ", lines)}");
    }
}
