using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Runs;
using ScratchDet.Tests.Training;
using ScratchDet.Training;

namespace ScratchDet.Tests.Experiments;

[Collection("threads")]
public sealed class StudyTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-studies-").FullName;

    public static TheoryData<string, Scale> EveryStudyAtEveryScale =>
        [.. AllStudies.List.SelectMany(study => Enum.GetValues<Scale>().Select(scale => new TheoryDataRow<string, Scale>(study.Name, scale)))];

    public static TheoryData<string, string> EveryVariant =>
        [.. AllStudies.List.SelectMany(study => study.At(Scale.Seconds).Variants.Select(variant => new TheoryDataRow<string, string>(study.Name, variant.Name)))];

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [MemberData(nameof(EveryStudyAtEveryScale))]
    public void Every_variant_differs_from_its_base_in_the_declared_factors_only(string study, Scale scale) =>
        Assert.Empty(AllStudies.Find(study).At(scale).Violations());

    [Theory]
    [MemberData(nameof(EveryStudyAtEveryScale))]
    public void Every_variant_builds_at_every_scale_and_survives_json(string study, Scale scale)
    {
        foreach (Variant<Experiment> variant in AllStudies.Find(study).At(scale).Variants)
        {
            DetectorSpec detector = variant.Experiment.Detector;
            using Backbone backbone = detector.Backbone.Build(detector.Norm);
            Assert.True(detector.Boxes.ForMaps(detector.ImageSize, backbone.MapSides(detector.ImageSize)).Count > 0);
            Experiment read = SpecJson.Read<Experiment>(SpecJson.Write(variant.Experiment), "spec.json");
            Assert.Equal(SpecPaths.Flatten(variant.Experiment), SpecPaths.Flatten(read));
        }
    }

    [Theory]
    [MemberData(nameof(EveryVariant))]
    public void Every_variant_takes_two_finite_steps(string study, string variant)
    {
        Experiment experiment = AllStudies.Find(study).At(Scale.Seconds)[variant].Experiment;
        experiment = experiment with
        {
            Data = SmallRuns.Base.Data with { Fraction = experiment.Data.Fraction },
            Train = experiment.Train with { Steps = 2, Precision = Precision.Float32 },
        };
        RunStore store = RunStore.Open(root);
        RunOutcome outcome = SmallRuns.Run(store, experiment);
        Assert.Equal(new RunOutcome(RunState.Done, 2), outcome);
        Assert.All(SmallRuns.FolderOf(store, experiment).Steps(), step => Assert.True(double.IsFinite(step.Loss) && double.IsFinite(step.GradientNormL2!.Value)));
    }

    [Theory]
    [MemberData(nameof(EveryStudyAtEveryScale))]
    public void The_rate_rises_to_its_full_height_before_it_drops(string study, Scale scale) => Assert.All(AllStudies.Find(study).At(scale).Variants, variant =>
    {
        TrainSpec train = variant.Experiment.Train;
        Assert.Contains(train.LearningRate, Enumerable.Range(0, train.Steps).Select(step => train.LearningRateAt(step)));
    });

    [Fact]
    public void The_batch_norm_study_has_the_eighteen_cells_of_the_paper()
    {
        Ablation<Experiment> paper = BatchNormPlacement.Study.At(Scale.Paper);
        Assert.Equal(18, paper.Variants.Select(variant => variant.Name).Distinct().Count());
        Assert.Equal([0.001, 0.01, 0.05], paper.Variants.Select(variant => variant.Experiment.Train.LearningRate).Distinct());
        Assert.Contains("Norm.Backbone=Batch Head=Batch LearningRate=0.05", paper.Variants.Select(variant => variant.Name));
    }

    [Fact]
    public void A_study_that_needs_images_says_so()
    {
        SpecException error = Assert.Throws<SpecException>(() => ExperimentData.Open(new DataSpec(), null, root, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }
}
