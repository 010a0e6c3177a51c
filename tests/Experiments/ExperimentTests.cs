using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Models;
using ScratchDet.Runs;
using TorchSharp.Modules;

namespace ScratchDet.Tests.Experiments;

public class ExperimentTests
{
    private static Ablation<Experiment> Study => BatchNormPlacement.Study.At(Scale.Seconds);

    [Theory]
    [InlineData("Loss.Beta=-1", "Loss.Beta is -1")]
    [InlineData("Loss.NegativesPerPositive=-1", "Loss.NegativesPerPositive is -1")]
    [InlineData("Augment.Normalization.DeviationRed=0", "Augment.Normalization.DeviationRed is 0")]
    [InlineData("Augment.Expand.MaximumRatio=1e6", "Augment.Expand.MaximumRatio is 1000000")]
    [InlineData("Augment.Crop.Trials=2000000000", "Augment.Crop.Trials is 2000000000")]
    [InlineData("Augment.Crop.MinimumAspectRatio=3", "Augment.Crop: MinimumAspectRatio 3 is above MaximumAspectRatio 2")]
    [InlineData("Augment.Photometric.ContrastLower=2", "Augment.Photometric: ContrastLower 2 is above ContrastUpper 1.5")]
    [InlineData("Augment.Mirror.Probability=1.5", "Augment.Mirror.Probability is 1.5")]
    [InlineData("Train.DropsAt=5", "an item of Train.DropsAt is 5")]
    [InlineData("Train.DropsAt=0.8,0.5", "Train: DropsAt does not ascend: 0.5 after 0.8")]
    [InlineData("Match.NegativeIouThreshold=0.9", "Match: NegativeIouThreshold 0.9 is above PositiveIouThreshold 0.5")]
    [InlineData("Detector.Backbone.BlocksPerStage=2,0,2", "an item of Detector.Backbone.BlocksPerStage is 0")]
    [InlineData("Detector.Backbone.BlocksPerStage=1,1,1,1,1,1,1,1,1", "Detector.Backbone.BlocksPerStage has more than eight stages")]
    [InlineData("Detector.Backbone.BlocksPerStage=2", "Detector: no stage reaches stride 8: more stages are needed")]
    [InlineData("Detector.Boxes.Sizes=10,20", "Detector: 2 box sizes for 4 detection maps (20, 10, 5, 3); one more than maps is needed")]
    [InlineData("Detector.Boxes.Sizes=50,40,30,20,10", "Detector: default boxes of map 1: max size 40, which is not above min size 50")]
    [InlineData("Detector.Boxes.BoxesPerCell=5", "Detector: 5 boxes per cell; 4, 6 or 8 are possible")]
    [InlineData("Detector.Boxes.MapSides=20,10,5,2", "Detector: ")]
    [InlineData("Data.TrainSplit=a/b", "Data.TrainSplit names no image set")]
    public void A_value_that_cannot_be_is_refused_before_data_is_opened(string assignment, string message)
    {
        SpecException refused = Assert.Throws<SpecException>(() => Study.Set(assignment));
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_variant_is_checked_not_the_base_alone()
    {
        Ablation<Experiment> study = Study with
        {
            Variants = [.. Study.Variants, Study.Base.Vary(spec => spec with { Detector = spec.Detector with { Boxes = BoxLayout.Of(10, 20) } })],
        };
        Assert.Throws<SpecException>(() => study.Set("Train.Steps=3"));
    }

    [Theory]
    [InlineData(Scale.Seconds)]
    [InlineData(Scale.Minutes)]
    public void The_studies_themselves_are_in_range(Scale scale) =>
        Assert.All(AllStudies.List, study => Experiment.Validate([.. study.At(scale).Variants.Select(variant => variant.Experiment)]));

    [Fact]
    public void The_numbers_of_batch_norm_reach_every_layer_of_their_part()
    {
        Experiment experiment = SpecEdit.SetAssignment(Study.Base, "Detector.Norm=EverywhereAsInCaffe");
        experiment = SpecEdit.SetAssignment(experiment, "Detector.Norm.Epsilon=0.25");
        using var detector = new Detector(experiment.Detector, 3);
        Assert.All(Norms(detector.Backbone), norm => Assert.Equal((0.25, 0.001), (norm.eps, norm.momentum)));
        Assert.All(Norms(detector.Head), norm => Assert.Equal((0.001, 0.001), (norm.eps, norm.momentum)));
        Assert.NotEmpty(Norms(detector.Backbone));
        Assert.NotEmpty(Norms(detector.Head));

        static BatchNorm2d[] Norms(TorchSharp.torch.nn.Module part) => [.. part.modules().OfType<BatchNorm2d>()];
    }

    [Theory]
    [InlineData(2L << 30, 1L << 29)]
    [InlineData(64L << 30, 4L << 30)]
    public void The_image_cache_leaves_most_of_the_memory_to_training(long memoryBytes, long cacheBytes) =>
        Assert.Equal(cacheBytes, StudyRunner.CachedImageBytes(memoryBytes));
}
