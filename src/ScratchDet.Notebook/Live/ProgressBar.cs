namespace ScratchDet.Notebook;

/// <summary>
/// How far a loop has come, changed in place: done and total, and while it runs the rate and the time that is left.
/// </summary>
/// <example><c>foreach (Sample sample in ProgressBar.Over(dataset.Samples, "reading")) ...</c></example>
public sealed class ProgressBar : LiveView
{
    private ProgressLine line;

    /// <param name="total">0: not known; then there is no bar, only a count.</param>
    /// <param name="clock">For the rate and for how often it changes.</param>
    public ProgressBar(string title, long total, TimeProvider? clock = null)
        : base(clock)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        line = new ProgressLine(title, 0, total, "", Failed: false);
    }

    /// <summary>Gives the items on and counts them; a cell that is stopped ends before the next one.</summary>
    /// <exception cref="OperationCanceledException">The cell was stopped.</exception>
    public static IEnumerable<T> Over<T>(IReadOnlyCollection<T> items, string title, TimeProvider? clock = null)
    {
        using var bar = new ProgressBar(title, items.Count, clock);
        bar.Report(0);
        foreach (T item in items)
        {
            Cell.Stop.ThrowIfCancellationRequested();
            yield return item;
            bar.Advance();
        }
    }

    /// <param name="done">In all, from the start.</param>
    /// <param name="note">Shown behind the numbers; null leaves the one that is there.</param>
    public void Report(long done, string? note = null)
    {
        lock (Gate) Set(done, note);
    }

    /// <summary>So many more are done. May be called by several threads.</summary>
    public void Advance(long by = 1, string? note = null)
    {
        lock (Gate) Set(line.Done + by, note);
    }

    private protected override MimeBundle Render(bool isFinal)
    {
        string timing = isFinal ? "" : line.Timing(Clock.GetTimestamp(), Clock);
        return ViewMarkup.Bundle(line.ToText(timing), html =>
        {
            html.Append("<table class=\"progress\"><tbody>");
            line.WriteHtml(html, timing);
            html.Append("</tbody></table>");
        });
    }

    private void Set(long done, string? note)
    {
        line = line with { Done = done, Note = note ?? line.Note };
        if (line.StartedAt is null) line = line with { DoneAtStart = done, StartedAt = Clock.GetTimestamp() };
        Changed();
    }
}
