using System.Globalization;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Notebook;

/// <summary>
/// The runs of a study while they train, a line each, changed in place: steps done, the loss, and for the one that trains
/// the rate and the time that is left. Finished ones say how they ended.
/// </summary>
/// <param name="clock">For the rate and for how often it changes.</param>
public sealed class LiveProgress(TimeProvider? clock = null) : LiveView(clock), IRunObserver
{
    private readonly List<ProgressLine> lines = [];
    private readonly List<string> notes = [];

    /// <summary>Begins a line; the steps that follow belong to it.</summary>
    /// <param name="total">Steps in all.</param>
    /// <param name="done">Steps done before, for a resumed run.</param>
    public void Line(string name, long total, long done = 0)
    {
        lock (Gate)
        {
            lines.Add(new ProgressLine(name, done, total, "", Failed: false) { DoneAtStart = done, StartedAt = Clock.GetTimestamp() });
            Changed(atOnce: true);
        }
    }

    /// <summary>For <c>trainer.Stepped += progress.Draw</c> after <see cref="Line"/>.</summary>
    /// <exception cref="InvalidOperationException">No line has begun.</exception>
    public void Draw(StepReport step)
    {
        lock (Gate)
        {
            if (lines.Count == 0) throw new InvalidOperationException("no line has begun: call Line(name, total) before the training");
            lines[^1] = lines[^1] with { Done = step.Step, Note = string.Create(CultureInfo.InvariantCulture, $"loss {step.Loss:0.000}") };
            Changed();
        }
    }

    /// <summary>Begins a line for an evaluation alone.</summary>
    /// <param name="images">Images in all.</param>
    /// <returns>Moves the line's bar.</returns>
    public Action<EvaluationProgress> Evaluation(string name, int images)
    {
        int index;
        lock (Gate)
        {
            Line(name, images);
            index = lines.Count - 1;
        }
        return progress =>
        {
            lock (Gate)
            {
                lines[index] = lines[index] with { Done = progress.Images };
                Changed(atOnce: progress.Images == images);
            }
        };
    }

    /// <summary>For <c>trainer.Evaluating += progress.Draw</c>: the bar of the steps stays, the images stand beside it.</summary>
    /// <exception cref="InvalidOperationException">No line has begun.</exception>
    public void Draw(EvaluationProgress progress)
    {
        lock (Gate)
        {
            if (lines.Count == 0) throw new InvalidOperationException("no line has begun: call Line(name, total) before the evaluation");
            lines[^1] = lines[^1] with { Note = string.Create(CultureInfo.InvariantCulture, $"evaluating: {progress.Images} of {progress.Total} images") };
            Changed();
        }
    }

    /// <summary>A run that was finished before, as it is in the store.</summary>
    public void Draw(RunFolder run)
    {
        RunOutcome outcome = run.Outcome();
        lock (Gate)
        {
            lines.Add(Ended(new ProgressLine(RunNames.Of(run.Identity), 0, 0, "", Failed: false), outcome, "trained before: "));
            Changed(atOnce: true);
        }
    }

    void IRunObserver.Started(RunIdentity identity, Experiment experiment, long firstStep) => Line(RunNames.Of(identity), experiment.Train.Steps, firstStep);

    void IRunObserver.Found(RunFolder run) => Draw(run);

    void IRunObserver.Noted(RunIdentity identity, string note)
    {
        lock (Gate)
        {
            notes.Add($"{RunNames.Of(identity)}: {note}");
            Changed(atOnce: true);
        }
    }

    void IRunObserver.Stepped(StepReport step) => Draw(step);

    void IRunObserver.Evaluating(EvaluationProgress progress) => Draw(progress);

    void IRunObserver.Evaluated(EvaluationReport evaluation)
    {
        lock (Gate)
        {
            lines[^1] = lines[^1] with { Done = evaluation.Step, Note = $"mAP {EvaluationView.Percent(evaluation.Voc.MapArea)} %" };
            Changed(atOnce: true);
        }
    }

    void IRunObserver.Finished(RunIdentity identity, RunOutcome outcome)
    {
        lock (Gate)
        {
            lines[^1] = Ended(lines[^1], outcome, "");
            Changed(atOnce: true);
        }
    }

    private protected override MimeBundle Render(bool isFinal)
    {
        long now = Clock.GetTimestamp();
        string[] timings = [.. lines.Select((line, index) => isFinal || index < lines.Count - 1 || line.Done == line.Total || line.Failed ? "" : line.Timing(now, Clock))];
        string text = string.Join('\n', lines.Select((line, index) => line.ToText(timings[index])).Concat(notes));
        return ViewMarkup.Bundle(text, html =>
        {
            html.Append("<table class=\"progress\"><tbody>");
            for (int index = 0; index < lines.Count; index++) lines[index].WriteHtml(html, timings[index]);
            html.Append("</tbody></table>");
            foreach (string note in notes) html.Line(note, soft: true);
        });
    }

    private static ProgressLine Ended(ProgressLine line, RunOutcome outcome, string before)
    {
        bool failed = outcome.State != RunState.Done;
        string how = failed ? outcome.ToString() : line.Note.StartsWith("mAP", StringComparison.Ordinal) ? line.Note : "done";
        return line with { Done = outcome.Step, Total = Math.Max(line.Total, outcome.State == RunState.Done ? outcome.Step : line.Total), Note = before + how, Failed = failed };
    }
}

/// <summary>What a run is called among the runs of its study.</summary>
internal static class RunNames
{
    /// <summary>The variant; with the seed where it is not 0.</summary>
    public static string Of(RunIdentity identity) =>
        identity.Seed == 0 ? identity.Variant : string.Create(CultureInfo.InvariantCulture, $"{identity.Variant}, seed {identity.Seed}");
}
