using ScratchDet.Models;
using ScratchDet.Models.Backbones;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// ScratchDet's argument at mobile size: without ImageNet weights the backbone may be changed at will. A MobileNetV2 with its
/// own stem and with a root block, and a small net of full convolutions, all from random initialisation. At small scale the
/// three cost about the same multiply-adds.
/// </summary>
public static class MobileStudy
{
    public static Study Study { get; } = new(
        "mobile",
        "Does a small detector from scratch gain by a backbone made for detection instead of one made for ImageNet?",
        "ScratchDet (arXiv 1810.08425), its argument; MobileNetV2 (arXiv 1801.04381), Tiny SSD (arXiv 1802.06488)",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.Higher("The root block helps a mobile net too", "ScratchDet (arXiv 1810.08425), the argument for its root block; no published number",
                e => StemOf(e) == MobileStemKind.Root, e => StemOf(e) == MobileStemKind.StrideTwo && ((MobileNetSpec)e.Detector.Backbone).Depthwise),
        ],
    };

    private static MobileStemKind? StemOf(Experiment experiment) => (experiment.Detector.Backbone as MobileNetSpec)?.Stem;

    private static Ablation<Experiment> At(Scale scale)
    {
        DetectorSpec[] detectors = scale == Scale.Paper
            ? [ModelPresets.Find("ssdlite320-mobilenetv2")!.Spec, ModelPresets.Find("ssdlite320-root-mobilenetv2")!.Spec, ModelPresets.Find("tiny-ssd300")!.Spec]
            : [Small(), Small(MobileStemKind.Root, expansion: 3), Small(depthwise: false)];
        Experiment start = scale == Scale.Paper ? Baselines.RootResNet18Voc : Baselines.StemDetector(scale);
        start = start with { Detector = detectors[0] };
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Detector"], start, [.. from detector in detectors select start.Vary(e => e with { Detector = detector })]);

        DetectorSpec Small(MobileStemKind stem = MobileStemKind.StrideTwo, bool depthwise = true, int? expansion = null) =>
            ModelPresets.SmallMobile(160, stem, width: 8, depthwise, expansion);
    }
}
