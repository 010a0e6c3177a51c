using ScratchDet.Models.Backbones;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// What should the first convolutions at full resolution be? One, two or three of 3x3, one of 5x5, one of 7x7: ScratchDet's
/// root block and what it replaces. The paper's numbers are known for 7x7 and for three 3x3 only.
/// </summary>
public static class RootBlock
{
    private static readonly (int Convolutions, int Kernel)[] Roots = [(1, 7), (1, 5), (1, 3), (2, 3), (3, 3)];

    public static Study Study { get; } = new(
        "root-block",
        "Which convolutions should see the image at full resolution: one large kernel, or a root block of small ones?",
        "ScratchDet (arXiv 1810.08425), the root block of Root-ResNet-18",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.Higher("Three 3x3 are better than one 7x7", "ScratchDet (arXiv 1810.08425), Root-ResNet-18 study: 77.6 to 78.5", e => Is(e, 3, 3), e => Is(e, 1, 7)),
            Claim.Higher("Three 3x3 are better than one 3x3", "ScratchDet, root block; the paper's number was not found", e => Is(e, 3, 3), e => Is(e, 1, 3)),
        ],
    };

    private static bool Is(Experiment experiment, int convolutions, int kernel) =>
        experiment.Detector.Backbone is ResidualSpec backbone && (backbone.RootConvolutions, backbone.RootKernel) == (convolutions, kernel);

    private static Ablation<Experiment> At(Scale scale)
    {
        Experiment start = WithRoot(Baselines.StemDetector(scale), Roots[0]);
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Detector.Backbone.RootConvolutions", "Detector.Backbone.RootKernel"], start,
            [.. from root in Roots select start.Vary(e => WithRoot(e, root))]);
    }

    private static Experiment WithRoot(Experiment experiment, (int Convolutions, int Kernel) root) => experiment.WithBackbone<ResidualSpec>(
        backbone => backbone with { Stem = StemKind.Root, RootConvolutions = root.Convolutions, RootKernel = root.Kernel });
}
