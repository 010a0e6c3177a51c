using System.CommandLine;
using ScratchDet.Evaluation.Errors;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics explain`: where average precision is lost, as text, as JSON and as a page.</summary>
internal static class MetricsExplain
{
    private const int ListedImages = 10;

    public static Command Create(Terminal terminal)
    {
        Option<string> truth = MetricsFiles.TruthOption(), kind = MetricsFiles.KindOption();
        var detections = new Option<string>("--dt") { Description = "Detections in COCO's result form", HelpName = "F", Required = true };
        var score = new Option<double?>("--score")
        {
            Description = "Score from which detections count in the confusion matrix and the list of images; default: the one with the best F1",
            HelpName = "X",
        };
        var usual = new ErrorSplitOptions();
        var foreground = new Option<double>("--foreground")
        {
            Description = "Error split: IoU from which a detection is on an object",
            HelpName = "X",
            DefaultValueFactory = _ => usual.ForegroundThreshold,
        };
        var background = new Option<double>("--background")
        {
            Description = "Error split: IoU up to which a detection is beside every object",
            HelpName = "X",
            DefaultValueFactory = _ => usual.BackgroundThreshold,
        };
        var page = new Option<string?>("--html") { Description = "Also write a self-contained page with the charts", HelpName = "F" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand(
            "explain", "Say where average precision is lost: error split (TIDE), confusions, sizes and aspects, calibration, worst images",
            "./scratchdet metrics explain --gt instances_val.json --dt results.json --html errors.html")
        {
            truth, detections, kind, score, foreground, background, page, json,
        };
        command.Does((parsed, stop) =>
        {
            var split = new ErrorSplitOptions { ForegroundThreshold = parsed.GetValue(foreground), BackgroundThreshold = parsed.GetValue(background) };
            if (!(split.BackgroundThreshold > 0 && split.BackgroundThreshold <= split.ForegroundThreshold && split.ForegroundThreshold <= 1))
                throw new UsageException("--background and --foreground: 0 < background <= foreground <= 1");
            if (parsed.GetValue(score) is { } chosen && !double.IsFinite(chosen)) throw new UsageException("--score is a finite number");
            (string truthFile, string detectionsFile) = (parsed.GetRequiredValue(truth), parsed.GetRequiredValue(detections));
            MetricsFiles files = MetricsFiles.Read(truthFile, [detectionsFile], MetricsFiles.KindOf(parsed.GetValue(kind)!), stop);
            ErrorAnalysis analysis = Analyse(terminal, files, parsed.GetValue(score), split, stop);
            if (analysis.Calibration is null) terminal.Note("calibration is left out: it needs scores from 0 to 1");

            string lead = $"{Path.GetFileName(detectionsFile)} on {Path.GetFileName(truthFile)}: {AnalysisView.Scope(analysis)}";
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

    private static ErrorAnalysis Analyse(Terminal terminal, MetricsFiles files, double? score, ErrorSplitOptions split, CancellationToken stop)
    {
        using var progress = new LateProgress(terminal);
        var steps = new ProgressReporter<ErrorAnalysisProgress>(value => progress.Report(value.Items, value.Done, value.All));
        return ErrorAnalysis.Compute(files.Truth, files.Runs[0], files.Overlap(), score, split, steps, stop);
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
            counts = Rows(analysis.Confusion.Counts),
        },
        by_size = analysis.BySize.Bins.Select(Describe),
        by_aspect = analysis.ByAspect.Bins.Select(Describe),
        calibration = analysis.Calibration is not { } calibration ? null : new
        {
            count = calibration.Count,
            expected_error = Measured(calibration.ExpectedError),
            largest_error = Measured(calibration.LargestError),
            brier = Measured(calibration.Brier),
            bins = calibration.Bins.Select(bin =>
                new { low = bin.Low, high = bin.High, count = bin.Count, mean_score = Measured(bin.MeanScore), precision = Measured(bin.Precision) }),
        },
        best_f1 = new
        {
            score_threshold = analysis.Operating.ScoreThreshold,
            f1 = analysis.Operating.F1,
            precision = analysis.Operating.Precision,
            recall = analysis.Operating.Recall,
        },
        worst_images = analysis.Ranking.Worst(ListedImages).Select(Describe),
        best_images = analysis.Ranking.Best(ListedImages).Select(Describe),
    };

    private static object Describe(ErrorSplit split) => new
    {
        foreground_threshold = split.Options.ForegroundThreshold,
        background_threshold = split.Options.BackgroundThreshold,
        average_precision = Measured(split.AveragePrecision),
        errors = split.Kinds.ToDictionary(one => ErrorSplitView.Name(one.Kind), one => new { count = one.Count, ignored = one.IgnoredCount, delta_ap = Measured(one.DeltaAp) }),
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
            counts = split.Kinds.ToDictionary(kind => ErrorSplitView.Name(kind.Kind), kind => one.Counts[(int)kind.Kind]),
            delta_ap = split.Kinds.ToDictionary(kind => ErrorSplitView.Name(kind.Kind), kind => Measured(one.DeltaAp[(int)kind.Kind])),
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

    private static object Describe(ImageScore one) => new
    {
        image_id = one.ImageId,
        file_name = one.FileName,
        f1 = one.F1,
        true_positives = one.TruePositives,
        false_positives = one.FalsePositives,
        false_negatives = one.FalseNegatives,
    };

    private static IEnumerable<IEnumerable<int>> Rows(int[,] counts) =>
        Enumerable.Range(0, counts.GetLength(0)).Select(row => Enumerable.Range(0, counts.GetLength(1)).Select(column => counts[row, column]));

    internal static double? Measured(double value) => double.IsFinite(value) ? value : null;
}
