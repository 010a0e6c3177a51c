using ScratchDet.Evaluation;

namespace ScratchDet.Tests.Evaluation;

public class AveragePrecisionTests
{
    [Fact]
    public void Eleven_points_and_area_differ_on_the_same_curve()
    {
        // One of two objects found first, then a false positive, then the other: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1.
        // 11-point: six levels up to 0.5 have 1, five have 2/3: (6 + 10/3) / 11. Area: 1/2 * 1 + 1/2 * 2/3.
        double[] recall = [0.5, 0.5, 1], precision = [1, 0.5, 2.0 / 3];
        Assert.Equal((6 + 10.0 / 3) / 11, AveragePrecision.ElevenPoint(recall, precision), 1e-15);
        Assert.Equal(0.5 + 1.0 / 3, AveragePrecision.Area(recall, precision), 1e-15);
    }

    [Fact]
    public void A_later_higher_precision_counts_for_lower_recalls_too()
    {
        // precision 1/4 at recall 1/4, then 3/4 at recall 3/4: 3/4 everywhere up to 3/4: levels 0 to 0.7 are eight.
        double[] recall = [0.25, 0.75], precision = [0.25, 0.75];
        Assert.Equal(8 * 0.75 / 11, AveragePrecision.ElevenPoint(recall, precision), 1e-15);
        Assert.Equal(0.75 * 0.75, AveragePrecision.Area(recall, precision), 1e-15);
    }

    [Theory]
    [InlineData(1, 2)] // levels 0 and 0.1
    [InlineData(2, 3)]
    [InlineData(3, 3)] // the devkit's fourth level is 3 * 0.1 = 0.30000000000000004, above 3 / 10
    [InlineData(4, 5)]
    [InlineData(5, 6)]
    [InlineData(6, 7)] // the seventh is 1 - 4 * 0.1 = 0.6
    [InlineData(7, 8)]
    [InlineData(8, 9)]
    [InlineData(9, 10)]
    [InlineData(10, 11)]
    public void A_recall_of_whole_tenths_reaches_the_levels_of_the_devkit(int found, int levels) =>
        Assert.Equal(levels / 11.0, AveragePrecision.ElevenPoint([found / 10.0], [1.0]), 1e-15);

    [Fact]
    public void No_detection_gives_0()
    {
        Assert.Equal(0, AveragePrecision.ElevenPoint([], []));
        Assert.Equal(0, AveragePrecision.Area([], []));
        Assert.Throws<ArgumentException>(() => AveragePrecision.Area([1], []));
    }
}
