namespace ScratchDet.Runs;

/// <summary>
/// Writes one run and holds its lock until disposed. A trainer's reports go in; <see cref="Flush"/> before every
/// checkpoint, so that the log never lacks a step that the checkpoint has. Disposed without <see cref="Finish"/> or
/// <see cref="Diverge"/>, the run is interrupted.
/// </summary>
public sealed class RunWriter : IDisposable
{
    private readonly RunLock runLock;
    private readonly JsonLinesWriter<StepRecord> steps;
    private readonly JsonLinesWriter<EvaluationRecord> evaluations;
    private long lastStep;
    private bool ended;
    private bool disposed;

    /// <param name="stepsBefore">The log of a continued run up to its checkpoint.</param>
    internal RunWriter(RunIdentity identity, string folder, RunLock runLock, TimeProvider clock, long lastStep, IReadOnlyList<StepRecord> stepsBefore)
    {
        (Identity, Folder, this.runLock, this.lastStep) = (identity, folder, runLock, lastStep);
        if (stepsBefore is [.., var last]) SecondsBefore = last.Seconds;
        LastFiniteNormBefore = stepsBefore.LastOrDefault(step => double.IsFinite(step.GradientNormL2 ?? double.NaN))?.GradientNormL2;
        steps = new JsonLinesWriter<StepRecord>(Path.Combine(folder, RunFolder.StepsName), RunJson.Lines.StepRecord, clock);
        evaluations = new JsonLinesWriter<EvaluationRecord>(Path.Combine(folder, RunFolder.EvaluationsName), RunJson.Lines.EvaluationRecord, clock);
    }

    public RunIdentity Identity { get; }

    public string Folder { get; }

    /// <summary>Training time already in the log of a continued run; add it to the times that are reported.</summary>
    public double SecondsBefore { get; }

    /// <summary>The last finite gradient norm in the log of a continued run; null where there is none.</summary>
    public double? LastFiniteNormBefore { get; }

    /// <summary>For a continued run: what is now computed in another way than before ("threads 2 before, 4 now"), or null.</summary>
    public string? Difference { get; internal init; }

    public string CheckpointFile => Path.Combine(Folder, RunFolder.CheckpointName);

    public string BestCheckpointFile => Path.Combine(Folder, RunFolder.BestName);

    public void Write(StepRecord step)
    {
        steps.Append(step);
        lastStep = step.Step;
    }

    /// <summary>Written through at once: evaluations are rare and dear.</summary>
    public void Write(EvaluationRecord evaluation)
    {
        evaluations.Append(evaluation);
        evaluations.Flush(toDisk: false);
    }

    /// <summary>Puts every record written so far on the disk.</summary>
    public void Flush()
    {
        steps.Flush(toDisk: true);
        evaluations.Flush(toDisk: true);
    }

    /// <summary>The run is trained to its end.</summary>
    public void Finish() => End(new RunOutcome(RunState.Done, lastStep));

    /// <summary>The loss or a gradient is no longer finite: a result; see <see cref="RunOutcome"/>.</summary>
    public void Diverge(long step, string? layer, double? lastFiniteGradientNormL2) =>
        End(new RunOutcome(RunState.Diverged, step, layer, lastFiniteGradientNormL2));

    private void End(RunOutcome outcome)
    {
        // The logs first: a run that says it is finished has all of its records.
        Flush();
        RunJson.Write(Path.Combine(Folder, RunFolder.StatusName), outcome, RunJson.Indented.RunOutcome);
        ended = true;
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        try
        {
            using (steps)
            using (evaluations)
            {
                if (!ended) End(new RunOutcome(RunState.Interrupted, lastStep));
            }
        }
        finally
        {
            runLock.Dispose();
        }
    }
}
