using ScratchDet.Models.Backbones;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// What does early down-sampling cost? ResNet-18 under four stems, (a) to (d) of ScratchDet's Root-ResNet study. All four
/// have the same detection maps with the same channels; see <see cref="ResidualSpec.MapChannels"/>. Steps are equal, compute
/// is not: (c) and (d) cost more for each image, which the costs beside the scores show.
/// </summary>
public static class FirstStride
{
    private static readonly StemKind[] Stems =
        [StemKind.SevenBySevenStrideTwoPool, StemKind.SevenBySevenStrideTwo, StemKind.SevenBySevenStrideOnePool, StemKind.Root];

    public static Study Study { get; } = new(
        "first-stride",
        "How much does the first stride cost a detector that is trained from scratch, small objects above all?",
        "ScratchDet (arXiv 1810.08425), the Root-ResNet-18 study, (a) to (d)",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.Higher("Without the pool behind a first stride of 2 a detector finds more", "ScratchDet (arXiv 1810.08425), Root-ResNet-18 study: 73.1 to 75.3",
                e => StemOf(e) == StemKind.SevenBySevenStrideTwo, e => StemOf(e) == StemKind.SevenBySevenStrideTwoPool),
            Claim.Higher("A first stride of 1 is better than 2", "ScratchDet, Root-ResNet-18 study: 75.3 to 77.6",
                e => StemOf(e) == StemKind.SevenBySevenStrideOnePool, e => StemOf(e) == StemKind.SevenBySevenStrideTwo),
            Claim.Higher("The root block is better than one 7x7 of stride 1", "ScratchDet, Root-ResNet-18 study: 77.6 to 78.5",
                e => StemOf(e) == StemKind.Root, e => StemOf(e) == StemKind.SevenBySevenStrideOnePool),
            Claim.Higher("The root block is better than ResNet's own stem", "ScratchDet, Root-ResNet-18 study: 73.1 to 78.5",
                e => StemOf(e) == StemKind.Root, e => StemOf(e) == StemKind.SevenBySevenStrideTwoPool),
        ],
    };

    private static StemKind StemOf(Experiment experiment) => ((ResidualSpec)experiment.Detector.Backbone).Stem;

    private static Ablation<Experiment> At(Scale scale)
    {
        Experiment start = Baselines.StemDetector(scale).WithBackbone<ResidualSpec>(backbone => backbone with { Stem = Stems[0] });
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Detector.Backbone.Stem"], start,
            [.. from stem in Stems select start.Vary(e => e.WithBackbone<ResidualSpec>(backbone => backbone with { Stem = stem }))]);
    }
}
