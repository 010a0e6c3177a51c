using System.CommandLine;
using System.Globalization;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics coco`: the COCO metric of boxes, masks or keypoints.</summary>
internal static class MetricsCoco
{
    private const int MostThreads = 1024;

    public static Command Create(Terminal terminal)
    {
        var truth = new Option<string>("--gt") { Description = "Annotations in COCO's form (instances_val2017.json)", HelpName = "FILE", Required = true };
        var results = new Option<string>("--dt") { Description = "Detections in COCO's result form: [{\"image_id\", \"category_id\", \"bbox\", \"score\"}, ...]", HelpName = "FILE", Required = true };
        var overlap = new Option<string>("--iou") { Description = "What is compared: boxes, masks, or keypoints by their similarity (OKS)", Required = true };
        overlap.AcceptOnlyFromAmong("bbox", "segm", "keypoints");
        var maxDetections = new Option<string?>("--max-dets")
        {
            Description = "Detections of an image and category that count, most confident first (default: 1,10,100; keypoints: 20); what is not said otherwise is with the largest",
            HelpName = "N,N,...",
        };
        var classAgnostic = new Option<bool>("--class-agnostic") { Description = "Take all categories for one, as for box proposals" };
        var sigmas = new Option<string?>("--sigmas") { Description = "Keypoints: spread of each, or one for all (default: COCO's for its 17)", HelpName = "X,X,..." };
        var quirks = new Option<string?>("--quirks") { Description = "pycocotools: its numbers also where it is wrong (ignore flags without effect, objects of id 0 never found, equal ids, unknown categories, keypoints without regard to class)" };
        quirks.AcceptOnlyFromAmong("pycocotools");
        var threads = new Option<int>("--threads") { Description = "Threads that compute; the numbers do not depend on it", HelpName = "N", DefaultValueFactory = _ => 1 };
        threads.AcceptOnlyFrom(1, MostThreads);
        var page = new Option<string?>("--html") { Description = "Also write a self-contained page with tables and precision-recall curves", HelpName = "F" };
        var json = new Option<bool>("--json")
        {
            Description = "Print one JSON object: \"stats\" as pycocotools has them (AP with 100 detections, keypoints 20, -1 without that number), all else with the largest of --max-dets, or by it",
        };
        var curves = new Option<bool>("--curves") { Description = "With --json: precision at 101 recall levels by IoU threshold, and of each class at 0.50, there with scores" };
        var command = new ExampleCommand("coco", "COCO average precision and recall, as pycocotools has them",
            "./scratchdet metrics coco --gt instances_val2017.json --dt detections.json --iou bbox",
            "./scratchdet metrics coco --gt instances_val2017.json --dt detections.json --iou segm --html masks.html",
            "./scratchdet metrics coco --gt person_keypoints_val2017.json --dt keypoints.json --iou keypoints --json")
        {
            truth, results, overlap, maxDetections, classAgnostic, sigmas, quirks, threads, page, json, curves,
        };
        command.Does((parsed, stop) =>
        {
            CocoQuirks chosenQuirks = parsed.GetValue(quirks) is null ? CocoQuirks.None : CocoQuirks.Pycocotools;
            var options = new CocoEvaluationOptions
            {
                Kind = MetricsFiles.KindOf(parsed.GetValue(overlap)!),
                MaxDetections = MaxDetectionsOf(parsed.GetValue(maxDetections)),
                IsClassAgnostic = parsed.GetValue(classAgnostic),
                KeypointSigmas = SigmasOf(parsed.GetValue(sigmas)),
                Quirks = chosenQuirks,
                Threads = parsed.GetValue(threads),
            };
            if (options is { KeypointSigmas: not null, Kind: not OverlapKind.Keypoints }) throw new UsageException("--sigmas goes with --iou keypoints");
            if (parsed.GetValue(curves) && !parsed.GetValue(json)) throw new UsageException("--curves goes with --json; for people there is --html FILE");
            CocoEvaluation found = Evaluate(terminal, parsed.GetRequiredValue(truth), parsed.GetRequiredValue(results), options, stop);
            if (parsed.GetValue(page) is { } file)
            {
                string lead = $"{Path.GetFileName(parsed.GetValue(results))} on {Path.GetFileName(parsed.GetValue(truth))}";
                AtomicFile.WriteText(file, AnalysisPage.ToHtml("COCO average precision", lead, [new CocoEvaluationView(found)]));
            }
            if (parsed.GetValue(json)) terminal.WriteJson(JsonOf(found, parsed.GetValue(curves)));
            else WriteTables(terminal, found);
            return ExitCode.Done;
        });
        return command;
    }

    private static CocoEvaluation Evaluate(Terminal terminal, string truthFile, string resultsFile, CocoEvaluationOptions options, CancellationToken stop)
    {
        CocoIdFaults idFaults = options.Quirks == CocoQuirks.Pycocotools ? CocoIdFaults.AsPycocotools : CocoIdFaults.Refused;
        (CocoGroundTruth truth, IReadOnlyList<CocoResults> runs, _) = MetricsFiles.Read(truthFile, [resultsFile], options.Kind, stop, idFaults);
        CocoResults results = runs[0];
        if (options.Kind == OverlapKind.Keypoints) CheckSigmas(options.KeypointSigmas, KeypointOverlap.KeypointCount(truth, results));
        using var progress = new LateProgress(terminal);
        var detections = new ProgressReporter<CocoEvaluationProgress>(value => progress.Report("detections", value.DoneDetections, value.AllDetections));
        return CocoEvaluator.Evaluate(truth, results, options, detections, stop);
    }

    private static IReadOnlyList<int>? MaxDetectionsOf(string? text) =>
        text is null ? null : [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : throw new UsageException($"--max-dets {text}: give whole numbers above 0, as 1,10,100"))];

    private static IReadOnlyList<double>? SigmasOf(string? text) =>
        text is null ? null : [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value)
            ? value
            : throw new UsageException($"--sigmas {text}: give numbers above 0, as 0.026,0.025,0.079"))];

    private static void CheckSigmas(IReadOnlyList<double>? sigmas, int? keypoints)
    {
        if (keypoints is not { } count) return;
        if (sigmas is null && count != KeypointOverlap.CocoSigmas.Count)
            throw new UsageException($"--sigmas is missing: COCO's are for {KeypointOverlap.CocoSigmas.Count} keypoints, these are {count}; give {count} numbers, or one for all");
        if (sigmas is not null && sigmas.Count != 1 && sigmas.Count != count)
            throw new UsageException($"--sigmas: {sigmas.Count} numbers for {count} keypoints; give {count}, or one for all");
    }

    /// <summary>The statistics have their own numbers of detections (<see cref="CocoEvaluation.Stats"/>); all else is with the largest, or by that number.</summary>
    private static Dictionary<string, object> JsonOf(CocoEvaluation found, bool hasCurves)
    {
        var json = new Dictionary<string, object>
        {
            ["stats"] = found.Stats,
            ["per_class"] = PerClass(found, found.AveragePrecisionByCategory()),
            ["per_class_50"] = PerClass(found, found.AveragePrecisionByCategory(0.5)),
            ["per_iou"] = PerThreshold(found, threshold => found.AveragePrecision(threshold)),
            ["per_area"] = PerArea(found, area => found.AveragePrecision(area: area)),
            ["ap_by_max_detections"] = PerMaxDetections(found, most => found.AveragePrecision(maxDetections: most)),
            ["recall_by_max_detections"] = PerMaxDetections(found, most => found.AverageRecall(maxDetections: most)),
            ["recall_by_area"] = PerArea(found, area => found.AverageRecall(area: area)),
        };
        if (!hasCurves) return json;
        json["recall_levels"] = found.RecallLevels;
        json["curves"] = PerThreshold(found, threshold => new { precision = found.PrecisionRecallCurve(threshold) });
        json["per_class_curves_50"] = found.CategoryCount == 0 ? new() : PerClass<object>(found,
            [.. CategoryIds(found).Select(id => new { precision = found.PrecisionRecallCurve(0.5, id), scores = found.ScoreCurve(0.5, id) })]);
        return json;
    }

    private static Dictionary<string, T> PerThreshold<T>(CocoEvaluation found, Func<double, T> value) =>
        found.IouThresholds.ToDictionary(threshold => threshold.ToString("0.00", CultureInfo.InvariantCulture), value);

    private static Dictionary<string, double> PerArea(CocoEvaluation found, Func<string, double> value) =>
        found.Areas.ToDictionary(area => area.Name, area => value(area.Name));

    private static Dictionary<string, double> PerMaxDetections(CocoEvaluation found, Func<int, double> value) =>
        found.MaxDetections.Distinct().ToDictionary(most => most.ToString(CultureInfo.InvariantCulture), value);

    /// <summary>Null alone where categories were not told apart.</summary>
    private static IEnumerable<long?> CategoryIds(CocoEvaluation found) =>
        found.Categories.Count == 0 ? [null] : found.Categories.Select(category => (long?)category.Id);

    /// <summary>By category id; where categories were not told apart by -1, which is pycocotools' id for all.</summary>
    private static Dictionary<string, T> PerClass<T>(CocoEvaluation found, IReadOnlyList<T> values) => found.Categories.Count == 0 && values.Count == 1
        ? new() { ["-1"] = values[0] }
        : found.Categories.Zip(values).ToDictionary(pair => pair.First.Id.ToString(CultureInfo.InvariantCulture), pair => pair.Second);

    private static void WriteTables(Terminal terminal, CocoEvaluation found)
    {
        var view = new CocoEvaluationView(found);
        terminal.Output.Write(view.SummaryTable().ToText());
        if (found.Categories.Count == 0) return;
        terminal.Output.WriteLine();
        terminal.Output.Write(view.CategoryTable().ToText());
    }
}
