using System.Text;

namespace ScratchDet.Cli;

/// <summary>Progress for logs and pipes: a line every few seconds.</summary>
internal sealed class PlainProgress(TextWriter error, TimeProvider clock) : IProgressDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private string name = "";
    private long totalSteps;
    private (long Step, long Time)? begin;
    private long lastLineAt;

    public void Start(string name, long totalSteps)
    {
        lock (gate)
        {
            (this.name, this.totalSteps, begin) = (name, totalSteps, null);
            lastLineAt = clock.GetTimestamp();
        }
    }

    public void Report(long step, double? loss = null, double? imagesPerSecond = null)
    {
        lock (gate)
        {
            long now = clock.GetTimestamp();
            begin ??= (step, now);
            if (clock.GetElapsedTime(lastLineAt, now) < Interval)
                return;
            lastLineAt = now;
            error.WriteLine(Describe(step, loss, imagesPerSecond, begin.Value, now));
        }
    }

    public void Note(string activity)
    {
        lock (gate)
        {
            long now = clock.GetTimestamp();
            if (clock.GetElapsedTime(lastLineAt, now) < Interval)
                return;
            lastLineAt = now;
            error.WriteLine($"{name}: {activity}");
        }
    }

    public void Finish(string text)
    {
        lock (gate)
            error.WriteLine($"{name}: {text}");
    }

    public void Dispose() => error.Flush();

    private string Describe(long step, double? loss, double? imagesPerSecond, (long Step, long Time) begin, long now)
    {
        var line = new StringBuilder($"{name}: {step}/{totalSteps} ({100 * step / Math.Max(1, totalSteps)}%)");
        if (loss is not null)
            line.Append(", loss ").Append(ProgressText.Loss(loss));
        if (imagesPerSecond is not null)
            line.Append(", ").Append(ProgressText.Rate(imagesPerSecond));
        if (step > begin.Step && step <= totalSteps)
        {
            TimeSpan left = clock.GetElapsedTime(begin.Time, now) * ((totalSteps - step) / (double)(step - begin.Step));
            line.Append(", ").Append(ProgressText.Duration(left)).Append(" left");
        }
        return line.ToString();
    }
}
