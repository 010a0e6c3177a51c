using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Notebook;

/// <summary>Where average precision is lost, by kind of error.</summary>
public sealed record ErrorSplitView(ErrorSplit Split) : AnalysisView
{
    private string Threshold => Two(Split.Options.ForegroundThreshold);

    public override string Summary
    {
        get
        {
            if (Split.ObjectCount == 0) return "No object counts, so there is no AP to lose; below are the detections by what they are";
            ErrorKindResult worst = Split.Kinds.MaxBy(kind => kind.DeltaAp)!;
            string most = worst.DeltaAp > 0 ? $"; most is lost to {Name(worst.Kind)} errors ({Points(worst.DeltaAp)})" : "";
            return $"TIDE's AP at IoU {Threshold}: {Percent(Split.AveragePrecision)} %{most}";
        }
    }

    public override string Explanation =>
        "dAP is what AP would gain, in points, if the errors of one kind alone were repaired; the kinds do not add up. "
        + "An ignored detection lies in a crowd or on an ignored object. (TIDE, Bolya et al., 2020) "
        + $"TIDE's AP differs from COCO's{(Split.Options.ForegroundThreshold == 0.5 ? " AP50" : $" AP at IoU {Threshold}")} in three rules: "
        + $"the {Number(Split.Options.DetectionsPerImage)} most confident detections of an image count over all classes together (COCO: of each class), "
        + "a class with detections but without objects counts as 0 (COCO leaves it out), "
        + "and detections of equal score come in the order of the images in the file (COCO: of their ids).";

    public override IReadOnlyList<TextTable> Tables
    {
        get
        {
            var table = new TextTable(["error", "count", "of these ignored", "dAP", "what it is"],
            [
                .. Split.Kinds.Select(kind => Row(Name(kind.Kind), Number(kind.Count), Number(kind.IgnoredCount), Points(kind.DeltaAp, "0.00"), Meaning(kind.Kind))),
                Row("false positives", Number(Split.FalsePositiveCount), "", Points(Split.FalsePositiveDeltaAp, "0.00"), "ranked behind all true positives"),
                Row("false negatives", Number(Split.FalseNegativeCount), "", Points(Split.FalseNegativeDeltaAp, "0.00"), "all objects that were not found, taken away"),
            ]);
            var classes = new TextTable(["class", "objects", "TIDE's AP %", .. Split.Kinds.Select(kind => Name(kind.Kind))],
                [.. Split.Categories.Where(one => one.ObjectCount > 0 || one.Counts.Any(count => count > 0)).Select(one =>
                    Row([one.Category.Name, Number(one.ObjectCount), Percent(one.AveragePrecision), .. one.Counts.Select(count => Number(count))]))])
            {
                Caption = "Errors by class",
            };
            return classes.Rows.Count > 1 ? [table, classes] : [table];
        }
    }

    public override Figure Chart
    {
        get
        {
            string[] names = [.. Split.Kinds.Select(kind => Name(kind.Kind)), "false positives", "false negatives"];
            double[] lost = [.. Split.Kinds.Select(kind => 100 * kind.DeltaAp), 100 * Split.FalsePositiveDeltaAp, 100 * Split.FalseNegativeDeltaAp];
            double[] counts = [.. Split.Kinds.Select(kind => (double)kind.Count), Split.FalsePositiveCount, Split.FalseNegativeCount];
            return Notebook.Chart.Grid(1,
                Notebook.Chart.Bars(names, new BarSeries("", lost)).Title("AP lost").YTitle("dAP", "points"),
                Notebook.Chart.Bars(names, new BarSeries("", counts)).Title("Errors").YTitle("count"))
                .Share(x: false, y: false).Legend(false).Size(860, 150);
        }
    }

    /// <summary>In small letters, as in texts and JSON.</summary>
    public static string Name(DetectionErrorKind kind) => kind switch
    {
        DetectionErrorKind.Class => "class",
        DetectionErrorKind.Location => "location",
        DetectionErrorKind.Both => "both",
        DetectionErrorKind.Duplicate => "duplicate",
        DetectionErrorKind.Background => "background",
        DetectionErrorKind.Missed => "missed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of error"),
    };

    private string Meaning(DetectionErrorKind kind)
    {
        (string low, string high) = (Two(Split.Options.BackgroundThreshold), Threshold);
        return kind switch
        {
            DetectionErrorKind.Class => $"on an object of another class (IoU at least {high})",
            DetectionErrorKind.Location => $"beside an object of its class (IoU {low} to {high})",
            DetectionErrorKind.Both => $"beside an object of another class (IoU {low} to {high})",
            DetectionErrorKind.Duplicate => "on an object that a more confident detection has found",
            DetectionErrorKind.Background => $"where no object is (IoU at most {low})",
            DetectionErrorKind.Missed => "an object that no detection found, nor nearly",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of error"),
        };
    }
}
