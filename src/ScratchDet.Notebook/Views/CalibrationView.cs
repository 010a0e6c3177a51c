using System.Globalization;
using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Notebook;

/// <summary>Whether scores are probabilities: the reliability diagram.</summary>
public sealed record CalibrationView(ScoreCalibration Calibration) : AnalysisView
{
    public override string Summary => Calibration.Count == 0
        ? "Calibration: no detections"
        : $"Expected calibration error {Percent(Calibration.ExpectedError)} % over {ViewMarkup.Count(Calibration.Count, "detection")} "
            + string.Create(CultureInfo.InvariantCulture, $"(largest of a bin {Percent(Calibration.LargestError)} %, Brier score {Calibration.Brier:0.000})");

    public override string Explanation => string.Create(CultureInfo.InvariantCulture,
        $"Of detections with score 0.7, seven in ten should be true positives (IoU at least {Calibration.Options.IouThreshold:0.##}). ")
        + "Below the diagonal the detector is surer than it may be, above it less sure. Missed objects play no part.";

    public override IReadOnlyList<TextTable> Tables
    {
        get
        {
            var bins = new TextTable(["scores", "detections", "mean score", "precision", "precision - score"],
            [
                .. Calibration.Bins.Select(bin => Row(
                    $"{Two(bin.Low)} to {Two(bin.High)}", Number(bin.Count), Two(bin.MeanScore), Two(bin.Precision),
                    bin.Count == 0 ? "–" : (bin.Precision - bin.MeanScore).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture))),
            ]);
            var classes = new TextTable(["class", "detections", "mean score", "precision", "expected calibration error, %"],
                [.. Calibration.Categories.Where(one => one.Count > 0).Select(one =>
                    Row(one.Category.Name, Number(one.Count), Two(one.MeanScore), Two(one.Precision), Percent(one.ExpectedError)))])
            {
                Caption = "Calibration by class",
            };
            return classes.Rows.Count > 1 ? [bins, classes] : [bins];
        }
    }

    public override Figure Chart
    {
        get
        {
            CalibrationBin[] filled = [.. Calibration.Bins.Where(bin => bin.Count > 0)];
            var reliability = new LineSeries("precision", [.. filled.Select(bin => bin.Precision)]) { X = [.. filled.Select(bin => bin.MeanScore)] };
            return Notebook.Chart.Grid(2,
                Notebook.Chart.Lines(reliability).Add(new GuideLine("calibrated", [0, 1], [0, 1]))
                    .Title("Reliability").XTitle("mean score").YTitle("precision").XRange(0, 1).YRange(0, 1),
                Notebook.Chart.Bars([.. Calibration.Bins.Select(bin => Two(bin.Low))], new BarSeries("detections", [.. Calibration.Bins.Select(bin => (double)bin.Count)]))
                    .Title("Detections").XTitle("score from").YTitle("count"))
                .Share(x: false, y: false).Legend(false).Size(860, 260);
        }
    }
}
