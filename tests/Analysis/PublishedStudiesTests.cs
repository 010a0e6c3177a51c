using ScratchDet.Analysis;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;

namespace ScratchDet.Tests.Analysis;

public class PublishedStudiesTests
{
    [Fact]
    public void The_batch_norm_study_has_the_eighteen_cells_of_table_1()
    {
        IReadOnlyList<PublishedArm?> arms = PublishedStudies.Of(BatchNormPlacement.Study);
        Assert.Equal(18, arms.OfType<PublishedArm>().Count());
        // Rows: nowhere, head, backbone, everywhere, then pre-trained with the head's and with everywhere; columns: the three rates.
        double[] expected = [67.6, double.NaN, double.NaN, 71.0, 75.6, double.NaN, 72.8, 77.8, 78.0, 71.8, 77.3, 78.7, 77.1, 76.9, double.NaN, 77.6, 78.2, 75.5];
        Assert.Equal(expected, arms.Select(arm => arm!.Result.Value));
    }

    [Fact]
    public void The_other_studies_have_the_numbers_that_could_be_read()
    {
        Assert.Equal([73.1, 75.3, 77.6, 78.5], Values(FirstStride.Study));
        Assert.Equal([77.6, null, null, null, 78.5], Values(RootBlock.Study));
        Assert.Equal([80.4, 80.4], Values(ExtraLayersStudy.Study));
        Assert.Equal([67.6, null, double.NaN, double.NaN, null, 71.8, null, 77.3, 78.7, null], Values(LearningRates.Study));
        Assert.Equal([null, 36.8, 39.5, 40.6, 41.3, null, 40.3, 40.8, 40.9, 41.1], Values(ScheduleLength.Study));
        Assert.Equal([41.3, 36.3, 25.9, 9.3, 3.5, 41.1, 36.3, 26.0, 16.0, 9.9], Values(DataSize.Study));
        Assert.Equal([77.5, 77.1, 79.5, 80.6], Values(InputSize.Study));
        Assert.Equal([65.5, null, null, 74.3, 77.2], Values(AugmentationStudy.Study));
    }

    [Fact]
    public void Every_number_says_what_it_measures_and_where_it_stands() =>
        Assert.All(AllStudies.List.SelectMany(PublishedStudies.Of).OfType<PublishedArm>(), arm =>
        {
            Assert.NotEmpty(arm.Metric);
            Assert.NotEmpty(arm.Result.Source);
        });

    [Fact]
    public void Every_variant_at_paper_scale_has_a_place() =>
        Assert.All(AllStudies.List, study => Assert.Equal(study.At(Scale.Paper).Variants.Count, PublishedStudies.Of(study).Count));

    private static double?[] Values(Study study) => [.. PublishedStudies.Of(study).Select(arm => arm?.Result.Value)];
}
