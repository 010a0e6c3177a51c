using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class AxisScaleTests
{
    [Theory]
    [InlineData(0, 100, false, "0 20 40 60 80 100")]
    [InlineData(0, 0.3, false, "0 0.1 0.2 0.3")]
    [InlineData(1, 1000, true, "1 10 100 1k")]
    [InlineData(0.001, 0.05, true, "0.001 0.01")]
    [InlineData(0.5, 6, true, "0.5 1 2 5")]
    [InlineData(1e-8, 1e8, true, "1e-8 0.0001 1 10k 100M")]
    [InlineData(4, 9, true, "4 5 6 7 8 9")]
    public void Ticks_are_round_numbers(double low, double high, bool isLog, string ticks) =>
        Assert.Equal(ticks, string.Join(' ', AxisScale.Over([low, high], isLog, padded: false).Ticks(wanted: 5).Select(Markup.Tick)));

    [Theory]
    [InlineData(0.7, 1)]
    [InlineData(1, 1)]
    [InlineData(1.1, 2)]
    [InlineData(2.2, 2.5)]
    [InlineData(30, 50)]
    [InlineData(0.06, 0.1)]
    public void Steps_are_one_two_two_and_a_half_or_five_times_a_power_of_ten(double step, double round) =>
        Assert.Equal(round, AxisScale.RoundStep(step), 1e-12);

    [Fact]
    public void An_axis_over_one_value_has_room_around_it()
    {
        Assert.Equal(0.5, AxisScale.Over([3], isLog: false, padded: true).Place(3), 1e-9);
        Assert.Equal(0.5, AxisScale.Over([0], isLog: false, padded: true).Place(0), 1e-9);
        Assert.Equal(0.5, AxisScale.Over([3], isLog: true, padded: true).Place(3), 1e-9);
    }

    [Fact]
    public void An_axis_may_end_where_it_is_told_even_beyond_all_data()
    {
        AxisScale scale = AxisScale.Over([5, 6], new ChartAxis { High = 2 }, padded: true);
        Assert.Equal(2, scale.High);
        Assert.True(scale.Low < 2);
        Assert.Equal((10, 20), (AxisScale.Over([1, 15, 90], new ChartAxis { Low = 10, High = 20 }, padded: true) is var both ? both.Low : 0, both.High));
    }

    [Fact]
    public void Ticks_rise_lie_on_the_axis_and_are_neither_too_few_nor_too_many() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(NormalFloat, NormalFloat, bool)>(), range =>
        {
            (double first, double second) = (range.Item1.Get, range.Item2.Get);
            if (Math.Abs(first) > 1e100 || Math.Abs(second) > 1e100) return;
            // Numbers that only differ in their last digits have no round number between them.
            if (Math.Abs(first - second) <= 1e-9 * Math.Max(Math.Abs(first), Math.Abs(second))) return;
            double[] values = range.Item3 ? [Math.Abs(first) + 1e-300, Math.Abs(second) + 1e-300] : [first, second];
            AxisScale scale = AxisScale.Over(values, range.Item3, padded: true);
            IReadOnlyList<double> ticks = scale.Ticks(wanted: 5);
            Assert.InRange(ticks.Count, 2, 9);
            Assert.All(ticks, tick => Assert.InRange(scale.Place(tick), -1e-6, 1 + 1e-6));
            for (int index = 1; index < ticks.Count; index++) Assert.True(ticks[index] > ticks[index - 1]);
            foreach (double value in values) Assert.InRange(scale.Place(value), -1e-9, 1 + 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_place_and_its_value_are_each_others_reverse() =>
        Prop.ForAll(Gen.Choose(0, 1000).ToArbitrary(), thousandths =>
        {
            foreach (bool isLog in new[] { false, true })
            {
                AxisScale scale = AxisScale.Over([0.02, 7000], isLog, padded: true);
                Assert.Equal(thousandths / 1000.0, scale.Place(scale.Value(thousandths / 1000.0)), 1e-9);
            }
        }).QuickCheckThrowOnFailure();
}
