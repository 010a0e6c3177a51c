using ScratchDet.Data.Augment;
using ScratchDet.Models;
using ScratchDet.Training;

namespace ScratchDet.Experiments.Studies;

/// <summary>
/// Which augmentation is worth what? SSD's own parts one after the other: mirror alone, crops, photometric distortion, expansion
/// ("zoom out"). SSD (arXiv 1512.02325), tables 2 and 6, which are about pre-trained nets.
/// </summary>
public static class AugmentationStudy
{
    public static Study Study { get; } = new(
        "augmentation",
        "What do crops, colours and expansion give a detector, and how many steps do they need before they do?",
        "SSD (arXiv 1512.02325), tables 2 and 6",
        At,
        scale => scale == Scale.Paper)
    {
        Claims =
        [
            Claim.Higher("Crops and colours help", "SSD (arXiv 1512.02325), table 2: 65.5 to 74.3", e => Is(e, true, true, false), e => Is(e, false, false, false)),
            Claim.Higher("Expansion helps on top of them", "SSD, table 6: 74.3 to 77.2, with twice the steps", e => Is(e, true, true, true), e => Is(e, true, true, false)),
        ],
    };

    private static bool Is(Experiment experiment, bool crop, bool distort, bool expand) =>
        (experiment.Augment.Crop.Enabled, experiment.Augment.Photometric.Enabled, experiment.Augment.Expand.Enabled) == (crop, distort, expand);

    private static Ablation<Experiment> At(Scale scale)
    {
        Experiment start = Baselines.PlainDetector(scale);
        start = scale == Scale.Paper
            ? start with { Detector = ModelPresets.Find("ssd300-vgg16")!.Spec, Start = StartWeights.Pretrained, Train = start.Train with { BatchSize = 32 } }
            : start with { Detector = start.Detector with { Norm = NormPlacement.Everywhere }, Train = start.Train with { LearningRate = 0.04 } };
        AugmentSpec none = start.Augment with
        {
            Photometric = start.Augment.Photometric with { Enabled = false },
            Crop = start.Augment.Crop with { Enabled = false },
            Expand = start.Augment.Expand with { Enabled = false },
        };
        start = start with { Augment = none };
        return new Ablation<Experiment>(
            Study.Name, Study.Question, Study.Source, ["Augment.Crop.Enabled", "Augment.Photometric.Enabled", "Augment.Expand.Enabled"], start,
            [
                Parts(crop: false, distort: false, expand: false), Parts(crop: true, distort: false, expand: false),
                Parts(crop: false, distort: true, expand: false), Parts(crop: true, distort: true, expand: false),
                Parts(crop: true, distort: true, expand: true),
            ]);

        Variant<Experiment> Parts(bool crop, bool distort, bool expand) => start.Vary(e => e with
        {
            Augment = none with
            {
                Photometric = none.Photometric with { Enabled = distort },
                Crop = none.Crop with { Enabled = crop },
                Expand = none.Expand with { Enabled = expand },
            },
        });
    }
}
