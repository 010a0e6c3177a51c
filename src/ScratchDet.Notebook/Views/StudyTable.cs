using System.Globalization;
using ScratchDet.Analysis;
using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Runs;

namespace ScratchDet.Notebook;

/// <summary>
/// A study on a page: one row for each variant, with its score over seeds, the published number, and what it costs; then
/// what the runs say about each claim. Only runs that may be compared stand in one table.
/// </summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record StudyTable(Study Study, TextTable Variants, TextTable Claims, string Provenance) : IDisplayable
{
    /// <summary>A table for each scale and data set that was run; see <see cref="ComparableRuns"/>.</summary>
    /// <param name="runs">Those of other studies, and with values that the study does not have, are left aside.</param>
    public static IReadOnlyList<StudyTable> Of(Study study, IReadOnlyList<RunFolder> runs) => [.. ComparableRuns.Of(study, runs).Select(group => Of(study, group))];

    /// <summary>One row for each variant of the study; variants without a run have one too.</summary>
    public static StudyTable Of(Study study, ComparableRuns runs)
    {
        RunTable table = RunTable.Of(runs.Runs);
        string[] classes = [.. runs.Runs.SelectMany(run => run.Evaluations()).SelectMany(evaluation => evaluation.PerClassAp.Keys).Distinct()];
        IReadOnlyList<PublishedArm?> paper = PublishedStudies.Of(study);
        string metrics = string.Join(", ", paper.OfType<PublishedArm>().Select(arm => arm.Metric).Distinct());
        var rows = new List<IReadOnlyList<string>>();
        var costs = new Dictionary<string, ModelProfile>();
        for (int place = 0; place < runs.Ablation.Variants.Count; place++)
        {
            Variant<Experiment> variant = runs.Ablation.Variants[place];
            RunRow[] arm = [.. table.Rows.Where(row => row.Identity.Variant == variant.Name)];
            string fingerprint = VariantName.Fingerprint(variant.Experiment.Detector);
            if (!costs.TryGetValue(fingerprint, out ModelProfile? cost)) costs[fingerprint] = cost = Profile(variant.Experiment.Detector, 1 + Math.Max(1, classes.Length));
            rows.Add(
            [
                variant.Name, Percent(arm, RunMetrics.MapArea), Percent(arm, RunMetrics.Map07), Percent(arm, RunMetrics.CocoAp), Published(place < paper.Count ? paper[place] : null),
                Number(arm.Length), Number(arm.Count(row => row.Outcome.State == RunState.Diverged)),
                ViewMarkup.Grouped(cost.Parameters), ViewMarkup.Grouped(cost.MultiplyAdds),
                Mean(arm, RunMetrics.ImagesPerSecond), Mean(arm, RunMetrics.InferenceImagesPerSecond), Mean(arm, RunMetrics.Seconds),
            ]);
        }
        string[] columns =
        [
            "variant", "mAP@0.5 %", "11-point %", "AP %", metrics.Length == 0 ? "published" : $"published {metrics}", "seeds", "diverged",
            "parameters", "multiply-adds", "images/s", "inference images/s", "seconds",
        ];
        var claims = new TextTable(["claim", "source", "here"],
            [.. study.Claims.Select(claim => (IReadOnlyList<string>)[claim.Text, claim.Source, ClaimVerdict.Of(claim, runs.Ablation, table).ToString()])]);
        return new StudyTable(study, new TextTable(columns, rows), claims,
            $"{DataText(runs.Data, classes)}. {StudyViews.Provenance(runs.Runs)} Intervals are 95 % by Student's t over seeds; a run that diverged has no mAP and counts as 0 in a claim. Claims are judged by mAP@0.5 (area).");
    }

    public string ToText() => $"{Study.Question}\n\n{Variants.ToText()}\n{Claims.ToText()}\n{Provenance}\n";

    public MimeBundle ToMimeBundle() => ViewMarkup.Bundle(ToText(), html =>
    {
        html.Title(Study.Question);
        Variants.WriteHtml(html, sortable: true);
        Claims.WriteHtml(html);
        html.Line(Provenance);
    });

    public override string ToString() => ToText();

    private static string DataText(DataSpec data, string[] classes) => data.Source == DataSource.VocFolder
        ? $"Images of a folder, {data.TrainSplit} and {data.TestSplit}, fingerprint {data.Fingerprint}, {ViewMarkup.Count(classes.Length, "class", "classes")} ({string.Join(", ", classes.Take(6))}{(classes.Length > 6 ? ", ..." : "")})"
        : FormattableString.Invariant($"{data.Source}, {data.SyntheticImages} images of {data.SyntheticSize} px, seed {data.SyntheticSeed}, 70 % to train on");

    private static ModelProfile Profile(DetectorSpec spec, int classCount)
    {
        using var detector = new Detector(spec, classCount);
        return ModelProfile.Of(detector);
    }

    private static string Percent(RunRow[] rows, string metric)
    {
        SeedStatistics statistics = SeedStatistics.Of([.. rows.Select(row => row.Metric(metric)).OfType<double>().Select(value => 100 * value)]);
        if (statistics.Count == 0) return "";
        return string.Create(CultureInfo.InvariantCulture, $"{statistics.Mean:0.0}") + (double.IsNaN(statistics.HalfWidth95) ? "" : string.Create(CultureInfo.InvariantCulture, $" +/- {statistics.HalfWidth95:0.0}"));
    }

    private static string Published(PublishedArm? arm) =>
        arm is null ? "" : arm.Result.Diverged ? "diverged" : arm.Result.Value.ToString("0.0", CultureInfo.InvariantCulture) + (arm.Result.Confidence == Confidence.Low ? " (?)" : "");

    private static string Mean(RunRow[] rows, string metric)
    {
        double[] values = [.. rows.Select(row => row.Metric(metric)).OfType<double>()];
        return values.Length == 0 ? "" : values.Average().ToString("0", CultureInfo.InvariantCulture);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
