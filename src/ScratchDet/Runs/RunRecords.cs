using System.Text.Json.Serialization;

namespace ScratchDet.Runs;

/// <summary>One line of <c>steps.jsonl</c>: one optimizer step.</summary>
/// <param name="Step">1 for the first.</param>
/// <param name="Loss">The sum that was differentiated.</param>
/// <param name="LossTerms">The named parts of the loss (<c>classification</c>, <c>bbox_regression</c>).</param>
/// <param name="LearningRate">The rate that the optimizer used in this step.</param>
/// <param name="GradientNormL2">Over all learnable parameters, before clipping; null where it was not measured.</param>
/// <param name="ImagesPerSecond">Null where it was not measured.</param>
/// <param name="Seconds">Training time since the run began, without the time between an interruption and its resumption.</param>
public sealed record StepRecord(
    long Step,
    double Loss,
    IReadOnlyDictionary<string, double> LossTerms,
    double LearningRate,
    double? GradientNormL2,
    double? ImagesPerSecond,
    double Seconds) : IStepped;

/// <summary>One line of <c>evals.jsonl</c>: the score after a step. Mean AP and AP are fractions, 0 to 1.</summary>
/// <param name="MapArea">VOC mAP, area under the precision-recall curve.</param>
/// <param name="Map07">VOC mAP, 11 points.</param>
/// <param name="PerClassAp">AP by class (area); null for a class without objects.</param>
/// <param name="ValidationLoss">Null where it was not measured.</param>
/// <param name="Seconds">As in <see cref="StepRecord"/>.</param>
public sealed record EvaluationRecord(
    long Step,
    double MapArea,
    double Map07,
    IReadOnlyDictionary<string, double?> PerClassAp,
    double? ValidationLoss,
    double Seconds) : IStepped
{
    /// <summary>COCO's AP, mean over IoU 0.5 to 0.95; null where it was not measured.</summary>
    public double? CocoAp { get; init; }

    /// <summary>Images a second through the network in evaluation mode; null where it was not measured.</summary>
    public double? InferenceImagesPerSecond { get; init; }
}

/// <summary>A record that belongs to a step, so that a resumed run can cut it off.</summary>
public interface IStepped
{
    long Step { get; }
}

public enum RunState
{
    /// <summary>A process holds the run's lock.</summary>
    Running,

    /// <summary>Stopped, or killed, before its last step; can be continued from its checkpoint.</summary>
    Interrupted,

    /// <summary>Trained to its last step.</summary>
    Done,

    /// <summary>The loss or a gradient became NaN or infinite. A result, not an error: the run is finished.</summary>
    Diverged,
}

/// <summary>How a run stands: <c>status.json</c>.</summary>
/// <param name="Step">The last step; for a diverged run, the step at which it diverged.</param>
/// <param name="Layer">For a diverged run, the first layer with a value that is not finite.</param>
/// <param name="LastFiniteGradientNormL2">For a diverged run, the norm before it diverged; null where there was none.</param>
public sealed record RunOutcome(
    RunState State,
    long Step,
    string? Layer = null,
    double? LastFiniteGradientNormL2 = null)
{
    /// <summary>Nothing is left to train.</summary>
    [JsonIgnore]
    public bool IsFinished => State is RunState.Done or RunState.Diverged;

    /// <summary>"done after 900 steps", "diverged at step 41 in head.classification (last finite gradient norm 812)".</summary>
    public override string ToString() => State switch
    {
        RunState.Running => "running",
        RunState.Interrupted => FormattableString.Invariant($"interrupted after step {Step}"),
        RunState.Done => FormattableString.Invariant($"done after {Step} steps"),
        _ => FormattableString.Invariant($"diverged at step {Step}")
            + (Layer is null ? "" : $" in {Layer}")
            + (LastFiniteGradientNormL2 is { } norm ? FormattableString.Invariant($" (last finite gradient norm {norm:G4})") : ""),
    };
}
