using ScratchDet.Runs;

namespace ScratchDet.Analysis;

/// <summary>What is measured of a run as a whole.</summary>
public static class RunMetrics
{
    /// <summary>VOC mAP (area) of the last evaluation; missing for a diverged run.</summary>
    public const string MapArea = "map_area";

    /// <summary>VOC mAP (11 points) of the last evaluation; missing for a diverged run.</summary>
    public const string Map07 = "map_07";

    /// <summary>COCO's AP (IoU 0.5 to 0.95) of the last evaluation; missing for a diverged run, and for runs that did not measure it.</summary>
    public const string CocoAp = "coco_ap";

    /// <summary>The best VOC mAP (area) of all evaluations; missing for a diverged run.</summary>
    public const string BestMapArea = "best_map_area";

    public const string BestMapAreaStep = "best_map_area_step";

    /// <summary>Of the last evaluation; missing for a diverged run.</summary>
    public const string ValidationLoss = "validation_loss";

    public const string Steps = "steps";

    /// <summary>Mean training loss over the last tenth of the steps; missing for a diverged run.</summary>
    public const string LossLastTenth = "loss_last_tenth";

    /// <summary>Median over the steps at which it was measured and finite.</summary>
    public const string MedianGradientNormL2 = "median_gradient_norm_l2";

    /// <summary>Median over the steps.</summary>
    public const string ImagesPerSecond = "images_per_second";

    /// <summary>Through the network in the last evaluation; missing for a diverged run.</summary>
    public const string InferenceImagesPerSecond = "inference_images_per_second";

    /// <summary>Training time at the last record.</summary>
    public const string Seconds = "seconds";

    public const string DivergedAtStep = "diverged_at_step";

    public const string LastFiniteGradientNormL2 = "last_finite_gradient_norm_l2";

    /// <summary>All names, in the order of the table's columns.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        MapArea, Map07, CocoAp, BestMapArea, BestMapAreaStep, ValidationLoss, Steps, LossLastTenth, MedianGradientNormL2,
        ImagesPerSecond, InferenceImagesPerSecond, Seconds, DivergedAtStep, LastFiniteGradientNormL2,
    ];

    internal static IReadOnlyDictionary<string, double?> Of(RunFolder run, RunOutcome outcome) => Of(outcome, run.Steps(), run.Evaluations());

    /// <summary>The metrics by name; one that is missing has no entry, or null.</summary>
    public static IReadOnlyDictionary<string, double?> Of(RunOutcome outcome, IReadOnlyList<StepRecord> steps, IReadOnlyList<EvaluationRecord> evaluations)
    {
        var metrics = new Dictionary<string, double?>
        {
            [Steps] = steps is [.., var last] ? last.Step : 0,
            [MedianGradientNormL2] = Median(steps.Select(step => step.GradientNormL2)),
            [ImagesPerSecond] = Median(steps.Select(step => step.ImagesPerSecond)),
            [Seconds] = Math.Max(steps is [.., var lastStep] ? lastStep.Seconds : 0, evaluations is [.., var lastEvaluation] ? lastEvaluation.Seconds : 0),
        };
        if (outcome.State == RunState.Diverged)
        {
            metrics[DivergedAtStep] = outcome.Step;
            metrics[LastFiniteGradientNormL2] = outcome.LastFiniteGradientNormL2;
            return metrics;
        }
        if (steps.Count > 0)
            metrics[LossLastTenth] = steps.TakeLast(Math.Max(1, steps.Count / 10)).Average(step => step.Loss);
        if (evaluations is [.., var final])
        {
            EvaluationRecord best = evaluations.MaxBy(evaluation => evaluation.MapArea)!;
            metrics[MapArea] = final.MapArea;
            metrics[Map07] = final.Map07;
            metrics[CocoAp] = final.CocoAp;
            metrics[BestMapArea] = best.MapArea;
            metrics[BestMapAreaStep] = best.Step;
            metrics[ValidationLoss] = final.ValidationLoss;
            metrics[InferenceImagesPerSecond] = final.InferenceImagesPerSecond;
        }
        return metrics;
    }

    private static double? Median(IEnumerable<double?> values)
    {
        double[] sorted = [.. values.OfType<double>().Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return null;
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
