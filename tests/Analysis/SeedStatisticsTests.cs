using ScratchDet.Analysis;

namespace ScratchDet.Tests.Analysis;

public class SeedStatisticsTests
{
    [Fact]
    public void The_interval_uses_students_t_and_the_unbiased_deviation()
    {
        // 70, 71, 72: mean 71, s = 1, t(0.975, 2) = 4.302653: 4.302653 / sqrt(3) = 2.484138.
        SeedStatistics three = SeedStatistics.Of([70, 71, 72]);
        Assert.Equal(71, three.Mean, 1e-12);
        Assert.Equal(2.484138, three.HalfWidth95, 1e-6);
        // 1, 3: mean 2, s = sqrt(2), t(0.975, 1) = 12.706205: half width 12.706205.
        Assert.Equal(12.706205, SeedStatistics.Of([1, 3]).HalfWidth95, 1e-6);
        Assert.Equal(0, SeedStatistics.Of([5, 5, 5]).HalfWidth95);
    }

    [Fact]
    public void One_value_has_no_interval_and_none_no_mean()
    {
        Assert.Equal(new SeedStatistics(0.7, double.NaN, 1), SeedStatistics.Of([0.7]));
        Assert.Equal(new SeedStatistics(double.NaN, double.NaN, 0), SeedStatistics.Of([]));
    }
}
