using System.Globalization;
using ScratchDet.Analysis;
using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Notebook;

/// <summary>What a notebook about a study shows of its runs, each part made from the runs' files alone.</summary>
public static class StudyViews
{
    private const int PictureBytes = 10 * 1024;
    private const double LearnedNothing = 0.01;

    /// <summary>The rates of ScratchDet's table 1, ascending.</summary>
    public static IReadOnlyList<double> PaperRates { get; } = [0.001, 0.01, 0.05];

    /// <summary>ScratchDet's table 1: mAP by placement and rate, ours above the paper's.</summary>
    /// <remarks>
    /// The paper's rates belong to its batch and schedule; ours are put beside them in order: smallest, middle, largest.
    /// </remarks>
    public static PivotTable BatchNormTable(IReadOnlyList<RunFolder> runs, Ablation<Experiment> study)
    {
        List<double> rates = [.. study.Variants.Select(variant => variant.Experiment.Train.LearningRate).Distinct().Order()];
        RunPivot pivot = RunTable.Of(runs).Pivot("Start+Detector.Norm", "Train.LearningRate", RunMetrics.MapArea).Beside((row, column) =>
        {
            double rate = double.Parse(column["Train.LearningRate"], CultureInfo.InvariantCulture);
            int place = rates.FindIndex(known => Math.Abs(known - rate) <= 1e-9 * rate);
            return place < 0 || place >= PaperRates.Count ? null : PublishedResults.ScratchDetTable1Map(
                row["Detector.Norm.Backbone"] == "Batch", row["Detector.Norm.Head"] == "Batch", PaperRates[place], row["Start"] == nameof(StartWeights.Pretrained));
        }, "paper");
        return new PivotTable(pivot, "mAP at IoU 0.5 (area), %, after the last step; below it the paper's number");
    }

    /// <summary>One row a run: score, how it ended, and, for a terminal, what it cost.</summary>
    public static TextTable Summary(IReadOnlyList<RunFolder> runs, bool withCosts)
    {
        RunTable table = RunTable.Of(runs, [.. runs.Select(run => run.Identity.Variant).Distinct()]);
        return new TextTable(
            ["variant", "seed", "mAP@0.5 %", "11-point %", "end", .. withCosts ? ["images/s", "seconds"] : (string[])[]],
            [.. table.Rows.Select(row => (IReadOnlyList<string>)[
                row.Identity.Variant, row.Identity.Seed.ToString(CultureInfo.InvariantCulture),
                Number(row, RunMetrics.MapArea, 100, "0.0"), Number(row, RunMetrics.Map07, 100, "0.0"), row.Outcome.ToString(),
                .. withCosts ? [Number(row, RunMetrics.ImagesPerSecond, 1, "0"), Number(row, RunMetrics.Seconds, 1, "0")] : (string[])[]])]);

        static string Number(RunRow row, string metric, double factor, string format) =>
            row.Metric(metric) is { } value ? (factor * value).ToString(format, CultureInfo.InvariantCulture) : "-";
    }

    /// <summary>Sentences that say what the runs show and what they do not, from their numbers alone.</summary>
    public static SentenceList Findings(IReadOnlyList<RunFolder> runs)
    {
        RunTable table = RunTable.Of(runs);
        List<string> sentences = [];
        RunRow[] diverged = [.. table.Rows.Where(row => row.Outcome.State == RunState.Diverged)];
        if (diverged.Length > 0)
            sentences.Add($"Diverged: {string.Join("; ", diverged.Select(row => $"{row.Identity.Variant} (seed {row.Identity.Seed}) {row.Outcome}"))}. A run that diverges is a result, as in the paper's table.");
        RunRow[] stuck = [.. table.Rows.Where(row => row.Metric(RunMetrics.MapArea) < LearnedNothing)];
        if (stuck.Length > 0)
            sentences.Add($"Did not diverge, but learned nothing (mAP below 1 %): {string.Join("; ", stuck.Select(row => $"{row.Identity.Variant} (seed {row.Identity.Seed})"))}. Its loss stays on a plateau.");
        RunRow[] scored = [.. table.Rows.Where(row => row.Metric(RunMetrics.MapArea) >= LearnedNothing).OrderByDescending(row => row.Metric(RunMetrics.MapArea))];
        if (scored.Length > 0)
            sentences.Add(FormattableString.Invariant($"Best: {scored[0].Identity.Variant}, mAP {100 * scored[0].Metric(RunMetrics.MapArea):0.0} %."));
        int seeds = runs.Select(run => run.Identity.Seed).Distinct().Count();
        sentences.Add(seeds < 3
            ? $"{(seeds == 1 ? "One seed" : $"{seeds} seeds")} per cell: differences of a few points are not evidence. Three seeds or more give intervals."
            : $"{seeds} seeds per cell; intervals are 95 % by Student's t over seeds.");
        return new SentenceList([.. sentences, Provenance(runs)]);
    }

    /// <summary>What every figure must carry: scale, seeds, commit and machine of the runs that it is made from.</summary>
    public static string Provenance(IReadOnlyList<RunFolder> runs)
    {
        RunEnvironment[] environments = [.. runs.Select(run => run.Environment())];
        string seeds = string.Join(", ", runs.Select(run => run.Identity.Seed).Distinct());
        string commits = string.Join(", ", environments.Select(one => one.Commit ?? "unknown").Distinct());
        string machines = string.Join("; ", environments.Select(one => one.MachineText).Distinct());
        return $"Scale {string.Join(", ", runs.Select(run => run.Identity.Scale).Distinct())}; seeds {seeds}; commit {commits}; {machines}.";
    }

    /// <summary>Test images as the run with the highest mAP sees them; a sentence when none was trained to its end.</summary>
    public static IDisplayable PicturesOfBest(IReadOnlyList<RunFolder> runs, DetectionDataset test, int count = 6)
    {
        RunFolder? best = runs.Where(run => run.Outcome().State == RunState.Done).MaxBy(run => run.Evaluations().LastOrDefault()?.MapArea ?? double.NegativeInfinity);
        return best is null ? new SentenceList(["No run was trained to its end, so there is no detector to look through."]) : Pictures(best, test, count);
    }

    /// <summary>Test images with what a run's model finds (full lines) and the annotated objects (dashed).</summary>
    public static ImageGrid Pictures(RunFolder run, DetectionDataset test, int count = 6, float scoreThreshold = 0.5f)
    {
        using TrainedModel trained = TrainedModel.Load(run.CheckpointFile);
        var predictor = new Predictor(trained, new Execution(CPU, trained.Experiment.Train.Precision));
        Picture Look(Sample sample)
        {
            PlanarImage image = ImageFiles.Decode(sample.ImagePath);
            return ImageOverlay.Of(new AnnotatedImage(image, sample.Objects), trained.ClassNames)
                .Detections(predictor.Detect(image), scoreThreshold).Magnify(image.Width < 160 ? 3 : 1).Caption($"test image {sample.Id}").ToPicture();
        }
        return new ImageGrid([.. test.Samples.Take(count).Select(Look)]) { Title = run.Identity.Variant, ByteLimit = count * PictureBytes };
    }
}

/// <summary>A few sentences made from numbers.</summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record SentenceList(IReadOnlyList<string> Sentences) : IDisplayable
{
    public MimeBundle ToMimeBundle() => ViewMarkup.Bundle(string.Join('\n', Sentences), html =>
    {
        foreach (string sentence in Sentences) html.Line(sentence);
    });
}
