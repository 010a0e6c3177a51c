using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Training;

/// <summary>Number format of the convolutions.</summary>
public enum Precision
{
    /// <summary>bfloat16 with channels-last memory where the device is fast at it, float32 otherwise; the run records which.</summary>
    Auto,
    Float32,

    /// <summary>Autocast: weights stay float32, convolutions run in bfloat16, losses in float32.</summary>
    BFloat16,
}

/// <summary>How a detector is trained: SGD with momentum, linear warm-up, step schedule.</summary>
public sealed record TrainSpec : IValidatableObject
{
    /// <summary>Optimizer steps.</summary>
    [Range(1, 10_000_000)]
    public int Steps { get; init; } = 1000;

    /// <summary>Images a batch; batch norm sees this many.</summary>
    [Range(1, 4096)]
    public int BatchSize { get; init; } = 16;

    /// <summary>Batches whose gradients are averaged for one step.</summary>
    [Range(1, 1024)]
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>The rate after warm-up, exactly what the optimizer gets.</summary>
    [Range(1e-8, 100.0)]
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Steps of linear warm-up from <see cref="WarmupStart"/> times the rate; 0: none, as in the reference.</summary>
    [Range(0, 1_000_000)]
    public int WarmupSteps { get; init; }

    [Range(0.0, 1.0)]
    public double WarmupStart { get; init; } = 1.0 / 3;

    /// <summary>Shares of all steps after which the rate is multiplied by <see cref="DropFactor"/>.</summary>
    [Range(0.0, 1.0)]
    public IReadOnlyList<double> DropsAt { get; init; } = [0.8];

    [Range(0.0, 1.0)]
    public double DropFactor { get; init; } = 0.1;

    [Range(0.0, 0.9999)]
    public double Momentum { get; init; } = 0.9;

    public bool Nesterov { get; init; }

    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>
    /// Weight decay on biases and on scale and shift of norms, all of them. The reference decays no bias and, of the norms, the
    /// scales of the body alone.
    /// </summary>
    public bool DecayBiasAndNorm { get; init; } = true;

    /// <summary>The reference SSD trains biases at twice the rate.</summary>
    [Range(0.01, 100.0)]
    public double BiasRateMultiplier { get; init; } = 1;

    /// <summary>Largest L2 norm over all gradients; larger ones are scaled down. 0: no clipping, as in the papers.</summary>
    [Range(0.0, 1e9)]
    public double ClipGradientNormL2 { get; init; }

    /// <summary>Largest magnitude of a single gradient value; larger ones are cut. 0: no clipping. Happens before clipping by norm.</summary>
    [Range(0.0, 1e9)]
    public double ClipGradientValue { get; init; }

    /// <summary>Share of the old average at each step; 0: no averaging. Evaluation and the best checkpoint use the average.</summary>
    [Range(0.0, 0.999999)]
    public double EmaDecay { get; init; }

    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>Steps between evaluations; there is always one at the end. 0: only that one.</summary>
    [Range(0, 10_000_000)]
    public int EvaluateEverySteps { get; init; }

    /// <summary>Steps between checkpoints; there is always one at the end.</summary>
    [Range(1, 10_000_000)]
    public int CheckpointEverySteps { get; init; } = 100;

    /// <summary>The rate of optimizer step <paramref name="step"/>, counted from 0.</summary>
    public double LearningRateAt(long step)
    {
        double rate = LearningRate;
        if (step < WarmupSteps) rate *= WarmupStart + (1 - WarmupStart) * step / WarmupSteps;
        foreach (double share in DropsAt)
        {
            if (step >= Math.Round(share * Steps)) rate *= DropFactor;
        }
        return rate;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (int i = 1; i < DropsAt.Count; i++)
        {
            if (DropsAt[i] < DropsAt[i - 1]) yield return new ValidationResult(FormattableString.Invariant($"DropsAt does not ascend: {DropsAt[i]} after {DropsAt[i - 1]}"));
        }
        if (Nesterov && Momentum == 0) yield return new ValidationResult("Nesterov needs a Momentum above 0");
    }
}
