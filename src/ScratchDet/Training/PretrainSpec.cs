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
    // The names differ from those of TrainSpec, so that variants are named by their last part alone.

    /// <summary>Optimizer steps.</summary>
    [Range(1, 10_000_000)]
    public int Iterations { get; init; } = 1500;

    /// <summary>Pictures a step; none is seen twice.</summary>
    [Range(2, 4096)]
    public int PicturesPerStep { get; init; } = 32;

    /// <summary>Side of a picture in pixels.</summary>
    [Range(24, 512)]
    public int PictureSize { get; init; } = 48;

    /// <summary>The learning rate after ten percent of the steps as linear warm-up; it falls to 0 along half a cosine.</summary>
    [Range(1e-8, 100.0)]
    public double PeakRate { get; init; } = 0.05;

    [Range(0, int.MaxValue)]
    public int PictureSeed { get; init; }

    /// <summary>SHA-256 of the weight file that is used instead; empty: the stand-in is trained.</summary>
    public string WeightFile { get; init; } = "";

    /// <summary>The rate of a step, counted from 0.</summary>
    public double RateAt(int step)
    {
        int warmup = Math.Max(1, Iterations / 10);
        if (step < warmup) return PeakRate * (step + 1) / warmup;
        double share = (double)(step - warmup) / Math.Max(1, Iterations - warmup);
        return PeakRate * 0.5 * (1 + Math.Cos(Math.PI * share));
    }
}
