using ScratchDet.Analysis;

namespace ScratchDet.Tests.Analysis;

public class PublishedResultsTests
{
    [Theory]
    [InlineData(false, false, 0.001, false, 67.6, Confidence.High)]
    [InlineData(false, true, 0.001, false, 71.0, Confidence.High)]
    [InlineData(true, false, 0.001, false, 72.8, Confidence.High)]
    [InlineData(false, false, 0.01, false, double.NaN, Confidence.High)]
    [InlineData(true, false, 0.01, false, 77.8, Confidence.High)]
    [InlineData(false, true, 0.05, false, double.NaN, Confidence.Medium)]
    [InlineData(true, true, 0.05, false, 78.7, Confidence.High)]
    [InlineData(true, true, 0.05, true, 75.5, Confidence.Medium)]
    [InlineData(false, true, 0.01, true, 76.9, Confidence.Low)]
    public void A_setting_has_its_published_map(bool backbone, bool head, double rate, bool pretrained, double mapPercent, Confidence confidence)
    {
        PublishedValue found = Assert.IsType<PublishedValue>(PublishedResults.ScratchDetTable1Map(backbone, head, rate, pretrained));
        Assert.Equal((mapPercent, confidence), (found.Value, found.Confidence));
        Assert.Equal(double.IsNaN(mapPercent), found.Diverged);
    }

    [Fact]
    public void A_setting_outside_the_table_has_none()
    {
        Assert.Null(PublishedResults.ScratchDetTable1Map(false, false, 0.02, pretrained: false));
        Assert.Null(PublishedResults.ScratchDetTable1Map(true, false, 0.01, pretrained: true));
    }

    [Fact]
    public void The_table_is_whole()
    {
        Assert.Equal(Enumerable.Range(1, 18), PublishedResults.ScratchDetTable1.Select(column => column.Column));
        Assert.Equal([5, 11, 17], PublishedResults.ScratchDetTable1.Where(column => column.BatchNormInBackbone is null).Select(column => column.Column));
        Assert.Equal([7, 13, 14, 17], PublishedResults.ScratchDetTable1.Where(column => column.Result.Diverged).Select(column => column.Column));
        // The sum of the 14 printed numbers.
        Assert.Equal(1055.9, PublishedResults.ScratchDetTable1.Where(column => !column.Result.Diverged).Sum(column => column.Result.Value), 1e-9);
        Assert.All(PublishedResults.ScratchDetTable1, column => Assert.Contains("Table 1", column.Result.Source));
    }
}
