using ScratchDet.Models.Backbones;

namespace ScratchDet.Experiments.Studies;

/// <summary>Plain extra layers as in SSD, or residual ones of 128 channels as in ScratchDet: the same accuracy for less?</summary>
public static class ExtraLayersStudy
{
    public static Study Study { get; } = new(
        "extra-layers",
        "Do residual extra layers keep the accuracy of SSD's plain ones with fewer parameters and more images a second?",
        "ScratchDet (arXiv 1810.08425), Root-ResNet-34 with plain and with residual extra layers",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.AtLeastAsGood("Residual extra layers of few channels are as accurate as plain ones", "ScratchDet (arXiv 1810.08425): 80.4 with both",
                e => IsResidual(e), e => !IsResidual(e)),
        ],
    };

    private static bool IsResidual(Experiment experiment) => experiment.Detector.Backbone.Extras[0].Kind == ExtraLayerKind.Residual;

    private static Ablation<Experiment> At(Scale scale)
    {
        Experiment start = Baselines.DeepDetector(scale).WithBackbone<ResidualSpec>(backbone => backbone with { Extras = Plain(scale) });
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Detector.Backbone.Extras"], start,
            [start.Vary(e => e), start.Vary(e => e.WithBackbone<ResidualSpec>(backbone => backbone with { Extras = Residual(scale) }))]);
    }

    private static IReadOnlyList<ExtraLayer> Plain(Scale scale) =>
        scale == Scale.Paper ? ExtraLayer.Ssd300 : [new(64, 128, 2, 1), new(32, 64, 2, 1)];

    /// <summary>128 channels in the paper; at small scale half of the plain layers' first.</summary>
    private static IReadOnlyList<ExtraLayer> Residual(Scale scale) => scale == Scale.Paper
        ? [ExtraLayer.Residual(128, 2), ExtraLayer.Residual(128, 2), ExtraLayer.Residual(128, 1, padding: 0), ExtraLayer.Residual(128, 1, padding: 0)]
        : [ExtraLayer.Residual(32, 2), ExtraLayer.Residual(32, 2)];
}
