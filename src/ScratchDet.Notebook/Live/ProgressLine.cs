using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>One thing under way, as it stands.</summary>
/// <param name="Total">0: not known.</param>
/// <param name="Note">Shown behind the numbers: a loss, or how it ended.</param>
/// <param name="Failed">It ended without reaching its end: diverged, stopped.</param>
internal sealed record ProgressLine(string Name, long Done, long Total, string Note, bool Failed)
{
    private const int TextBarWidth = 20;

    /// <summary>Work done before the clock began: a resumed run is no faster for it.</summary>
    public long DoneAtStart { get; init; }

    /// <summary>When the first report came, by the clock's time stamp; null before.</summary>
    public long? StartedAt { get; init; }

    public double Share => Total <= 0 ? 0 : Math.Clamp((double)Done / Total, 0, 1);

    /// <summary>"base  [#####...............]  25/100, loss 3.21".</summary>
    public string ToText(string timing)
    {
        int full = (int)(Share * TextBarWidth);
        string bar = Total > 0 ? $"[{new string('#', full)}{new string('.', TextBarWidth - full)}] " : "";
        return $"{Name} {bar}{Numbers(timing)}".TrimStart();
    }

    public void WriteHtml(StringBuilder html, string timing)
    {
        html.Append($"<tr><td>{Markup.Escape(Name)}</td><td>");
        if (Total > 0) html.Append($"<span class=\"bar{(Failed ? " failed" : "")}\"><i style=\"width:{Markup.Number(100 * Share)}%\"></i></span>");
        html.Append($"</td><td>{Markup.Escape(Numbers(timing))}</td></tr>");
    }

    /// <summary>"12.5/s, 1:20 left"; empty before anything is known.</summary>
    public string Timing(long now, TimeProvider clock)
    {
        if (StartedAt is not { } start || Done <= DoneAtStart) return "";
        double seconds = clock.GetElapsedTime(start, now).TotalSeconds;
        if (seconds <= 0) return "";
        double rate = (Done - DoneAtStart) / seconds;
        string speed = rate.ToString(rate < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + "/s";
        return Total > Done ? $"{speed}, {Duration(TimeSpan.FromSeconds(Math.Min((Total - Done) / rate, 1e9)))} left" : speed;
    }

    private string Numbers(string timing)
    {
        string count = Total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Done}/{Total}") : Done.ToString(CultureInfo.InvariantCulture);
        return string.Join(", ", new[] { count, Note, timing }.Where(text => text.Length > 0));
    }

    private static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
