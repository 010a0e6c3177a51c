using System.Globalization;
using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Notebook;

/// <summary>Which classes are taken for which.</summary>
public sealed record ConfusionView(ConfusionMatrix Matrix) : AnalysisView
{
    private const int MostPairs = 10;
    private const string Background = "background";

    /// <summary>With more classes the chart shows those that take part in most confusions.</summary>
    public int MostClassesShown { get; init; } = 12;

    public override string Summary
    {
        get
        {
            int classes = Matrix.Background, right = 0, confused = 0, missed = 0, alarms = 0;
            for (int row = 0; row < classes; row++)
            {
                for (int column = 0; column < classes; column++)
                {
                    if (row == column) right += Matrix.Counts[row, column];
                    else confused += Matrix.Counts[row, column];
                }
                missed += Matrix.Counts[row, classes];
                alarms += Matrix.Counts[classes, row];
            }
            string thresholds = string.Create(CultureInfo.InvariantCulture, $"score {Matrix.ScoreThreshold:0.###} and IoU {Matrix.IouThreshold:0.##}");
            return $"{ViewMarkup.Count(right + confused + missed, "object")} at {thresholds}: {right} right, {confused} as another class, {missed} not found; "
                + $"{ViewMarkup.Count(alarms, "detection")} on background";
        }
    }

    public override string Explanation =>
        "Rows are true classes, columns detected ones. By falling score each detection takes the free object that it overlaps most, whatever its class. "
        + "The chart gives the share of each row in per cent, and the count below it.";

    public override IReadOnlyList<TextTable> Tables
    {
        get
        {
            IReadOnlyList<Confusion> pairs = Matrix.MostConfused(MostPairs);
            var classes = new TextTable(["class", "objects", "right", "as another class", "not found", "other classes taken for it", "on background"],
                [.. Enumerable.Range(0, Matrix.Background).Where(c => Total(c) + DetectionCount(c) > 0).Select(ClassRow)]);
            if (pairs.Count == 0) return [classes];
            var confused = new TextTable(["object", "detected as", "count", "% of its objects"],
                [.. pairs.Select(pair =>
                    Row(Name(pair.TrueCategory), Name(pair.DetectedCategory), Number(pair.Count), Percent(pair.Count / (double)Total(pair.TrueCategory))))])
            {
                Caption = "Most confused",
            };
            return [classes, confused];
        }
    }

    public override Figure Chart
    {
        get
        {
            int[] shown = Shown();
            int[] all = [.. shown, Matrix.Background];
            string title = shown.Length < Matrix.Background ? $"Confusions of the {shown.Length} classes of {Matrix.Background} that have most" : "Confusions";
            return Notebook.Chart.HeatTable(
                [.. all.Select(Name)], [.. all.Select(column => column == Matrix.Background ? "not found" : Name(column))],
                [.. all.Select(row => (IReadOnlyList<HeatCell>)[.. all.Select(column => Cell(row, column))])])
                .Title(title).XTitle("detected as").YTitle("object").Size(Math.Max(420, 140 + (62 * all.Length)));
        }
    }

    private IReadOnlyList<string> ClassRow(int c)
    {
        int right = Matrix.Counts[c, c], notFound = Matrix.Counts[c, Matrix.Background], onBackground = Matrix.Counts[Matrix.Background, c];
        return Row(
            Name(c), Number(Total(c)), Number(right), Number(Total(c) - right - notFound), Number(notFound),
            Number(DetectionCount(c) - right - onBackground), Number(onBackground));
    }

    private HeatCell Cell(int row, int column)
    {
        int count = Matrix.Counts[row, column], total = Total(row);
        return count == 0 ? new HeatCell(double.NaN) : new HeatCell(100.0 * count / total) { Note = Number(count) };
    }

    private int Total(int row) => Enumerable.Range(0, Matrix.Background + 1).Sum(column => Matrix.Counts[row, column]);

    private int DetectionCount(int column) => Enumerable.Range(0, Matrix.Background + 1).Sum(row => Matrix.Counts[row, column]);

    private string Name(int index) => index == Matrix.Background ? Background : Matrix.Categories[index].Name;

    /// <summary>Classes in the order of the matrix.</summary>
    private int[] Shown()
    {
        int n = Matrix.Background;
        int Confusions(int c) => Enumerable.Range(0, n).Where(other => other != c).Sum(other => Matrix.Counts[c, other] + Matrix.Counts[other, c]);
        return n <= MostClassesShown ? [.. Enumerable.Range(0, n)]
            : [.. Enumerable.Range(0, n).OrderByDescending(Confusions).ThenByDescending(Total).Take(MostClassesShown).Order()];
    }
}
