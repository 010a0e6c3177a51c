using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook.Views;

/// <summary>What the papers did, worked out from their iterations, batches and the sizes of their training sets.</summary>
public sealed class ScheduleTableTests
{
    [Theory]
    // 120,000 * 128 / 16,551 images.
    [InlineData("batchnorm-placement", 0, "300|120,000|128|15,360,000|928.0|0.001|none|80,000, 100,000|random")]
    [InlineData("batchnorm-placement", 17, "300|120,000|128|15,360,000|928.0|0.05|none|80,000, 100,000|pre-trained")]
    // 100,000 * 16 * 8 / 16,551.
    [InlineData("first-stride", 3, "300|100,000|16 x 8|12,800,000|773.4|0.05|none|40,000, 75,000, 90,000|random")]
    [InlineData("root-block", 0, "300|100,000|16 x 8|12,800,000|773.4|0.05|none|40,000, 75,000, 90,000|random")]
    // "1x": 90k iterations of 16 images are 45k of 32; 1,440,000 / 118,287. It drops 30k and 10k before the end.
    [InlineData("schedule-length", 0, "300|45,000|32|1,440,000|12.2|0.01|500|15,000, 35,000|random")]
    [InlineData("schedule-length", 4, "300|270,000|32|8,640,000|73.0|0.01|500|240,000, 260,000|random")]
    // One in a hundred of COCO's images: 1,183.
    [InlineData("data-size", 9, "300|270,000|32|8,640,000|7303.5|0.01|500|240,000, 260,000|pre-trained")]
    // As many images as the others for each batch size: 100,000 * 128 / 2; the rate 0.05 * 2 / 128.
    [InlineData("norm-kind", 0, "300|6,400,000|2|12,800,000|773.4|0.00078125|none|2,560,000, 4,800,000, 5,760,000|random")]
    [InlineData("input-size", 3, "513|120,000|32|3,840,000|232.0|0.001|none|80,000, 100,000|pre-trained")]
    public void The_paper_scale_is_the_papers_schedule(string study, int place, string expected)
    {
        IReadOnlyList<Variant<Experiment>> variants = AllStudies.Find(study).At(Scale.Paper).Variants;
        TextTable table = ScheduleTable.Of([variants[place]], experiment => KnownSets.Images(experiment.Data.TrainSplit));
        Assert.Equal(expected, string.Join('|', Assert.Single(table.Rows).Skip(1)));
    }

    [Fact]
    public void Every_arm_of_a_paper_has_passes_over_a_set_of_known_size() => Assert.All(
        AllStudies.List.Where(study => study.NeedsFolder(Scale.Paper) && study != FirstLight.Study).SelectMany(study => study.At(Scale.Paper).Variants),
        variant => Assert.NotNull(KnownSets.Images(variant.Experiment.Data.TrainSplit)));
}
