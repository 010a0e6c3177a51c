using ScratchDet.Evaluation;

namespace ScratchDet.Training;

/// <summary>What one optimizer step did.</summary>
/// <param name="Step">Steps done, this one included.</param>
/// <param name="Loss">Sum of the terms, averaged over accumulated batches.</param>
/// <param name="GradientNormL2">L2 norm over all parameters, before clipping, weight decay and momentum (ScratchDet's figure).</param>
/// <param name="ImagesPerSecond">Over this step alone, loading included.</param>
/// <param name="Seconds">Training time since the start of the run, earlier parts of a resumed run included.</param>
public sealed record StepReport(
    long Step, double Loss, double BoxRegressionLoss, double ClassificationLoss, double LearningRate, double GradientNormL2,
    double ImagesPerSecond, double Seconds);

/// <summary>What an evaluation found after some steps.</summary>
/// <param name="Loss">Mean validation loss per batch; NaN when not finite.</param>
public sealed record EvaluationReport(long Step, VocResult Voc, double Loss, double Seconds)
{
    /// <summary>COCO's AP, mean over IoU 0.5 to 0.95, 0 to 1; null when no class has an object that counts.</summary>
    public double? CocoAp { get; init; }

    /// <summary>Images a second through the network in evaluation mode, reading and decoding aside.</summary>
    public double? InferenceImagesPerSecond { get; init; }
}

/// <summary>How training ended.</summary>
/// <param name="DivergedAtStep">The step whose loss was not finite, counted from 1; null: all steps were done.</param>
/// <param name="Layer">The first layer whose output, or the parameter whose value, was not finite.</param>
/// <param name="LastFiniteGradientNormL2">Null when not even the first step had one.</param>
public sealed record TrainingOutcome(long Steps, long? DivergedAtStep, string? Layer, double? LastFiniteGradientNormL2, double Seconds);
