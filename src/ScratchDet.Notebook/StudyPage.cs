using System.Globalization;
using ScratchDet.Analysis;
using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Runs;

namespace ScratchDet.Notebook;

/// <summary>One page about the runs of the batch-norm study: table beside the paper's, curves, costs, pictures.</summary>
public static class StudyPage
{
    private const double SmoothingDecay = 0.9;
    private const double LossShownAtMost = 30;
    private const double LearnedNothing = 0.01;

    /// <summary>mAP by placement and rate, ours above the paper's.</summary>
    /// <remarks>
    /// The paper's rates belong to its batch and schedule; ours are put beside them in order: smallest, middle, largest.
    /// </remarks>
    public static PivotTable BatchNormTable(IReadOnlyList<RunFolder> runs, IReadOnlyList<double> ratesOfStudy)
    {
        RunPivot pivot = RunTable.Of(runs).Pivot("Detector.Norm", "Train.LearningRate", RunMetrics.MapArea).Beside((row, column) =>
        {
            double rate = double.Parse(column["Train.LearningRate"], CultureInfo.InvariantCulture);
            int place = ratesOfStudy.ToList().FindIndex(known => Math.Abs(known - rate) <= 1e-9 * rate);
            return place < 0 ? null : PublishedResults.ScratchDetTable1Map(
                row["Detector.Norm.Backbone"] == "Batch", row["Detector.Norm.Head"] == "Batch", PaperRates[place], pretrained: false);
        }, "paper");
        return new PivotTable(pivot, "mAP at IoU 0.5 (area), %, after the last step; below it the paper's number");
    }

    /// <summary>The rates of ScratchDet's table 1, ascending.</summary>
    public static IReadOnlyList<double> PaperRates { get; } = [0.001, 0.01, 0.05];

    /// <summary>Loss and gradient norm over the steps, one line a run, smoothed.</summary>
    public static IReadOnlyList<Chart> Curves(IReadOnlyList<RunFolder> runs) =>
    [
        Lines(runs, step => step.Loss).Title("Training loss").YTitle("loss, smoothed").YRange(high: LossShownAtMost),
        Lines(runs, step => step.GradientNormL2 ?? double.NaN).Title("L2 norm of the gradient").YTitle("gradient norm, smoothed").LogY(),
    ];

    public static HtmlPage Make(Ablation<Experiment> ablation, IReadOnlyList<RunFolder> runs, PivotTable table, TextTable costs, IReadOnlyList<PageImage> pictures, string pictureCaption)
    {
        Experiment first = ablation.Base;
        RunEnvironment environment = runs[0].Environment();
        Scale scale = runs[0].Identity.Scale;
        HtmlPage page = new HtmlPage($"{ablation.Name}: {ablation.Question}")
            .Lead($"{ablation.Source}. Everything here starts from random weights; nothing is pre-trained.")
            .Heading("What came out")
            .Figure(table, $"Ours: {Describe(first)}. The paper's numbers are SSD300 on VGG-16, VOC 2007+2012, 11-point mAP at rates {string.Join(", ", PaperRates.Select(rate => rate.ToString(CultureInfo.InvariantCulture)))}: another net, other data, thousands of times the images. They stand here for the order within a column and a row, not for their height.");
        foreach (string sentence in Findings(runs)) page.Paragraph(sentence);
        page.Heading("How it went");
        foreach (Chart chart in Curves(runs)) page.Figure(chart, "A cross marks the last step before a run diverged.");
        page.Heading("What it cost").Add(costs);
        if (pictures.Count > 0) page.Heading("What the best one sees").Images(pictures, pictureCaption);
        return page.Footnote(new PageFootnote($"{scale}", [.. runs.Select(run => run.Identity.Seed).Distinct()], environment.Commit, environment.MachineText, environment.Date));
    }

    /// <summary>Sentences that say what the runs show and what they do not, from their numbers alone.</summary>
    public static IReadOnlyList<string> Findings(IReadOnlyList<RunFolder> runs)
    {
        RunTable table = RunTable.Of(runs);
        List<string> sentences = [];
        RunRow[] diverged = [.. table.Rows.Where(row => row.Outcome.State == RunState.Diverged)];
        if (diverged.Length > 0)
            sentences.Add($"Diverged: {string.Join("; ", diverged.Select(row => $"{row.Identity.Variant} (seed {row.Identity.Seed}) {row.Outcome}"))}. A run that diverges is a result, as in the paper's table.");
        RunRow[] stuck = [.. table.Rows.Where(row => row.Metric(RunMetrics.MapArea) < LearnedNothing)];
        if (stuck.Length > 0)
            sentences.Add($"Did not diverge, but learned nothing (mAP below 1 %): {string.Join("; ", stuck.Select(row => $"{row.Identity.Variant} (seed {row.Identity.Seed})"))}. Its loss stays on a plateau.");
        RunRow[] scored = [.. table.Rows.Where(row => row.Metric(RunMetrics.MapArea) is not null).OrderByDescending(row => row.Metric(RunMetrics.MapArea))];
        if (scored.Length > 0)
            sentences.Add(FormattableString.Invariant($"Best: {scored[0].Identity.Variant}, mAP {100 * scored[0].Metric(RunMetrics.MapArea):0.0} %."));
        int seeds = runs.Select(run => run.Identity.Seed).Distinct().Count();
        sentences.Add(seeds < 3
            ? $"{(seeds == 1 ? "One seed" : $"{seeds} seeds")} per cell: differences of a few points are not evidence. Run with --seeds 3 or more for intervals."
            : $"{seeds} seeds per cell; intervals are 95 % by Student's t over seeds.");
        return sentences;
    }

    private static string Describe(Experiment experiment) => FormattableString.Invariant(
        $"a small residual net on {experiment.Detector.ImageSize} px {(experiment.Data.Source == DataSource.VocFolder ? "images of yours" : "synthetic circuit boards")}, {experiment.Train.Steps} steps of {experiment.Train.BatchSize} images");

    private static Chart Lines(IReadOnlyList<RunFolder> runs, Func<StepRecord, double> value) =>
        Chart.Lines([.. runs.Select(run => Line(run, value))]).Smooth(SmoothingDecay, raw: false);

    private static LineSeries Line(RunFolder run, Func<StepRecord, double> value)
    {
        IReadOnlyList<StepRecord> steps = run.Steps();
        RunOutcome outcome = run.Outcome();
        string seed = run.Identity.Seed == 0 ? "" : $" seed {run.Identity.Seed}";
        return new LineSeries(run.Identity.Variant + seed, [.. steps.Select(value)])
        {
            X = [.. steps.Select(step => (double)step.Step)],
            DivergedAt = outcome.State == RunState.Diverged ? outcome.Step : null,
        };
    }
}
