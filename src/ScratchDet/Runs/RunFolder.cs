using ScratchDet.Experiments;

namespace ScratchDet.Runs;

/// <summary>
/// A run on disk, to be read: plain files that are whole or end in a whole line, whatever moment the writer was killed
/// at. Safe to read while the run goes on.
/// </summary>
public sealed class RunFolder
{
    internal const string SpecName = "spec.json";
    internal const string EnvironmentName = "environment.json";
    internal const string StatusName = "status.json";
    internal const string StepsName = "steps.jsonl";
    internal const string EvaluationsName = "evals.jsonl";
    internal const string CheckpointName = "checkpoint.safetensors";
    internal const string BestName = "best.safetensors";

    private readonly SpecFile spec;

    internal RunFolder(string folder)
    {
        Folder = folder;
        spec = RunJson.Read(Path.Combine(folder, SpecName), RunJson.Indented.SpecFile);
        Identity = spec.ToIdentity();
        Values = spec.Values();
    }

    public string Folder { get; }

    public RunIdentity Identity { get; }

    /// <summary>The specification by dotted path.</summary>
    public IReadOnlyList<SpecValue> Values { get; }

    public string CheckpointFile => Path.Combine(Folder, CheckpointName);

    public string BestCheckpointFile => Path.Combine(Folder, BestName);

    /// <exception cref="BadInputException">The stored specification does not fit this version of the kit.</exception>
    public TSpec ReadSpec<TSpec>()
        where TSpec : class => SpecJson.FromElement<TSpec>(spec.Spec, Path.Combine(Folder, SpecName));

    public IReadOnlyList<StepRecord> Steps() => JsonLines.Read(Path.Combine(Folder, StepsName), RunJson.Lines.StepRecord);

    public IReadOnlyList<EvaluationRecord> Evaluations() => JsonLines.Read(Path.Combine(Folder, EvaluationsName), RunJson.Lines.EvaluationRecord);

    public RunEnvironment Environment() => RunJson.Read(Path.Combine(Folder, EnvironmentName), RunJson.Indented.RunEnvironment);

    /// <summary>How the run stands; one that says "running" without a process behind it was killed: interrupted.</summary>
    public RunOutcome Outcome()
    {
        RunOutcome status = ReadStatus(Folder);
        if (status.IsFinished) return status;
        long step = Steps() is [.., var last] ? last.Step : 0;
        return new RunOutcome(RunLock.IsHeld(Folder) ? RunState.Running : RunState.Interrupted, step);
    }

    internal static RunOutcome ReadStatus(string folder) =>
        File.Exists(Path.Combine(folder, StatusName))
            ? RunJson.Read(Path.Combine(folder, StatusName), RunJson.Indented.RunOutcome)
            : new RunOutcome(RunState.Interrupted, 0);
}
