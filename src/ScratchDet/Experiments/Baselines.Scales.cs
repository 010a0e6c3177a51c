using ScratchDet.Data;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;

namespace ScratchDet.Experiments;

/// <content>The same question at three sizes: what the studies vary.</content>
public static partial class Baselines
{
    /// <summary>SSD's plain body, without norm and at one rate: VGG-16 in the paper, the small residual net on boards else.</summary>
    public static Experiment PlainDetector(Scale scale) => scale switch
    {
        Scale.Paper => Ssd300Voc,
        Scale.Minutes => NarrowBoards,
        _ => InSeconds(NarrowBoards with { Detector = ModelPresets.SmallResidual(160, StemKind.SevenBySevenStrideTwoPool) }),
    };

    /// <summary>
    /// A ResNet-18 with batch norm everywhere for the studies of its first layers: at the root stem, with maps that have equal
    /// channels under every stem.
    /// </summary>
    public static Experiment StemDetector(Scale scale) => scale switch
    {
        Scale.Paper => RootResNet18Voc,
        Scale.Minutes => SmallStems,
        _ => InSeconds(SmallStems with { Detector = SmallStem(160, width: 4) }),
    };

    /// <summary>Root-ResNet-34 in the paper, the small residual net else: batch norm everywhere.</summary>
    public static Experiment DeepDetector(Scale scale) => scale == Scale.Paper
        ? RootResNet18Voc with { Detector = ModelPresets.Find("ssd300-root-resnet34")!.Spec }
        : StemDetector(scale);

    /// <summary>
    /// For pre-trained against scratch: batch norm everywhere in both arms, as the paper normalises both. VGG-16, for which
    /// ImageNet weights with batch norm exist, on COCO, on whose 118k images the paper's question was asked; the small residual
    /// net on boards at small scale.
    /// </summary>
    public static Experiment TransferDetector(Scale scale) => scale switch
    {
        Scale.Paper => Ssd300Voc with
        {
            Data = new DataSpec { TrainSplit = "train2017", TestSplit = "val2017" },
            Detector = ModelPresets.Find("ssd300-vgg16-bn")!.Spec with { Boxes = BoxLayout.Ssd300Coco },
            Train = Ssd300Voc.Train with
            {
                BatchSize = 32,
                LearningRate = 0.01,
                WarmupSteps = 500,
                Steps = 6 * TransferUnitSteps,
                DropsAt = [(6 - (2.0 / 3)) / 6, (6 - (2.0 / 9)) / 6],
            },
        },
        Scale.Minutes => SmallTransfer,
        _ => InSeconds(SmallTransfer with { Detector = ModelPresets.SmallResidual(160, StemKind.SevenBySevenStrideTwoPool, width: 4) }),
    };

    /// <summary>"1x" of Rethinking ImageNet Pre-training, 90k iterations of 16 images, in steps of 32 images.</summary>
    public const int TransferUnitSteps = 45_000;

    /// <summary>
    /// Root-ResNet-18 from random initialisation on VOC 07+12, ScratchDet's released script: batch norm sees 16 images, eight
    /// such batches make a step of 128.
    /// </summary>
    public static Experiment RootResNet18Voc { get; } = Ssd300Voc with
    {
        Detector = ModelPresets.Find("ssd300-root-resnet18")!.Spec,
        Train = Ssd300Voc.Train with
        {
            Steps = 100_000,
            BatchSize = 16,
            AccumulationSteps = 8,
            LearningRate = 0.05,
            DropsAt = [0.4, 0.75, 0.9],
            // The released script decays the scales of the body's norms, neither the head's nor biases; one switch is for all.
            DecayBiasAndNorm = true,
        },
    };

    /// <summary>
    /// The small ResNet-18 of the stem studies, for boards: four maps from stride 8 with the same channels under every stem.
    /// </summary>
    private static DetectorSpec SmallStem(int imageSize, int width) => ModelPresets.SmallResidual(imageSize, StemKind.Root, width) with
    {
        Backbone = new ResidualSpec
        {
            Stem = StemKind.Root,
            Width = width,
            MapChannels = [4 * width, 8 * width],
            StageMaps = 2,
            Extras = [new(4 * width, 8 * width, 2, 1), new(2 * width, 4 * width, 2, 1)],
        },
    };

    /// <summary>
    /// <see cref="SmallBoards"/> at half the width, 800 steps of four images: a run takes about two minutes of one core, so that
    /// eighteen cells with several seeds can be afforded. Eight hundred steps of four images get much further than four hundred of
    /// eight.
    /// </summary>
    private static Experiment NarrowBoards { get; } = SmallBoards with
    {
        Detector = ModelPresets.SmallResidual(320, StemKind.SevenBySevenStrideTwoPool, width: 8),
        Train = SmallBoards.Train with { Steps = 800, BatchSize = 4 },
    };

    /// <summary>
    /// Boards seen at 224 px, so that defects have 9 to 25 px: small objects are what the first layers are about. More steps of
    /// fewer images get further than fewer of more.
    /// </summary>
    private static Experiment SmallStems { get; } = SmallBoards with
    {
        Detector = SmallStem(224, width: 8),
        Train = SmallBoards.Train with { Steps = 800, BatchSize = 4, LearningRate = 0.04 },
    };

    /// <summary>The same boards with batch norm everywhere, at the rate that it allows.</summary>
    private static Experiment SmallTransfer { get; } = NarrowBoards with
    {
        Detector = NarrowBoards.Detector with { Norm = NormPlacement.Everywhere },
        Train = NarrowBoards.Train with { LearningRate = 0.04 },
    };

    private static Experiment InSeconds(Experiment experiment) => experiment with
    {
        Data = experiment.Data with { SyntheticImages = 40, SyntheticSize = 160 },
        Pretrain = experiment.Pretrain with { Iterations = 4, PicturesPerStep = 8, PictureSize = 32 },
        Train = experiment.Train with { Steps = 4, BatchSize = 4, WarmupSteps = 2 },
    };
}
