using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Training;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// VGG-16 against ResNet-101 at two sizes of the input, the table of DSSD that ScratchDet argues from: the deeper net loses at
/// 300 px on VOC and wins at 512. At small scale: a narrow VGG against the small residual net, ResNet's own stem in front of it, at 160
/// and at 320 px. All arms train for SSD's 120k steps; DSSD gave its ResNets 80k.
/// </summary>
public static class InputSize
{
    public static Study Study { get; } = new(
        "input-size",
        "Does the deeper backbone win at every size of the input, or only where small objects have pixels enough?",
        "DSSD (arXiv 1701.06659), SSD with VGG-16 and ResNet-101, as ScratchDet (arXiv 1810.08425) quotes it",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            new("At the small size the plain net is at least as good as the deeper residual one", "DSSD (arXiv 1701.06659): 77.5 beside 77.1", ClaimKind.AtLeastAsGood,
                ablation => [ablation.Variants[0]], ablation => [ablation.Variants[1]]),
            new("At the large size the residual net is ahead", "DSSD: 80.6 beside 79.5", ClaimKind.Higher, ablation => [ablation.Variants[3]], ablation => [ablation.Variants[2]]),
        ],
    };

    private static Ablation<Experiment> At(Scale scale)
    {
        DetectorSpec[] detectors = scale switch
        {
            Scale.Paper => [Preset("ssd300-vgg16"), Preset("ssd321-resnet101"), Preset("ssd512-vgg16"), Preset("ssd513-resnet101")],
            Scale.Minutes => [ModelPresets.SmallVgg(160), Residual(160, 16), ModelPresets.SmallVgg(320), Residual(320, 16)],
            _ => [ModelPresets.SmallVgg(96, 4), Residual(96, 4), ModelPresets.SmallVgg(160, 4), Residual(160, 4)],
        };
        Experiment start = Baselines.PlainDetector(scale);
        start = start with
        {
            Detector = detectors[0],
            Start = scale == Scale.Paper ? StartWeights.Pretrained : StartWeights.Random,
            Train = start.Train with { BatchSize = scale == Scale.Paper ? 32 : start.Train.BatchSize },
        };
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, scale == Scale.Paper ? ["Detector"] : ["Detector.ImageSize", "Detector.Backbone", "Detector.Boxes"], start, [.. from detector in detectors select start.Vary(e => e with { Detector = detector })]);
    }

    /// <summary>With ResNet's own stem at every size: early down-sampling is what costs it the small input.</summary>
    private static DetectorSpec Residual(int imageSize, int width) => ModelPresets.SmallResidual(imageSize, StemKind.SevenBySevenStrideTwoPool, width);

    private static DetectorSpec Preset(string name) => ModelPresets.Find(name)!.Spec;
}
