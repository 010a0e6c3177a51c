using System.Globalization;
using ScratchDet.Experiments;
using ScratchDet.Runs;

namespace ScratchDet.Analysis;

/// <summary>A row or column of a pivot: what the runs in it have in common.</summary>
/// <param name="Label">The value, or <c>Leaf=Value</c> pairs where the pivot is over a group of paths.</param>
/// <param name="Values">By dotted path.</param>
public sealed record PivotKey(string Label, IReadOnlyList<SpecValue> Values)
{
    /// <summary>The text of one path.</summary>
    public string this[string path] => Values.First(value => value.Path == path).Text;
}

/// <summary>The runs of one place in a pivot.</summary>
/// <param name="Metric">Over the runs that have the metric: trained to the end, not diverged.</param>
/// <param name="SettingCount">Different specifications among the runs; above 1, the interval is not over seeds alone.</param>
/// <param name="Published">The paper's number; null where there is none.</param>
public sealed record PivotCell(
    SeedStatistics Metric, int RunCount, int DivergedCount, IReadOnlyList<double> DivergedAtSteps, int SettingCount, PublishedValue? Published = null);

/// <summary>Runs arranged by two parts of their specifications.</summary>
public sealed class RunPivot
{
    private readonly PivotCell[,] cells;

    private RunPivot(string rowPath, string columnPath, string metric, IReadOnlyList<PivotKey> rowKeys, IReadOnlyList<PivotKey> columnKeys, PivotCell[,] cells)
    {
        (RowPath, ColumnPath, Metric, RowKeys, ColumnKeys, this.cells) = (rowPath, columnPath, metric, rowKeys, columnKeys, cells);
    }

    public string RowPath { get; }

    public string ColumnPath { get; }

    public string Metric { get; }

    public IReadOnlyList<PivotKey> RowKeys { get; }

    public IReadOnlyList<PivotKey> ColumnKeys { get; }

    /// <summary>What the published numbers are called in a caption; null without any.</summary>
    public string? PublishedLabel { get; private init; }

    public PivotCell this[int row, int column] => cells[row, column];

    internal static RunPivot Of(RunTable table, string rows, string columns, string metric)
    {
        if (!RunMetrics.Names.Contains(metric))
            throw new SpecException($"no metric '{metric}'; there are {string.Join(", ", RunMetrics.Names)}");
        RunRow[] finished = [.. table.Rows.Where(row => row.Outcome.IsFinished)];
        if (finished.Select(row => row.Identity.Scale).Distinct().Count() > 1)
            throw new SpecException("the runs are of several scales, which cannot be averaged; keep one of them");
        HashSet<string> varying = Varying(finished);
        PivotKey[] rowOf = [.. finished.Select(row => Key(row, rows, table, varying))];
        PivotKey[] columnOf = [.. finished.Select(row => Key(row, columns, table, varying))];
        IReadOnlyList<PivotKey> rowKeys = Ordered(rowOf);
        IReadOnlyList<PivotKey> columnKeys = Ordered(columnOf);
        var cells = new PivotCell[rowKeys.Count, columnKeys.Count];
        for (int row = 0; row < rowKeys.Count; row++)
        {
            for (int column = 0; column < columnKeys.Count; column++)
            {
                RunRow[] inside = [.. Enumerable.Range(0, finished.Length)
                    .Where(index => rowOf[index].Label == rowKeys[row].Label && columnOf[index].Label == columnKeys[column].Label)
                    .Select(index => finished[index])];
                cells[row, column] = Cell(inside, metric);
            }
        }
        return new RunPivot(rows, columns, metric, rowKeys, columnKeys, cells);
    }

    /// <summary>The same pivot with published numbers beside ours.</summary>
    /// <param name="lookup">From a row's and a column's key; null where nothing is published.</param>
    public RunPivot Beside(Func<PivotKey, PivotKey, PublishedValue?> lookup, string label)
    {
        var beside = new PivotCell[RowKeys.Count, ColumnKeys.Count];
        for (int row = 0; row < RowKeys.Count; row++)
            for (int column = 0; column < ColumnKeys.Count; column++)
                beside[row, column] = cells[row, column] with { Published = lookup(RowKeys[row], ColumnKeys[column]) };
        return new RunPivot(RowPath, ColumnPath, Metric, RowKeys, ColumnKeys, beside) { PublishedLabel = label };
    }

    private static PivotCell Cell(RunRow[] runs, string metric)
    {
        RunRow[] diverged = [.. runs.Where(run => run.Outcome.State == RunState.Diverged)];
        double[] values = [.. runs.Select(run => run.Metric(metric)).OfType<double>()];
        return new PivotCell(
            SeedStatistics.Of(values),
            runs.Length,
            diverged.Length,
            [.. diverged.Select(run => (double)run.Outcome.Step)],
            runs.Select(run => run.Identity.SpecFingerprint).Distinct().Count());
    }

    /// <summary>The paths in which the runs differ; the others say nothing in a label.</summary>
    private static HashSet<string> Varying(IReadOnlyList<RunRow> rows) =>
        [.. rows.SelectMany(row => row.Values).GroupBy(value => value.Path).Where(group => group.Select(value => value.Text).Distinct().Count() > 1 || group.Count() < rows.Count).Select(group => group.Key)];

    private static PivotKey Key(RunRow row, string path, RunTable table, HashSet<string> varying)
    {
        if (path.Contains('+', StringComparison.Ordinal))
            return Join([.. path.Split('+').Select(part => Key(row, part, table, varying))], varying);
        if (path == RunTable.VariantColumn)
            return new PivotKey(row.Identity.Variant, [new SpecValue(path, row.Identity.Variant)]);
        if (!table.SpecPaths.Any(known => IsWithin(known, path)))
            throw new SpecException($"no run has the path '{path}'; there are {string.Join(", ", table.SpecPaths)}");
        SpecValue[] values = [.. row.Values.Where(value => IsWithin(value.Path, path))];
        string label = values is [var only] && only.Path == path
            ? only.Text
            : string.Join(' ', (values.Any(value => varying.Contains(value.Path)) ? values.Where(value => varying.Contains(value.Path)) : values).Select(value => value.Path == path ? value.Text : $"{value.Path[(path.Length + 1)..]}={value.Text}"));
        return new PivotKey(label, values);
    }

    /// <summary>One key out of several; parts in which no run differs from another are left out of the label.</summary>
    private static PivotKey Join(PivotKey[] keys, HashSet<string> varying)
    {
        PivotKey[] telling = [.. keys.Where(key => key.Values.Any(value => varying.Contains(value.Path)))];
        return new PivotKey(string.Join(' ', (telling.Length == 0 ? keys : telling).Select(key => key.Label)), [.. keys.SelectMany(key => key.Values)]);
    }

    private static bool IsWithin(string path, string group) => path == group || path.StartsWith(group + ".", StringComparison.Ordinal);

    // Numbers ascending; anything else in the order of the runs.
    private static IReadOnlyList<PivotKey> Ordered(IEnumerable<PivotKey> keys)
    {
        PivotKey[] distinct = [.. keys.DistinctBy(key => key.Label)];
        bool numeric = distinct.All(key => Number(key) is not null);
        return numeric ? [.. distinct.OrderBy(key => Number(key))] : distinct;
    }

    private static double? Number(PivotKey key) =>
        double.TryParse(key.Label, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}
