namespace ScratchDet.Notebook;

/// <summary>
/// Something that a running cell shows once and then changes in place: at most every <see cref="Interval"/>, and once
/// more when it ends. Any thread may report to it.
/// </summary>
/// <remarks>
/// The last change comes with <see cref="Dispose"/>, or when the cell that showed it ends, if the host says so. What it
/// shows last has no times in it, so that a stored notebook changes only when its results do.
/// </remarks>
public abstract class LiveView : IDisposable
{
    /// <summary>Drawing may take one part in so many of the time; on a slow machine the changes come more rarely.</summary>
    private const int CostShare = 20;

    private readonly TimeProvider clock;
    private LiveDisplay? display;
    private IDisplayHost? shownIn;
    private bool cellHasEnded;
    private long shownAt;
    private TimeSpan wait;

    private protected LiveView(TimeProvider? clock) => this.clock = clock ?? TimeProvider.System;

    /// <summary>The shortest time between two changes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(0.5);

    private protected Lock Gate { get; } = new();

    private protected TimeProvider Clock => clock;

    /// <summary>Shows the last state. It may be reported to afterwards, as by the next cell; it is then shown there.</summary>
    public void Dispose() => Finish();

    /// <summary>The same as <see cref="Dispose"/>: C# scripts know no `using var`.</summary>
    public void Finish()
    {
        lock (Gate)
        {
            if (display is null) return;
            display.Update(Render(isFinal: true));
            display = null;
        }
    }

    /// <summary>Within the gate: something has changed.</summary>
    private protected void Changed(bool atOnce = false)
    {
        long now = clock.GetTimestamp();
        // Work that goes on after its cell changes what that cell showed; another cell gets a display of its own.
        if (display is null || (cellHasEnded && Cell.Host != shownIn))
        {
            (shownIn, cellHasEnded) = (Cell.Host, false);
            display = Cell.Show(Render(isFinal: false));
            shownIn?.AtEnd(EndOfCell);
        }
        else if (atOnce || clock.GetElapsedTime(shownAt, now) >= wait)
        {
            display.Update(Render(isFinal: false));
        }
        else
        {
            return;
        }
        shownAt = clock.GetTimestamp();
        TimeSpan cost = clock.GetElapsedTime(now, shownAt) * CostShare;
        wait = cost > Interval ? cost : Interval;
    }

    private void EndOfCell()
    {
        lock (Gate)
        {
            display?.Update(Render(isFinal: true));
            cellHasEnded = true;
        }
    }

    /// <param name="isFinal">Nothing comes after it: it is what is stored.</param>
    private protected abstract MimeBundle Render(bool isFinal);
}
