using System.Globalization;
using ScratchDet.Analysis;
using ScratchDet.Runs;

namespace ScratchDet.Notebook;

/// <summary>A run on a page: what it is, how it ended, what it scored, and its curves. Without its times: they are in the run's files.</summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record RunView(RunFolder Run) : IDisplayable
{
    private const double SmoothingDecay = 0.9;

    public MimeBundle ToMimeBundle()
    {
        RunIdentity identity = Run.Identity;
        RunOutcome outcome = Run.Outcome();
        IReadOnlyList<EvaluationRecord> evaluations = Run.Evaluations();
        string title = $"{identity.Study}: {RunNames.Of(identity)}, {outcome}";
        string what = string.Create(CultureInfo.InvariantCulture, $"scale {identity.Scale}, seed {identity.Seed}, {identity.RelativePath}");
        TextTable? classes = evaluations is [.., var last] ? ClassTable(last) : null;
        ChartGrid? curves = Curves(outcome);
        string text = $"{title}\n{what}\n{(classes is null ? "not evaluated yet" : $"{classes.Caption}\n{classes.ToText()}")}";
        return ViewMarkup.Bundle(text, html =>
        {
            html.Title(title).Line(what, soft: true);
            if (classes is null) html.Line("not evaluated yet", soft: true);
            else classes.WriteHtml(html, sortable: true);
            if (curves is not null) html.Append(curves.ToHtml());
        });
    }

    private static TextTable ClassTable(EvaluationRecord evaluation) => new(
        ["class", "AP (area), %"],
        [.. evaluation.PerClassAp.Select(one => (IReadOnlyList<string>)[one.Key, EvaluationView.Percent(one.Value)])])
    {
        Caption = string.Create(CultureInfo.InvariantCulture, $"After step {evaluation.Step}: mAP at IoU 0.5 {EvaluationView.Percent(evaluation.MapArea)} % (area), {EvaluationView.Percent(evaluation.Map07)} % (11 points)"),
    };

    private ChartGrid? Curves(RunOutcome outcome)
    {
        IReadOnlyList<StepRecord> steps = Run.Steps();
        if (steps.Count == 0) return null;
        double[] places = [.. steps.Select(step => (double)step.Step)];
        double? divergedAt = outcome.State == RunState.Diverged ? outcome.Step : null;
        Chart Curve(string title, Func<StepRecord, double> value) =>
            Chart.Lines(new LineSeries(RunNames.Of(Run.Identity), [.. steps.Select(value)]) { X = places, DivergedAt = divergedAt }).Smooth(SmoothingDecay).Title(title);
        return Chart.Grid(2,
            Curve("Training loss", step => step.Loss),
            Curve("L2 norm of the gradient", step => step.GradientNormL2 ?? double.NaN).LogY()).Share(y: false).Legend(false);
    }
}

/// <summary>The runs of a store as a table, those of a study together.</summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record RunStoreView(RunStore Store) : IDisplayable
{
    /// <summary>One row a run: study, variant, scale, seed, how it stands, steps, and the scores of its last evaluation.</summary>
    public TextTable ToTextTable() => new(
        ["study", "variant", "scale", "seed", "state", "steps", "mAP, %", "validation loss", "median gradient norm"],
        [.. RunTable.Of(Store.Runs()).Rows.Select(row => (IReadOnlyList<string>)[
            row.Identity.Study, row.Identity.Variant, row.Identity.Scale.ToString(), row.Identity.Seed.ToString(CultureInfo.InvariantCulture), row.Outcome.ToString(),
            Shown(row.Metric(RunMetrics.Steps)), row.Metric(RunMetrics.MapArea) is { } map ? EvaluationView.Percent(map) : "",
            Shown(row.Metric(RunMetrics.ValidationLoss)), Shown(row.Metric(RunMetrics.MedianGradientNormL2))])]);

    public MimeBundle ToMimeBundle()
    {
        TextTable table = ToTextTable();
        return (table with { Caption = table.Rows.Count == 0 ? "no runs yet" : ViewMarkup.Count(table.Rows.Count, "run") }).ToMimeBundle();
    }

    private static string Shown(double? value) => value is { } number ? ViewMarkup.Short(number) : "";
}
