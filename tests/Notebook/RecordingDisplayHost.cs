using System.Globalization;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

/// <summary>A cell's output that remembers what was shown.</summary>
internal sealed class RecordingDisplayHost : IDisplayHost
{
    private readonly Lock gate = new();
    private readonly List<Action> atEnd = [];
    private readonly CancellationTokenSource stopping = new();
    private int displays;

    public CancellationToken Stop => stopping.Token;

    /// <summary>Every display and update, in their order.</summary>
    public List<(string Id, MimeBundle Content, bool IsUpdate)> Shown { get; } = [];

    public MimeBundle Last => Shown[^1].Content;

    public int Updates => Shown.Count(one => one.IsUpdate);

    public string NextDisplayId()
    {
        lock (gate) return (displays++).ToString(CultureInfo.InvariantCulture);
    }

    public void Display(string displayId, MimeBundle content) => Add(displayId, content, isUpdate: false);

    public void Update(string displayId, MimeBundle content) => Add(displayId, content, isUpdate: true);

    public void AtEnd(Action work)
    {
        lock (gate) atEnd.Add(work);
    }

    public void Interrupt() => stopping.Cancel();

    /// <summary>Runs the code as a cell; what the cell left for its end is done, also when it fails.</summary>
    public void Run(Action cell)
    {
        Cell.Enter(this);
        try
        {
            cell();
        }
        finally
        {
            foreach (Action work in atEnd) work();
            atEnd.Clear();
            Cell.Enter(null);
        }
    }

    private void Add(string displayId, MimeBundle content, bool isUpdate)
    {
        lock (gate) Shown.Add((displayId, content, isUpdate));
    }
}

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Advance(double seconds) => Interlocked.Add(ref ticks, TimeSpan.FromSeconds(seconds).Ticks);
}
