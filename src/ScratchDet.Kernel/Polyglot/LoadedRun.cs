using System.Globalization;
using Microsoft.Data.Sqlite;
using ScratchDet.Analysis;
using ScratchDet.Runs;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>All that a run's files say, read once, to become rows.</summary>
internal sealed record LoadedRun(RunFolder Run, string Stamp, RunOutcome Outcome, RunEnvironment Environment, IReadOnlyList<StepRecord> Steps, IReadOnlyList<EvaluationRecord> Evaluations)
{
    private readonly IReadOnlyDictionary<string, double?> metrics = RunMetrics.Of(Outcome, Steps, Evaluations);

    /// <exception cref="BadInputException">A file is damaged.</exception>
    public static LoadedRun Read(RunFolder run, string stamp) =>
        new(run, stamp, run.Outcome(), run.Environment(), run.Steps(), run.Evaluations());

    /// <summary>Sizes and times of the run's small files and logs: while they are the same, so are the rows.</summary>
    public static string StampOf(RunFolder run) => string.Join('|', new DirectoryInfo(run.Folder).EnumerateFiles()
        .Where(file => file.Extension is ".json" or ".jsonl")
        .OrderBy(file => file.Name, StringComparer.Ordinal)
        .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}")));

    public void InsertInto(RunInserts inserts, long number)
    {
        InsertRun(inserts.Runs, number);
        foreach (var value in Run.Values)
            inserts.Settings.Add(number).Add(value.Path).Add(value.Text).Insert();
        foreach (StepRecord step in Steps)
        {
            inserts.Steps.Add(number).Add(step.Step).Add(step.Loss).Add(step.LearningRate).Add(step.GradientNormL2).Add(step.ImagesPerSecond).Add(step.Seconds).Insert();
            foreach ((string name, double value) in step.LossTerms)
                inserts.StepLosses.Add(number).Add(step.Step).Add(name).Add(value).Insert();
        }
        foreach (EvaluationRecord evaluation in Evaluations)
        {
            inserts.Evaluations.Add(number).Add(evaluation.Step).Add(evaluation.MapArea).Add(evaluation.Map07).Add(evaluation.CocoAp).Add(evaluation.ValidationLoss).Add(evaluation.Seconds).Insert();
            foreach ((string name, double? ap) in evaluation.PerClassAp)
                inserts.ClassAp.Add(number).Add(evaluation.Step).Add(name).Add(ap).Insert();
        }
    }

    private void InsertRun(RowInsert row, long number)
    {
        RunIdentity identity = Run.Identity;
        bool diverged = Outcome.State == RunState.Diverged;
        double? bestMap07 = diverged || Evaluations.Count == 0 ? null : Evaluations.Max(evaluation => evaluation.Map07);
        row.Add(number).Add(identity.RelativePath).Add(identity.Study).Add(identity.Variant).Add(identity.Scale.ToString());
        // Seeds above what SQLite's integers hold wrap round.
        row.Add(unchecked((long)identity.Seed)).Add(Outcome.State.ToString());
        row.AddWhole(Metric(RunMetrics.Steps));
        row.Add(Metric(RunMetrics.MapArea)).Add(Metric(RunMetrics.Map07)).Add(Metric(RunMetrics.CocoAp));
        row.Add(Metric(RunMetrics.BestMapArea)).AddWhole(Metric(RunMetrics.BestMapAreaStep)).Add(bestMap07);
        row.Add(Metric(RunMetrics.ValidationLoss)).Add(Metric(RunMetrics.LossLastTenth));
        row.Add(Metric(RunMetrics.MedianGradientNormL2)).Add(Metric(RunMetrics.ImagesPerSecond)).Add(Metric(RunMetrics.Seconds));
        row.AddWhole(Metric(RunMetrics.DivergedAtStep)).Add(diverged ? Outcome.Layer : null).Add(Metric(RunMetrics.LastFiniteGradientNormL2));
        row.Add(Environment.Date.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)).Add(Environment.KitVersion).Add(Environment.Commit);
        row.Add(Environment.MachineText).Add(Environment.Device).Add(Environment.Precision).Add(Environment.Threads).Add(identity.SpecFingerprint);
        row.Insert();
    }

    private double? Metric(string name) => metrics.GetValueOrDefault(name);
}

/// <summary>One prepared insert for each table of <see cref="RunTables"/>.</summary>
internal sealed class RunInserts(SqliteConnection connection) : IDisposable
{
    public RowInsert Runs { get; } = new(connection, RunTables.Runs, 30);

    public RowInsert Settings { get; } = new(connection, RunTables.Settings, 3);

    public RowInsert Steps { get; } = new(connection, RunTables.Steps, 7);

    public RowInsert StepLosses { get; } = new(connection, RunTables.StepLosses, 4);

    public RowInsert Evaluations { get; } = new(connection, RunTables.Evaluations, 7);

    public RowInsert ClassAp { get; } = new(connection, RunTables.ClassAp, 4);

    public void Dispose()
    {
        Runs.Dispose();
        Settings.Dispose();
        Steps.Dispose();
        StepLosses.Dispose();
        Evaluations.Dispose();
        ClassAp.Dispose();
    }
}
