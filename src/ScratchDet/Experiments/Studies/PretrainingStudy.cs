using ScratchDet.Training;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// What is pre-training worth? From scratch, and from backbones that have named single shapes for longer and longer: a
/// stand-in for ImageNet that runs anywhere. With --weights FILE the pre-trained arms take that checkpoint.
/// </summary>
public static class PretrainingStudy
{
    public static Study Study { get; } = new(
        "pretraining",
        "What does a backbone that was trained to classify give a detector, and how much of it does the detector learn by itself?",
        "Rethinking ImageNet Pre-training (arXiv 1811.08883); pre-training here is a stand-in, the classification of single shapes",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.Higher("A pre-trained backbone gives a better detector after the same steps", "the premise that Rethinking ImageNet Pre-training (arXiv 1811.08883) examines",
                e => e.Start == StartWeights.Pretrained, e => e.Start == StartWeights.Random),
        ],
    };

    private static Ablation<Experiment> At(Scale scale)
    {
        Experiment start = Baselines.TransferDetector(scale);
        int[] steps = scale switch { Scale.Minutes => [150, 500, 1500], Scale.Seconds => [2, 4], _ => [start.Pretrain.Iterations] };
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, scale == Scale.Paper ? ["Start"] : ["Start", "Pretrain.Iterations"], start,
            [start.Vary(e => e),
             .. from length in steps select start.Vary(e => e with { Start = StartWeights.Pretrained, Pretrain = e.Pretrain with { Iterations = length } })]);
    }
}
