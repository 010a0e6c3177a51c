using ScratchDet.Experiments;

namespace ScratchDet.Runs;

/// <summary>
/// All runs below one folder, as plain files that outlive the program. See <see cref="RunIdentity"/> for which folder
/// a run gets.
/// </summary>
public sealed class RunStore
{
    private readonly TimeProvider clock;

    private RunStore(string root, TimeProvider clock) => (Root, this.clock) = (root, clock);

    public string Root { get; }

    /// <summary>The folder need not exist yet.</summary>
    public static RunStore Open(string folder, TimeProvider? clock = null) => new(Path.GetFullPath(folder), clock ?? TimeProvider.System);

    public string PathOf(RunIdentity identity) => Path.Combine(Root, identity.RelativePath.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>The files of a run that is there.</summary>
    /// <exception cref="BadInputException">There is no such run, or its specification is damaged.</exception>
    public RunFolder Open(RunIdentity identity) => new(PathOf(identity));

    /// <summary>Whether the run is finished, trained to the end or diverged.</summary>
    public bool Has(RunIdentity identity) => IsRun(PathOf(identity)) && RunFolder.ReadStatus(PathOf(identity)).IsFinished;

    /// <summary>Whether a checkpoint is there to continue from.</summary>
    public bool HasCheckpoint(RunIdentity identity) =>
        IsRun(PathOf(identity)) && File.Exists(Path.Combine(PathOf(identity), RunFolder.CheckpointName));

    /// <summary>
    /// Begins a run at step 0. What an earlier attempt without a checkpoint logged is discarded.
    /// </summary>
    /// <exception cref="InvalidOperationException">The run is finished, or has a checkpoint to continue from.</exception>
    /// <exception cref="RunLockedException">Another process is writing it.</exception>
    public RunWriter Start(RunIdentity identity, object spec, RunEnvironment environment)
    {
        CheckFingerprint(identity, spec);
        return Locked(identity, (folder, runLock) =>
        {
            if (Has(identity))
                throw new InvalidOperationException($"{folder} is finished; delete the folder to train it again");
            if (File.Exists(Path.Combine(folder, RunFolder.CheckpointName)))
                throw new InvalidOperationException($"{folder} has a checkpoint; continue it, or delete the folder to begin again");
            File.Delete(Path.Combine(folder, RunFolder.StepsName));
            File.Delete(Path.Combine(folder, RunFolder.EvaluationsName));
            File.Delete(Path.Combine(folder, RunFolder.BestName));
            RunJson.Write(Path.Combine(folder, RunFolder.StatusName), new RunOutcome(RunState.Running, 0), RunJson.Indented.RunOutcome);
            RunJson.Write(Path.Combine(folder, RunFolder.EnvironmentName), environment, RunJson.Indented.RunEnvironment);
            // Last, because a folder is a run once it has this file.
            RunJson.Write(Path.Combine(folder, RunFolder.SpecName), SpecFile.Of(identity, spec), RunJson.Indented.SpecFile);
            return new RunWriter(identity, folder, runLock, clock, lastStep: 0, []);
        });
    }

    /// <summary>
    /// Goes on from the checkpoint of step <paramref name="checkpointStep"/>. Records after that step are cut off, for
    /// they will be written again; so the logs become those of a run without the interruption (times aside).
    /// </summary>
    /// <exception cref="SpecException">The stored specification differs; the message names in what.</exception>
    /// <exception cref="BadInputException">There is no such run, or one of its files is damaged.</exception>
    /// <exception cref="InvalidOperationException">The run is finished.</exception>
    /// <exception cref="RunLockedException">Another process is writing it.</exception>
    public RunWriter Continue(RunIdentity identity, object spec, RunEnvironment environment, long checkpointStep)
    {
        CheckFingerprint(identity, spec);
        RequireSameSpec(new RunFolder(PathOf(identity)), SpecFile.Of(identity, spec));
        return Locked(identity, (folder, runLock) =>
        {
            if (Has(identity))
                throw new InvalidOperationException($"{folder} is finished; delete the folder to train it again");
            List<StepRecord> steps = JsonLines.CutAfter(Path.Combine(folder, RunFolder.StepsName), checkpointStep, RunJson.Lines.StepRecord);
            JsonLines.CutAfter(Path.Combine(folder, RunFolder.EvaluationsName), checkpointStep, RunJson.Lines.EvaluationRecord);
            string environmentFile = Path.Combine(folder, RunFolder.EnvironmentName);
            RunEnvironment first = RunJson.Read(environmentFile, RunJson.Indented.RunEnvironment);
            var continuation = new RunContinuation(environment.Date, checkpointStep, environment.KitVersion, environment.Commit, environment.MachineText,
                environment.Threads, environment.Precision, environment.MemoryLayout);
            RunJson.Write(environmentFile, first with { Continued = [.. first.Continued, continuation] }, RunJson.Indented.RunEnvironment);
            RunJson.Write(Path.Combine(folder, RunFolder.StatusName), new RunOutcome(RunState.Running, checkpointStep), RunJson.Indented.RunOutcome);
            return new RunWriter(identity, folder, runLock, clock, checkpointStep, steps) { Difference = environment.DifferenceFrom(first) };
        });
    }

    /// <summary>Every run, or those of one study, in the order of their paths.</summary>
    public IReadOnlyList<RunFolder> Runs(string? study = null)
    {
        string top = study is null ? Root : Path.Combine(Root, VariantName.Slug(study));
        if (!Directory.Exists(top)) return [];
        return [.. Directory.EnumerateFiles(top, RunFolder.SpecName, SearchOption.AllDirectories)
            .Select(file => Path.GetDirectoryName(file)!)
            .OrderBy(folder => folder, StringComparer.Ordinal)
            .Select(folder => new RunFolder(folder))];
    }

    /// <summary>The run that a person means: its folder, its path in the store, or a part of the path that only it has.</summary>
    /// <exception cref="SpecException">None, or several; the message lists some.</exception>
    public RunFolder Find(string text)
    {
        if (IsRun(text)) return new RunFolder(Path.GetFullPath(text));
        if (IsRun(Path.Combine(Root, text))) return new RunFolder(Path.GetFullPath(Path.Combine(Root, text)));
        IReadOnlyList<RunFolder> all = Runs();
        RunFolder[] found = [.. all.Where(run => run.Identity.RelativePath.Contains(text, StringComparison.OrdinalIgnoreCase))];
        return found switch
        {
            [var only] => only,
            [] when all.Count == 0 => throw new SpecException($"no run '{text}': {Root} holds no runs"),
            [] => throw new SpecException($"no run '{text}' in {Root}; `runs` lists the {all.Count} that are there"),
            _ => throw new SpecException($"'{text}' fits {found.Length} runs: {string.Join(", ", found.Take(3).Select(run => run.Identity.RelativePath))}{(found.Length > 3 ? ", ..." : "")}"),
        };
    }

    private RunWriter Locked(RunIdentity identity, Func<string, RunLock, RunWriter> open)
    {
        string folder = PathOf(identity);
        RunLock runLock = RunLock.Acquire(folder);
        try
        {
            AtomicFile.RemoveLeftovers(folder);
            return open(folder, runLock);
        }
        catch
        {
            runLock.Dispose();
            throw;
        }
    }

    private static bool IsRun(string folder) => File.Exists(Path.Combine(folder, RunFolder.SpecName));

    private static void CheckFingerprint(RunIdentity identity, object spec)
    {
        if (VariantName.Fingerprint(spec) != identity.SpecFingerprint)
            throw new ArgumentException($"the identity {identity} was made from another specification", nameof(spec));
    }

    private static void RequireSameSpec(RunFolder stored, SpecFile wanted)
    {
        Dictionary<string, string> before = stored.Values.ToDictionary(value => value.Path, value => value.Text);
        Dictionary<string, string> now = wanted.Values().ToDictionary(value => value.Path, value => value.Text);
        string[] differences = [.. before.Keys.Union(now.Keys)
            .Where(path => before.GetValueOrDefault(path) != now.GetValueOrDefault(path))
            .Select(path => $"{path} was {before.GetValueOrDefault(path, "absent")} and is now {now.GetValueOrDefault(path, "absent")}")];
        if (differences.Length > 0)
            throw new SpecException($"{stored.Folder} was trained with another specification: {string.Join("; ", differences)}; delete the folder, or undo the change");
    }
}
