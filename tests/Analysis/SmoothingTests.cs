using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Analysis;

namespace ScratchDet.Tests.Analysis;

public class SmoothingTests
{
    [Fact]
    public void The_moving_average_is_free_of_the_pull_towards_zero()
    {
        // decay 0.5: 0.5*8 = 4, over 0.5 -> 8; then 0.5*4 + 0.5*2 = 3, over 0.75 -> 4; then 0.5*3 + 0.5*5 = 4, over 0.875.
        Assert.Equal([8, 4, 4 / 0.875], Smoothing.ExponentialMovingAverage([8, 2, 5], decay: 0.5));
        Assert.Equal([1.5, -2, 7], Smoothing.ExponentialMovingAverage([1.5, -2, 7], decay: 0));
    }

    [Fact]
    public void A_value_that_is_not_finite_is_a_gap_and_does_not_spoil_the_rest() =>
        Assert.Equal([8, double.NaN, 4, double.NaN], Smoothing.ExponentialMovingAverage([8, double.NaN, 2, double.PositiveInfinity], decay: 0.5));

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_decay_outside_zero_to_one_is_refused(double decay) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Smoothing.ExponentialMovingAverage([1], decay));

    [Fact]
    public void The_average_stays_between_the_smallest_and_the_largest_value() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat[]>(), numbers =>
        {
            double[] values = [.. numbers.Select(number => number.Item % 1e6)];
            return Smoothing.ExponentialMovingAverage(values, 0.9).All(average => average >= values.Min() - 1e-6 && average <= values.Max() + 1e-6);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cubic_is_found_again_exactly_even_at_large_step_numbers()
    {
        static double Cubic(double step) => 2 - (3e-5 * step) + (4e-10 * step * step) - (1e-15 * step * step * step);
        double[] steps = [.. Enumerable.Range(0, 120).Select(index => 1000.0 * index)];
        PolynomialFit fit = Smoothing.Polynomial(steps, [.. steps.Select(Cubic)]);
        Assert.All(steps, step => Assert.Equal(Cubic(step), fit.At(step), 1e-9));
    }

    [Fact]
    public void The_line_through_three_points_is_that_of_least_squares()
    {
        // y = 0, 0, 3 at 0, 1, 2: mean 1, slope sum((x-1)(y-1)) / sum((x-1)^2) = (1 + 2) / 2 = 1.5.
        PolynomialFit fit = Smoothing.Polynomial([0, 1, 2, 3], [0, 0, 3, double.NaN], degree: 1);
        Assert.Equal(-0.5, fit.At(0), 1e-12);
        Assert.Equal(4, fit.At(3), 1e-12);
    }

    [Fact]
    public void Too_few_points_lower_the_degree_and_none_gives_nothing()
    {
        Assert.Equal(5, Smoothing.Polynomial([7, 7], [4, 6]).At(100), 1e-12);
        Assert.Equal(3, Smoothing.Polynomial([1, 2], [1, 2]).At(3), 1e-12);
        Assert.True(double.IsNaN(Smoothing.Polynomial([], []).At(1)));
        Assert.True(double.IsNaN(Smoothing.Polynomial([1], [double.NaN]).At(1)));
        Assert.Throws<ArgumentException>(() => Smoothing.Polynomial([1], []));
    }

    [Fact]
    public void Fluctuation_is_the_size_of_the_change_from_the_step_before() =>
        Assert.Equal([double.NaN, 3, 1.5], Smoothing.Fluctuation([1, 4, 2.5]));

    [Theory]
    [InlineData("lr 0.001 no BN")]
    [InlineData("lr 0.001 BN in head")]
    [InlineData("lr 0.01 BN in head")]
    public void The_smoothed_curves_of_the_scratchdet_figure_are_cubics(string run)
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "scratchdet_fluctuation_curves.csv"))
            .Where(line => !line.StartsWith('#')).Skip(1).Select(line => line.Split(',')).Where(row => row[1] == run)];
        double[] steps = [.. rows.Select(row => double.Parse(row[0], CultureInfo.InvariantCulture))];
        double[] values = [.. rows.Select(row => double.Parse(row[2], CultureInfo.InvariantCulture))];
        Assert.InRange(steps.Length, 12, 20);
        double Residual(int degree) => Smoothing.Polynomial(steps, values, degree).At(steps).Zip(values, (fit, value) => Math.Abs(fit - value)).Max();
        Assert.InRange(Residual(degree: 3), 0, 0.01);
        Assert.InRange(Residual(degree: 2), 0.02, 1);
    }
}
