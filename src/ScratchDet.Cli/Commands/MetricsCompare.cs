using System.CommandLine;
using ScratchDet.Evaluation.Errors;
using ScratchDet.Notebook;

namespace ScratchDet.Cli.Commands;

/// <summary>`metrics compare`: whether two runs differ by more than the choice of images.</summary>
internal static class MetricsCompare
{
    private const int MostResamples = 1_000_000;

    public static Command Create(Terminal terminal)
    {
        Option<string> truth = MetricsFiles.TruthOption(), kind = MetricsFiles.KindOption();
        var detections = new Option<string[]>("--dt")
        {
            Description = "Detections of a run in COCO's result form; given once for each run, at least twice",
            HelpName = "F",
            Required = true,
        };
        detections.Validators.Add(result =>
        {
            if (result.Tokens.Count < 2) result.AddError("--dt is given twice or more, once for each run");
        });
        var metric = new Option<string>("--metric")
        {
            Description = "ap50, ap: COCO's; voc: area under the curve at IoU 0.5 with the devkit's matching",
            DefaultValueFactory = _ => "ap50",
        };
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
            string[] names = Names(parsed.GetRequiredValue(detections));
            MetricsFiles files = MetricsFiles.Read(
                parsed.GetRequiredValue(truth), parsed.GetRequiredValue(detections), MetricsFiles.KindOf(parsed.GetValue(kind)!), stop);
            var options = new BootstrapOptions { Metric = MetricOf(parsed.GetValue(metric)!), ResampleCount = parsed.GetValue(resamples), Kind = files.Kind };
            PairedBootstrap compared;
            using (IProgressDisplay progress = terminal.Progress())
            {
                progress.Start("resamples", parsed.GetValue(resamples));
                compared = PairedBootstrap.Compute(
                    files.Truth, files.Runs, Seeds.Generator(parsed.GetValue(seed), "bootstrap"), options,
                    new ProgressReporter<int>(done => progress.Report(done)), stop);
            }
            var view = new BootstrapView(compared) { RunNames = names };
            if (parsed.GetValue(page) is { } file)
            {
                string lead = $"{string.Join(", ", names)} on {Path.GetFileName(parsed.GetValue(truth))}";
                AtomicFile.WriteText(file, AnalysisPage.ToHtml("Difference of runs", lead, [view]));
            }
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
        runs = compared.Runs.Select((run, index) => new
        {
            name = names[index],
            value = MetricsExplain.Measured(run.Value),
            low = MetricsExplain.Measured(run.Low),
            high = MetricsExplain.Measured(run.High),
        }),
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
}
