using System.ComponentModel.DataAnnotations;
using ScratchDet.Data;
using ScratchDet.Data.Augment;
using ScratchDet.Losses;
using ScratchDet.Models;
using ScratchDet.Training;

namespace ScratchDet.Experiments;

/// <summary>Everything that decides the result of a run, seed and machine aside.</summary>
public sealed record Experiment
{
    public DataSpec Data { get; init; } = new();

    public AugmentSpec Augment { get; init; } = AugmentSpec.Ssd;

    public DetectorSpec Detector { get; init; } = new();

    public MatchSpec Match { get; init; } = new();

    public MultiBoxLoss Loss { get; init; } = new();

    public TrainSpec Train { get; init; } = new();
}

/// <summary>When a default box belongs to an object (SSD, section 2.2).</summary>
public sealed record MatchSpec
{
    /// <summary>A box takes its best object from this overlap on; each object's best box takes it anyway.</summary>
    [Range(0.05, 0.95)]
    public double PositiveIouThreshold { get; init; } = 0.5;

    /// <summary>Unmatched boxes below this overlap may be mined as background.</summary>
    [Range(0.05, 0.95)]
    public double NegativeIouThreshold { get; init; } = 0.5;
}
