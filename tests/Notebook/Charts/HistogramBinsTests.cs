using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class HistogramBinsTests
{
    [Fact]
    public void Edges_are_round_and_a_value_on_an_edge_belongs_above_it()
    {
        HistogramBins bins = HistogramBins.Over([[0.05, 0.1, 0.3, 0.3, 0.62]], isLog: false, wanted: 6);
        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], bins.Edges.Select(edge => Math.Round(edge, 12)).Prepend(0).Distinct());
        Assert.Equal([1, 1, 0, 2, 0, 0, 1], bins.Count([0.05, 0.1, 0.3, 0.3, 0.62]));
    }

    [Fact]
    public void Logarithmic_bins_have_one_ratio_and_leave_out_what_has_no_logarithm()
    {
        HistogramBins bins = HistogramBins.Over([[1, 10, 100, 0, -5, double.NaN]], isLog: true, wanted: 2);
        Assert.Equal([1, 10, 100], bins.Edges);
        Assert.Equal([1, 2], bins.Count([1, 10, 100, 0, -5, double.NaN]));
    }

    [Fact]
    public void No_values_have_no_bins_and_equal_values_have_one()
    {
        Assert.Empty(HistogramBins.Over([[double.NaN]], isLog: false, wanted: null).Edges);
        Assert.Empty(HistogramBins.Over([], isLog: false, wanted: null).Count([1]));
        Assert.Equal([3], HistogramBins.Over([[7, 7, 7]], isLog: false, wanted: 20).Count([7, 7, 7]));
    }

    [Fact]
    public void The_rule_of_freedman_and_diaconis_chooses_the_width()
    {
        // 1000 values evenly in 0..1: quartiles 0.5 apart, width 2 * 0.5 / 10 = 0.1.
        double[] values = [.. Enumerable.Range(0, 1000).Select(place => place / 1000.0)];
        Assert.Equal([100, 100, 100, 100, 100, 100, 100, 100, 100, 100], HistogramBins.Over([values], isLog: false, wanted: null).Count(values));
    }

    [Fact]
    public void Each_value_is_counted_once_in_the_bin_whose_edges_hold_it() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(NormalFloat[], PositiveInt, bool)>(), given =>
        {
            double[] values = [.. given.Item1.Select(number => number.Get).Where(number => Math.Abs(number) < 1e100)];
            HistogramBins bins = HistogramBins.Over([values], given.Item3, given.Item2.Get);
            double[] shown = [.. values.Where(value => !given.Item3 || value > 0)];
            int[] counts = bins.Count(values);
            Assert.Equal(shown.Length, counts.Sum());
            for (int index = 1; index < bins.Edges.Count; index++) Assert.True(bins.Edges[index] > bins.Edges[index - 1]);
            for (int bin = 0; bin < counts.Length; bin++)
            {
                // Values beyond the outer edges by rounding belong to the outer bins.
                double from = bin == 0 ? double.NegativeInfinity : bins.Edges[bin];
                double to = bin == counts.Length - 1 ? double.PositiveInfinity : bins.Edges[bin + 1];
                Assert.Equal(shown.Count(value => value >= from && value < to), counts[bin]);
            }
        }).QuickCheckThrowOnFailure();
}
