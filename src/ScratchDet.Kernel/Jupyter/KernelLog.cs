namespace ScratchDet.Kernel.Jupyter;

/// <summary>One line at a time for the terminal that Jupyter runs in. May be called from any thread.</summary>
/// <param name="output">Not the console: a session takes that for its cells.</param>
internal sealed class KernelLog(TextWriter output)
{
    // A client that sends nonsense without end shall not fill the disk that a server's log lies on.
    private const int MostRefusals = 200;

    private readonly Lock gate = new();
    private int refusals;

    public void Write(string line)
    {
        lock (gate)
        {
            output.WriteLine($"scratchdet kernel: {line.ReplaceLineEndings(" ")}");
            output.Flush();
        }
    }

    /// <summary>A peer or a message was refused.</summary>
    public void Refuse(string line)
    {
        int count = Interlocked.Increment(ref refusals);
        if (count < MostRefusals) Write(line);
        else if (count == MostRefusals) Write($"{line}; more of this kind is not reported");
    }
}
