using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Training;

/// <summary>What a backbone's weights are when detection training begins.</summary>
public enum StartWeights
{
    /// <summary>Drawn from the run's seed: from scratch.</summary>
    Random,

    /// <summary>Those of a classifier; the extra layers and the head are random all the same.</summary>
    Pretrained,
}

/// <summary>
/// How a pre-trained backbone comes about: by classifying pictures of single shapes, a stand-in for ImageNet that runs
/// anywhere and is called so wherever it is shown, or from a weight file. One backbone serves all seeds of a study, as one
/// ImageNet model serves all runs of the papers.
/// </summary>
public sealed record PretrainSpec
{
    /// <summary>Optimizer steps.</summary>
    [Range(1, 10_000_000)]
    public int Steps { get; init; } = 400;

    /// <summary>Pictures a batch; none is seen twice.</summary>
    [Range(2, 4096)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Side of a picture in pixels.</summary>
    [Range(24, 512)]
    public int ImageSize { get; init; } = 48;

    /// <summary>After ten percent of the steps as linear warm-up; falls to 0 along half a cosine.</summary>
    [Range(1e-8, 100.0)]
    public double LearningRate { get; init; } = 0.02;

    [Range(0.0, 0.9999)]
    public double Momentum { get; init; } = 0.9;

    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Largest L2 norm of the gradient: a net without norm would not survive the rate without it.</summary>
    [Range(0.0, 1e9)]
    public double ClipGradientNormL2 { get; init; } = 5;

    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>SHA-256 of the weight file that is used instead; empty: the stand-in is trained.</summary>
    public string WeightFile { get; init; } = "";

    /// <summary>The rate of a step, counted from 0.</summary>
    public double LearningRateAt(int step)
    {
        int warmup = Math.Max(1, Steps / 10);
        if (step < warmup) return LearningRate * (step + 1) / warmup;
        double share = (double)(step - warmup) / Math.Max(1, Steps - warmup);
        return LearningRate * 0.5 * (1 + Math.Cos(Math.PI * share));
    }
}
