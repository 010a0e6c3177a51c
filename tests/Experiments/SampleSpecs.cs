using System.ComponentModel.DataAnnotations;
using ScratchDet.Experiments;

namespace ScratchDet.Tests.Experiments;

public enum SampleNorm
{
    None,
    Batch,
    Group,
}

public sealed record SamplePlacement
{
    public static SamplePlacement Everywhere { get; } = new() { Backbone = SampleNorm.Batch, Head = SampleNorm.Batch };

    public SampleNorm Backbone { get; init; }

    public SampleNorm Head { get; init; }

    public bool IsEverywhere => this == Everywhere;
}

public abstract record SampleBackbone
{
    [Range(1, 512)]
    public int Width { get; init; } = 64;
}

public sealed record SampleVgg : SampleBackbone
{
    public bool PoolFirst { get; init; } = true;
}

public sealed record SampleResNet : SampleBackbone
{
    public int Depth { get; init; } = 34;
}

public sealed record SampleDetector
{
    public SampleBackbone Backbone { get; init; } = new SampleVgg();

    public SamplePlacement Norm { get; init; } = new();

    public IReadOnlyList<int> Strides { get; init; } = [8, 16];
}

public sealed record SampleLoss
{
    public double Head { get; init; } = 1;

    [Range(0, 1, MinimumIsExclusive = true)]
    public double? FocalGamma { get; init; }
}

public sealed record SampleTrain : IValidatableObject
{
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.001;

    [Range(1, int.MaxValue)]
    public long Steps { get; init; } = 100;

    public long WarmupSteps { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (WarmupSteps > Steps)
            yield return new ValidationResult("WarmupSteps exceeds Steps");
    }
}

public sealed record SampleExperiment
{
    public string Dataset { get; init; } = "boards";

    public SampleDetector Detector { get; init; } = new();

    public SampleLoss Loss { get; init; } = new();

    public SampleTrain Train { get; init; } = new();

    public SampleTrain? FineTune { get; init; }

    public long TotalSteps => Train.Steps + (FineTune?.Steps ?? 0);

    public static Ablation<SampleExperiment> Study()
    {
        var start = new SampleExperiment();
        return new Ablation<SampleExperiment>(
            "norm", "Where?", "Table 1", ["Detector.Norm", "Train.LearningRate"], start,
            [
                .. from norm in new[] { SampleNorm.None, SampleNorm.Batch }
                   from rate in new[] { 0.001, 0.01 }
                   select start.Vary(e => e with
                   {
                       Detector = e.Detector with { Norm = e.Detector.Norm with { Head = norm } },
                       Train = e.Train with { LearningRate = rate },
                   }),
            ]);
    }
}
