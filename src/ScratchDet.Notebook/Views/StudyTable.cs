using System.Globalization;
using ScratchDet.Analysis;
using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Runs;

namespace ScratchDet.Notebook;

/// <summary>
/// A study on a page: one row for each variant, with its score over seeds, the published number, and what it costs; then
/// what the runs say about each claim.
/// </summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record StudyTable(Study Study, TextTable Variants, TextTable Claims, string Provenance) : IDisplayable
{
    private static readonly string[] Columns =
        ["variant", "mAP@0.5 %", "AP %", "published", "seeds", "diverged", "parameters", "multiply-adds", "images/s", "inference images/s", "seconds"];

    /// <param name="ablation">As it was run; variants without a run have a row too.</param>
    /// <param name="runs">Of one scale; those of other studies, and with values that the study does not have, are left aside.</param>
    /// <param name="classCount">Background counted; the head's size, and so the costs, depend on it.</param>
    public static StudyTable Of(Study study, Ablation<Experiment> ablation, IReadOnlyList<RunFolder> runs, int classCount)
    {
        var finished = new List<(RunFolder Run, Experiment Spec)>();
        foreach (RunFolder run in runs.Where(run => run.Identity.Study == study.Name && run.Outcome().IsFinished))
            if (SpecOf(run) is { } spec)
                finished.Add((run, spec));
        Normalization? input = finished.Select(one => one.Spec).LastOrDefault(spec => spec.Pretrain.WeightFile.Length > 0)?.Augment.Normalization;
        IReadOnlyList<RunFolder> own = [.. finished.Where(one => ablation.Variants.Any(variant => one.Run.Identity.Variant == variant.Name && IsOf(one.Spec, variant.Experiment, input))).Select(one => one.Run)];
        RunTable table = RunTable.Of(own);
        var rows = new List<IReadOnlyList<string>>();
        var costs = new Dictionary<string, ModelProfile>();
        IReadOnlyList<PublishedArm?> paper = PublishedStudies.Of(study);
        for (int place = 0; place < ablation.Variants.Count; place++)
        {
            Variant<Experiment> variant = ablation.Variants[place];
            RunRow[] arm = [.. table.Rows.Where(row => row.Identity.Variant == variant.Name)];
            string fingerprint = VariantName.Fingerprint(variant.Experiment.Detector);
            if (!costs.TryGetValue(fingerprint, out ModelProfile? cost)) costs[fingerprint] = cost = Profile(variant.Experiment.Detector, classCount);
            rows.Add(
            [
                variant.Name, Percent(arm, RunMetrics.MapArea), Percent(arm, RunMetrics.CocoAp), Published(place < paper.Count ? paper[place] : null),
                Number(arm.Length), Number(arm.Count(row => row.Outcome.State == RunState.Diverged)),
                ViewMarkup.Grouped(cost.Parameters), ViewMarkup.Grouped(cost.MultiplyAdds),
                Mean(arm, RunMetrics.ImagesPerSecond), Mean(arm, RunMetrics.InferenceImagesPerSecond), Mean(arm, RunMetrics.Seconds),
            ]);
        }
        var claims = new TextTable(["claim", "source", "here"],
            [.. study.Claims.Select(claim => (IReadOnlyList<string>)[claim.Text, claim.Source, ClaimVerdict.Of(claim, ablation, table).ToString()])]);
        string[] metrics = [.. paper.OfType<PublishedArm>().Select(arm => arm.Metric).Distinct()];
        string published = metrics.Length == 0 ? "" : $" Published: {string.Join(", ", metrics)}.";
        return new StudyTable(study, new TextTable(Columns, rows), claims,
            (own.Count == 0 ? "No runs yet." : StudyViews.Provenance(own)) + " Intervals are 95 % by Student's t over seeds; a run that diverged has no mAP and counts as 0 in a claim." + published);
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

    /// <summary>Null: written by a version of the kit with other values, so of no variant that is known now.</summary>
    private static Experiment? SpecOf(RunFolder run)
    {
        try
        {
            return run.ReadSpec<Experiment>();
        }
        catch (BadInputException)
        {
            return null;
        }
    }

    /// <summary>The variant as it is: of this data or another folder's, but with no other value changed.</summary>
    /// <param name="input">How a weight file wants the images; see <see cref="StudyRunner.WeightFile"/>.</param>
    private static bool IsOf(Experiment ran, Experiment variant, Normalization? input)
    {
        Experiment here = ran with
        {
            Data = variant.Data with { Fraction = ran.Data.Fraction },
            Pretrain = ran.Pretrain with { WeightFile = variant.Pretrain.WeightFile },
        };
        Experiment asRun = input is null ? variant : variant with { Augment = variant.Augment with { Normalization = input } };
        return VariantName.Fingerprint(here) == VariantName.Fingerprint(asRun);
    }

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
