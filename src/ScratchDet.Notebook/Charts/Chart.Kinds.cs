using System.Globalization;
using ScratchDet.Analysis;
using ScratchDet.Evaluation;

namespace ScratchDet.Notebook;

public sealed partial record Chart
{
    public static Chart Lines(params IReadOnlyList<LineSeries> lines) => new Chart { Marks = lines }.XTitle("step");

    /// <summary>One line for each item. Values that are not finite are gaps.</summary>
    /// <param name="x">Null counts 1, 2, 3...</param>
    /// <param name="divergedAt">The x at which an item's training diverged, or null.</param>
    public static Chart Lines<T>(
        IEnumerable<T> items, Func<T, IReadOnlyList<double>> y, Func<T, string> name,
        Func<T, IReadOnlyList<double>>? x = null, Func<T, double?>? divergedAt = null) =>
        Lines([.. items.Select(item => new LineSeries(name(item), y(item)) { X = x?.Invoke(item), DivergedAt = divergedAt?.Invoke(item) })]);

    public static Chart Scatter(params IReadOnlyList<PointSeries> series) => new() { Marks = series };

    /// <summary>One point for each item, coloured by group.</summary>
    /// <param name="label">Written beside the point.</param>
    public static Chart Scatter<T>(IEnumerable<T> items, Func<T, double> x, Func<T, double> y, Func<T, string>? label = null, Func<T, string>? group = null) =>
        Scatter([.. items.GroupBy(item => group?.Invoke(item) ?? "").Select(points => new PointSeries(points.Key, [.. points.Select(x)], [.. points.Select(y)])
        {
            Labels = label is null ? null : [.. points.Select(label)],
        })]);

    /// <summary>Groups of bars, one bar of each series in a group.</summary>
    /// <param name="categories">Below the groups.</param>
    public static Chart Bars(IReadOnlyList<string> categories, params IReadOnlyList<BarSeries> series) => new() { Marks = [new BarGroups(categories, series)] };

    /// <summary>One bar for each item.</summary>
    public static Chart Bars<T>(IEnumerable<T> items, Func<T, string> name, Func<T, double> value, Func<T, (double Low, double High)>? interval = null)
    {
        IReadOnlyList<T> all = [.. items];
        return Bars([.. all.Select(name)], new BarSeries("", [.. all.Select(value)])
        {
            Low = interval is null ? null : [.. all.Select(item => interval(item).Low)],
            High = interval is null ? null : [.. all.Select(item => interval(item).High)],
        });
    }

    /// <summary>
    /// A pivot over runs as bars: a group for each row, a bar for each column with its 95% interval over seeds, and a
    /// diamond for the published number.
    /// </summary>
    /// <param name="factor">Ours are multiplied by it to be shown; published numbers are in the shown unit already.</param>
    public static Chart Bars(RunPivot pivot, double factor = 100)
    {
        int[] rows = [.. Enumerable.Range(0, pivot.RowKeys.Count)];
        return Bars([.. pivot.RowKeys.Select(key => key.Label)], [.. pivot.ColumnKeys.Select((key, column) =>
        {
            PivotCell[] cells = [.. rows.Select(row => pivot[row, column])];
            return BarSeries.Of(key.Label, [.. cells.Select(cell => cell.Metric)], factor) with
            {
                Diverged = [.. cells.Select(cell => cell.DivergedCount > 0 && cell.Metric.Count == 0)],
                Reference = pivot.PublishedLabel is null ? null : [.. cells.Select(cell => cell.Published is { Diverged: false } published ? published.Value : double.NaN)],
                ReferenceName = pivot.PublishedLabel ?? "",
            };
        })]).XTitle(pivot.RowPath).YTitle(pivot.Metric);
    }

    /// <summary>A table whose cells are shaded by their values.</summary>
    /// <param name="rowNames">From the top.</param>
    /// <param name="cells">One list for each row, one cell for each column.</param>
    public static Chart HeatTable(IReadOnlyList<string> rowNames, IReadOnlyList<string> columnNames, IReadOnlyList<IReadOnlyList<HeatCell>> cells) =>
        new() { Marks = [new HeatTable(rowNames, columnNames, cells)] };

    /// <param name="values">Rows by columns; NaN is a missing cell.</param>
    public static Chart HeatTable(IReadOnlyList<string> rowNames, IReadOnlyList<string> columnNames, double[,] values) =>
        HeatTable(rowNames, columnNames, [.. Enumerable.Range(0, values.GetLength(0)).Select(row =>
            (IReadOnlyList<HeatCell>)[.. Enumerable.Range(0, values.GetLength(1)).Select(column => new HeatCell(values[row, column]))])]);

    /// <summary>A pivot over runs as a heat table, the published number below ours.</summary>
    /// <param name="factor">Ours are multiplied by it to be shown; published numbers are in the shown unit already.</param>
    public static Chart HeatTable(RunPivot pivot, double factor = 100) =>
        HeatTable([.. pivot.RowKeys.Select(key => key.Label)], [.. pivot.ColumnKeys.Select(key => key.Label)], [.. Enumerable.Range(0, pivot.RowKeys.Count).Select(row =>
            (IReadOnlyList<HeatCell>)[.. Enumerable.Range(0, pivot.ColumnKeys.Count).Select(column => Cell(pivot, pivot[row, column], factor))])])
            .XTitle(pivot.ColumnPath).YTitle(pivot.RowPath);

    /// <summary>How often values fall into bins of one width; on a logarithmic axis, of one ratio.</summary>
    public static Chart Histogram(IReadOnlyList<double> values, string name = "") => Histograms(new ValueSeries(name, values));

    /// <summary>Several in the same bins, over each other.</summary>
    public static Chart Histograms(params IReadOnlyList<ValueSeries> series) => new Chart { Marks = [new Histogram(series)] }.YTitle("count");

    /// <summary>Precision over recall, both from 0 to 1.</summary>
    public static Chart PrecisionRecall(params IReadOnlyList<LineSeries> curves) =>
        new Chart { Marks = curves }.XTitle("recall").YTitle("precision").XRange(0, 1).YRange(0, 1).Size(560, 400);

    /// <summary>One curve for each class that has objects, with its AP (area) in the legend.</summary>
    public static Chart PrecisionRecall(VocResult result) => PrecisionRecall(
        [.. result.Classes.Where(of => of.ApArea is not null).Select(of =>
            new LineSeries(string.Create(CultureInfo.InvariantCulture, $"{of.ClassName} (AP {100 * of.ApArea:0.0} %)"), of.Precision) { X = of.Recall })]);

    /// <summary>Charts side by side with one legend; series of one name share a colour.</summary>
    public static ChartGrid Grid(int columns, params IReadOnlyList<Chart> charts) => new(charts, columns);

    private static HeatCell Cell(RunPivot pivot, PivotCell cell, double factor) => new(cell.Metric.Mean * factor, cell.DivergedCount > 0 && cell.Metric.Count == 0)
    {
        Note = cell.Published is not { } published ? null
            : $"{pivot.PublishedLabel} {(published.Diverged ? "diverged" : published.Value.ToString("0.0", CultureInfo.InvariantCulture))}",
    };
}
