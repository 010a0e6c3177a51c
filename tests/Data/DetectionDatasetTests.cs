using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Tests.Data;

public sealed class DetectionDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Class 0 is in every image, class 1 in every hundredth.
    private static DetectionDataset Common(int count) => new(["common", "rare"],
    [
        .. Enumerable.Range(0, count).Select(i => new Sample($"{i}", $"{i}.jpg", 10, 10, i % 100 == 0
            ? [Object(0), Object(1), Object(1)]
            : [Object(0)])),
    ]);

    private static ObjectAnnotation Object(int classIndex) => new(classIndex, new Box(1, 1, 5, 5));

    [Fact]
    public void Smaller_fractions_are_contained_in_larger_ones()
    {
        DetectionDataset data = Common(1000);
        string[] Ids(double fraction, ulong seed = 4) => [.. data.Fraction(fraction, seed).Samples.Select(sample => sample.Id)];
        Assert.Equal(10, Ids(0.01).Length);
        Assert.Equal(100, Ids(0.1).Length);
        Assert.Subset(Ids(0.1).ToHashSet(), Ids(0.01).ToHashSet());
        Assert.Subset(Ids(0.3).ToHashSet(), Ids(0.1).ToHashSet());
        Assert.Equal(Ids(0.1), Ids(0.1));
        Assert.NotEqual(Ids(0.1), Ids(0.1, seed: 5));
        Assert.Equal(Ids(0.1).OrderBy(int.Parse), Ids(0.1));
        Assert.Equal(data.Samples, data.Fraction(1, 4).Samples);
        Assert.Single(Ids(1e-9));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_fraction_is_above_0_and_at_most_1(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Common(10).Fraction(fraction, 1));

    [Fact]
    public void A_list_chooses_images_in_its_order()
    {
        DetectionDataset data = Common(10);
        Assert.Equal(["7", "2"], data.Only(folder.Write("list.txt", "7\n2\n")).Samples.Select(sample => sample.Id));
        BadInputException bad = Assert.Throws<BadInputException>(() => data.Only(folder.Write("bad.txt", "7\n12\n")));
        Assert.Contains("'12'", bad.What, StringComparison.Ordinal);
        Assert.Throws<BadInputException>(() => data.Only(folder.At("none.txt")));
        Assert.Throws<BadInputException>(() => data.Only(folder.Write("empty.txt", "")));
    }

    [Fact]
    public void Repeat_factors_follow_the_share_of_images_of_the_rarest_class()
    {
        // 2 of 200 images hold class 1: sqrt(0.04 / 0.01) = 2. Class 0 is everywhere: max(1, sqrt(0.04)) = 1.
        double[] factors = Common(200).RepeatFactors(0.04);
        Assert.Equal(2, factors[0], 12);
        Assert.Equal(2, factors[100], 12);
        Assert.Equal(198, factors.Count(factor => factor == 1));
        Assert.Equal(202, Common(200).RepeatRare(0.04, seed: 1).Samples.Count);
    }

    [Fact]
    public void The_fractional_part_of_a_repeat_factor_is_a_probability()
    {
        // 100 of 10,000 images with factor sqrt(0.0225 / 0.01) = 1.5: half of them twice, give or take 5 standard deviations.
        int extra = Common(10_000).RepeatRare(0.0225, seed: 9).Samples.Count - 10_000;
        Assert.InRange(extra, 25, 75);
        Assert.Equal(extra, Common(10_000).RepeatRare(0.0225, seed: 9).Samples.Count - 10_000);
    }
}
