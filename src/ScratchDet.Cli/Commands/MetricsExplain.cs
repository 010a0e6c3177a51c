using System.CommandLine;
using System.Globalization;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Evaluation.Errors;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics explain`: where average precision is lost, as text, as JSON and as a page.</summary>
internal static class MetricsExplain
{
    private const int ListedImages = 10;

    public static Command Create(Terminal terminal)
    {
        var truth = new Option<string>("--gt") { Description = "Annotations in COCO's form", HelpName = "F", Required = true };
        var detections = new Option<string>("--dt") { Description = "Detections in COCO's result form", HelpName = "F", Required = true };
        var kind = new Option<string>("--iou") { Description = "What is compared: boxes or masks", DefaultValueFactory = _ => "bbox" };
        kind.AcceptOnlyFromAmong("bbox", "segm");
        var score = new Option<double?>("--score") { Description = "Score from which detections count in the confusion matrix and the list of images; default: the one with the best F1", HelpName = "X" };
        var page = new Option<string?>("--html") { Description = "Also write a self-contained page with the charts", HelpName = "F" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand(
            "explain", "Say where average precision is lost: error split (TIDE), confusions, sizes and aspects, calibration, worst images",
            "./scratchdet metrics explain --gt instances_val.json --dt results.json --html errors.html")
        {
            truth, detections, kind, score, page, json,
        };
        command.Does((parsed, stop) =>
        {
            CocoParts parts = parsed.GetValue(kind) == "segm" ? CocoParts.Masks : CocoParts.Boxes;
            CocoGroundTruth annotated = CocoGroundTruthReader.Read(parsed.GetRequiredValue(truth), parts, cancellation: stop);
            CocoResults found = CocoResultsReader.Read(parsed.GetRequiredValue(detections), annotated, parts, cancellation: stop);
            InstanceOverlap overlap = parts == CocoParts.Masks ? new MaskOverlap(annotated, found) : new BoxOverlap(annotated, found);
            ErrorAnalysis analysis = ErrorAnalysis.Compute(annotated, found, overlap, parsed.GetValue(score), cancellation: stop);
            if (analysis.Calibration is null) terminal.Note("calibration is left out: it needs scores from 0 to 1");

            string lead = $"{Path.GetFileName(parsed.GetValue(detections))} on {Path.GetFileName(parsed.GetValue(truth))}: {Grouped(analysis.ImageCount)} images, {Grouped(analysis.ObjectCount)} objects, {Grouped(analysis.DetectionCount)} detections";
            IReadOnlyList<AnalysisView> views = AnalysisView.Of(analysis);
            if (parsed.GetValue(page) is { } file) AtomicFile.WriteText(file, AnalysisPage.ToHtml("Where average precision is lost", lead, views));
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(Describe(analysis));
            }
            else
            {
                terminal.Output.WriteLine(lead);
                foreach (AnalysisView view in views) terminal.Output.WriteLine($"\n{view.ToText()}");
            }
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>All numbers are shares or counts; null where nothing could be measured.</summary>
    private static object Describe(ErrorAnalysis analysis) => new
    {
        images = analysis.ImageCount,
        objects = analysis.ObjectCount,
        detections = analysis.DetectionCount,
        error_split = Describe(analysis.Split),
        confusion = new
        {
            iou_threshold = analysis.Confusion.IouThreshold,
            score_threshold = analysis.Confusion.ScoreThreshold,
            category_ids = analysis.Confusion.Categories.Select(category => category.Id),
            counts = Enumerable.Range(0, analysis.Confusion.Background + 1).Select(row => Enumerable.Range(0, analysis.Confusion.Background + 1).Select(column => analysis.Confusion.Counts[row, column])),
        },
        by_size = analysis.BySize.Bins.Select(Describe),
        by_aspect = analysis.ByAspect.Bins.Select(Describe),
        calibration = analysis.Calibration is not { } calibration ? null : new
        {
            count = calibration.Count,
            expected_error = Measured(calibration.ExpectedError),
            largest_error = Measured(calibration.LargestError),
            brier = Measured(calibration.Brier),
            bins = calibration.Bins.Select(bin => new { low = bin.Low, high = bin.High, count = bin.Count, mean_score = Measured(bin.MeanScore), precision = Measured(bin.Precision) }),
        },
        best_f1 = new { score_threshold = analysis.Operating.ScoreThreshold, f1 = analysis.Operating.F1, precision = analysis.Operating.Precision, recall = analysis.Operating.Recall },
        worst_images = analysis.Ranking.Worst(ListedImages).Select(Describe),
        best_images = analysis.Ranking.Best(ListedImages).Select(Describe),
    };

    private static object Describe(ErrorSplit split) => new
    {
        foreground_threshold = split.Options.ForegroundThreshold,
        background_threshold = split.Options.BackgroundThreshold,
        average_precision = Measured(split.AveragePrecision),
        errors = split.Kinds.ToDictionary(one => Name(one.Kind), one => new { count = one.Count, ignored = one.IgnoredCount, delta_ap = Measured(one.DeltaAp) }),
        false_positives = new { count = split.FalsePositiveCount, delta_ap = Measured(split.FalsePositiveDeltaAp) },
        false_negatives = new { count = split.FalseNegativeCount, delta_ap = Measured(split.FalseNegativeDeltaAp) },
        true_positives = split.TruePositiveCount,
        ignored_detections = split.IgnoredDetectionCount,
        categories = split.Categories.Select(one => new
        {
            id = one.Category.Id,
            name = one.Category.Name,
            objects = one.ObjectCount,
            average_precision = Measured(one.AveragePrecision),
            counts = split.Kinds.ToDictionary(kind => Name(kind.Kind), kind => one.Counts[(int)kind.Kind]),
            delta_ap = split.Kinds.ToDictionary(kind => Name(kind.Kind), kind => Measured(one.DeltaAp[(int)kind.Kind])),
        }),
    };

    private static object Describe(BinAveragePrecision one) => new
    {
        name = one.Bin.Name,
        low = Measured(one.Bin.Low),
        high = Measured(one.Bin.High),
        objects = one.ObjectCount,
        ap50 = Measured(one.Ap50),
        ap = Measured(one.Ap),
        recall50 = Measured(one.Recall50),
    };

    private static object Describe(ImageScore one) => new { image_id = one.ImageId, file_name = one.FileName, f1 = one.F1, hits = one.TruePositives, false_positives = one.FalsePositives, misses = one.Misses };

    internal static double? Measured(double value) => double.IsFinite(value) ? value : null;

    private static string Name(DetectionErrorKind kind) => kind.ToString().ToLowerInvariant();

    private static string Grouped(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
