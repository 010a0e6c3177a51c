using ScratchDet.Data;
using ScratchDet.Data.Augment;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Training;

namespace ScratchDet.Experiments;

/// <summary>The experiments that studies start from.</summary>
public static partial class Baselines
{
    /// <summary>Pixels less the mean, over one deviation for all channels: what small nets without batch norm need.</summary>
    private static readonly Normalization UnitDeviation = new() { DeviationRed = 58, DeviationGreen = 58, DeviationBlue = 58 };

    /// <summary>
    /// SSD300 with VGG-16 from random initialisation on VOC 07+12 as ScratchDet trains it: batch 128, 120k steps, drop
    /// at 80k and 100k, no L2Norm. Biases learn at twice the rate and do not decay, nor do norms. Chosen so that arms differ in
    /// their norm alone, otherwise than in the released code: Xavier in heads with batch norm too (there a Gaussian of 0.01), running
    /// statistics with momentum 0.1 and epsilon 1e-5 (see <see cref="NormPlacement.EverywhereAsInCaffe"/>), one schedule for all rates
    /// (the paper's figure shows a drop at 50k for 0.01).
    /// </summary>
    public static Experiment Ssd300Voc { get; } = new()
    {
        Data = new DataSpec { TrainSplit = "VOC2007:trainval+VOC2012:trainval", TestSplit = "VOC2007:test" },
        Detector = new DetectorSpec { Backbone = new VggSpec { L2Norm = false }, Init = InitKind.CaffeXavier, HeadInit = InitKind.CaffeXavier },
        Train = new TrainSpec
        {
            Steps = 120_000, // 120,000 * 128 / 16,551 images = 928 passes
            BatchSize = 128,
            LearningRate = 0.001,
            DropsAt = [80.0 / 120, 100.0 / 120],
            BiasRateMultiplier = 2,
            DecayBiasAndNorm = false,
            EvaluateEverySteps = 10_000,
            CheckpointEverySteps = 1000,
        },
    };

    /// <summary>
    /// A small residual detector for small defects on circuit boards: the regime in which the papers' effects show on a
    /// CPU in minutes. 16 channels in the first stage, two basic blocks a stage, detection maps of 40, 20, 10 and 5 cells. The
    /// stem halves twice: on a CPU without bfloat16 hardware the same net without the pool takes four times as long.
    /// </summary>
    public static Experiment SmallBoards { get; } = new()
    {
        Data = new DataSpec { Source = DataSource.Boards, SyntheticImages = 1000, SyntheticSize = 320, TrainSplit = "train" },
        Augment = AugmentSpec.FlipOnly with { Normalization = UnitDeviation },
        Detector = ModelPresets.SmallResidual(320, StemKind.SevenBySevenStrideTwoPool),
        Train = new TrainSpec
        {
            Steps = 600, // 600 * 8 / 700 training images = 7 passes
            BatchSize = 8,
            LearningRate = 0.02,
            WarmupSteps = 100,
            DropsAt = [0.8],
            CheckpointEverySteps = 50,
        },
    };

    /// <summary>
    /// The smallest detector on coloured shapes, for a first look: about a minute of training on two cores. The images are
    /// enlarged to twice their size, so that the cells of the first map (8 px) are fine enough for objects of 8 px and more.
    /// </summary>
    public static Experiment SmallShapes { get; } = new()
    {
        Data = new DataSpec { Source = DataSource.Shapes, SyntheticImages = 1500, SyntheticSize = 96, TrainSplit = "train" },
        Augment = AugmentSpec.FlipOnly with { Normalization = UnitDeviation },
        Detector = ModelPresets.SmallResidual(192, StemKind.SevenBySevenStrideTwoPool) with { Boxes = BoxLayout.Of(15, 27, 48, 80, 134) },
        Train = new TrainSpec
        {
            Steps = 1000, // 1000 * 8 / 1050 training images = 8 passes
            BatchSize = 8,
            LearningRate = 0.04,
            WarmupSteps = 50,
            DropsAt = [0.8],
            CheckpointEverySteps = 200,
        },
    };
}
