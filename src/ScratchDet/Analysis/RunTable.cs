using System.Globalization;
using CsvHelper;
using ScratchDet.Experiments;
using ScratchDet.Runs;

namespace ScratchDet.Analysis;

/// <summary>One run: its identity, its specification by dotted path, and its metrics. Mean AP is a fraction, 0 to 1.</summary>
public sealed class RunRow
{
    private readonly Dictionary<string, string> texts;
    private readonly IReadOnlyDictionary<string, double?> metrics;
    private readonly string commit;
    private readonly string machine;

    internal RunRow(RunFolder run)
    {
        (Identity, Outcome, Values) = (run.Identity, run.Outcome(), run.Values);
        RunEnvironment here = run.Environment();
        (commit, machine) = (here.Commit ?? "", here.MachineText);
        texts = run.Values.ToDictionary(value => value.Path, value => value.Text);
        metrics = RunMetrics.Of(run, Outcome);
    }

    public RunIdentity Identity { get; }

    public RunOutcome Outcome { get; }

    /// <summary>The specification by dotted path, in declaration order.</summary>
    public IReadOnlyList<SpecValue> Values { get; }

    /// <summary>What the CSV shows in a column; empty where the run has no such value.</summary>
    public string this[string column] => column switch
    {
        RunTable.RunColumn => Identity.RelativePath,
        RunTable.StudyColumn => Identity.Study,
        RunTable.VariantColumn => Identity.Variant,
        RunTable.ScaleColumn => Identity.Scale.ToString(),
        RunTable.SeedColumn => Identity.Seed.ToString(CultureInfo.InvariantCulture),
        RunTable.StateColumn => Outcome.State.ToString(),
        RunTable.CommitColumn => commit,
        RunTable.MachineColumn => machine,
        RunTable.DivergedLayerColumn => Outcome.State == RunState.Diverged ? Outcome.Layer ?? "" : "",
        _ when texts.TryGetValue(column, out string? text) => text,
        _ => Metric(column)?.ToString("R", CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>A metric (see <see cref="RunMetrics.Names"/>); null where it was not measured.</summary>
    public double? Metric(string name) => metrics.GetValueOrDefault(name);
}

/// <summary>Runs as a table: one row a run; identity, then the dotted paths of the specification, then metrics.</summary>
public sealed class RunTable
{
    public const string RunColumn = "run";
    public const string StudyColumn = "study";
    public const string VariantColumn = "variant";
    public const string ScaleColumn = "scale";
    public const string SeedColumn = "seed";
    public const string StateColumn = "state";
    public const string DivergedLayerColumn = "diverged_layer";
    public const string CommitColumn = "commit";
    public const string MachineColumn = "machine";

    private RunTable(IReadOnlyList<RunRow> rows)
    {
        Rows = rows;
        SpecPaths = [.. rows.SelectMany(row => row.Values).Select(value => value.Path).Distinct()];
        Columns =
        [
            RunColumn, StudyColumn, VariantColumn, ScaleColumn, SeedColumn,
            .. SpecPaths,
            StateColumn, .. RunMetrics.Names, DivergedLayerColumn, CommitColumn, MachineColumn,
        ];
    }

    public IReadOnlyList<RunRow> Rows { get; }

    /// <summary>The dotted paths that occur, in order of first appearance.</summary>
    public IReadOnlyList<string> SpecPaths { get; }

    public IReadOnlyList<string> Columns { get; }

    /// <param name="variantOrder">A study's variant names; its rows come in that order, others after them.</param>
    /// <exception cref="BadInputException">A file of a run is damaged.</exception>
    public static RunTable Of(IEnumerable<RunFolder> runs, IReadOnlyList<string>? variantOrder = null)
    {
        IReadOnlyList<string> order = variantOrder ?? [];
        int Place(RunFolder run)
        {
            for (int index = 0; index < order.Count; index++)
                if (order[index] == run.Identity.Variant)
                    return index;
            return order.Count;
        }
        return new RunTable([.. runs.OrderBy(Place).Select(run => new RunRow(run))]);
    }

    /// <summary>The rows that pass, as a table.</summary>
    public RunTable Where(Func<RunRow, bool> keep) => new([.. Rows.Where(keep)]);

    /// <summary>
    /// Finished runs arranged by two parts of the specification; a cell has the metric's mean and interval over seeds.
    /// </summary>
    /// <param name="rows">A dotted path, or a group of them (<c>Detector.Norm</c>), or <c>variant</c>, or several of these joined by <c>+</c>.</param>
    /// <param name="cell">One of <see cref="RunMetrics.Names"/>.</param>
    /// <exception cref="SpecException">No run has such a path, there is no such metric, or the runs are of several scales.</exception>
    public RunPivot Pivot(string rows, string columns, string cell) => RunPivot.Of(this, rows, columns, cell);

    /// <summary>Comma-separated, a header line, UTF-8, line feeds, numbers with a decimal point and all their digits.</summary>
    public void WriteCsv(Stream stream)
    {
        using CsvWriter csv = CsvWriter.Create(stream, CsvWriterOptions.Default with { NewLine = "\n" }, leaveOpen: true);
        foreach (string column in Columns)
            csv.WriteField(column);
        csv.EndRecord();
        foreach (RunRow row in Rows)
        {
            foreach (string column in Columns)
                csv.WriteField(row[column]);
            csv.EndRecord();
        }
    }

    public void WriteCsv(string file) => AtomicFile.Write(file, WriteCsv);
}
