using System.CommandLine;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Evaluation.Errors;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics compare`: whether two runs differ by more than the choice of images.</summary>
internal static class MetricsCompare
{
    private const int MostResamples = 1_000_000;

    public static Command Create(Terminal terminal)
    {
        var truth = new Option<string>("--gt") { Description = "Annotations in COCO's form", HelpName = "F", Required = true };
        var detections = new Option<string[]>("--dt") { Description = "Detections of a run in COCO's result form; given once for each run, at least twice", HelpName = "F", Required = true };
        detections.Validators.Add(result =>
        {
            if (result.Tokens.Count < 2) result.AddError("--dt is given twice or more, once for each run");
        });
        var kind = new Option<string>("--iou") { Description = "What is compared: boxes or masks", DefaultValueFactory = _ => "bbox" };
        kind.AcceptOnlyFromAmong("bbox", "segm");
        var metric = new Option<string>("--metric") { Description = "ap50, ap: COCO's; voc: area under the curve at IoU 0.5 with the devkit's matching", DefaultValueFactory = _ => "ap50" };
        metric.AcceptOnlyFromAmong("ap50", "ap", "voc");
        var resamples = new Option<int>("--resamples") { Description = "How often images are drawn", HelpName = "N", DefaultValueFactory = _ => 1000 };
        resamples.AcceptOnlyFrom(1, MostResamples);
        var seed = new Option<ulong>("--seed") { Description = "Of the draws", HelpName = "S", DefaultValueFactory = _ => 0 };
        var page = new Option<string?>("--html") { Description = "Also write a self-contained page with the chart", HelpName = "F" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand(
            "compare", "Compare runs on the same images: the difference of their average precision with its interval (paired bootstrap over images)",
            "./scratchdet metrics compare --gt instances_val.json --dt base.json --dt changed.json")
        {
            truth, detections, kind, metric, resamples, seed, page, json,
        };
        command.Does((parsed, stop) =>
        {
            CocoParts parts = parsed.GetValue(kind) == "segm" ? CocoParts.Masks : CocoParts.Boxes;
            string[] files = parsed.GetRequiredValue(detections);
            CocoGroundTruth annotated = CocoGroundTruthReader.Read(parsed.GetRequiredValue(truth), parts, cancellation: stop);
            CocoResults[] runs = [.. files.Select(file => CocoResultsReader.Read(file, annotated, parts, cancellation: stop))];
            PairedBootstrap compared;
            using (IProgressDisplay progress = terminal.Progress())
            {
                progress.Start("resamples", parsed.GetValue(resamples));
                compared = PairedBootstrap.Compute(
                    annotated, runs, Seeds.Generator(parsed.GetValue(seed), "bootstrap"),
                    new BootstrapOptions { Metric = MetricOf(parsed.GetValue(metric)!), ResampleCount = parsed.GetValue(resamples), Progress = new ResampleCount(progress) },
                    [.. runs.Select(run => parts == CocoParts.Masks ? (InstanceOverlap)new MaskOverlap(annotated, run, 0.5) : new BoxOverlap(annotated, run))], stop);
            }
            string[] names = Names(files);
            var view = new BootstrapView(compared) { RunNames = names };
            if (parsed.GetValue(page) is { } file)
                AtomicFile.WriteText(file, AnalysisPage.ToHtml("Difference of runs", $"{string.Join(", ", names)} on {Path.GetFileName(parsed.GetValue(truth))}", [view]));
            if (parsed.GetValue(json)) terminal.WriteJson(Describe(compared, names, parsed.GetValue(metric)!, parsed.GetValue(seed)));
            else terminal.Output.WriteLine(view.ToText());
            return ExitCode.Done;
        });
        return command;
    }

    private static BootstrapMetric MetricOf(string name) => name switch
    {
        "ap50" => BootstrapMetric.CocoAp50,
        "ap" => BootstrapMetric.CocoAp,
        _ => BootstrapMetric.VocArea,
    };

    /// <summary>File names; whole paths where those are the same.</summary>
    private static string[] Names(string[] files)
    {
        string[] names = [.. files.Select(file => Path.GetFileNameWithoutExtension(file))];
        return names.Distinct().Count() == names.Length ? names : files;
    }

    private static object Describe(PairedBootstrap compared, string[] names, string metric, ulong seed) => new
    {
        metric,
        images = compared.ImageCount,
        resamples = compared.Options.ResampleCount,
        confidence = compared.Options.Confidence,
        seed,
        runs = compared.Runs.Select((run, index) => new { name = names[index], value = MetricsExplain.Measured(run.Value), low = MetricsExplain.Measured(run.Low), high = MetricsExplain.Measured(run.High) }),
        differences = compared.Differences.Select(one => new
        {
            first = names[one.First],
            second = names[one.Second],
            difference = MetricsExplain.Measured(one.Difference.Value),
            low = MetricsExplain.Measured(one.Difference.Low),
            high = MetricsExplain.Measured(one.Difference.High),
            sign_flip_share = MetricsExplain.Measured(one.SignFlipShare),
            p_value = MetricsExplain.Measured(one.PValue),
        }),
    };

    private sealed class ResampleCount(IProgressDisplay progress) : IProgress<int>
    {
        public void Report(int value) => progress.Report(value);
    }
}
