using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class ThinningTests
{
    private static List<(double X, double Y)> Thinned(IReadOnlyList<double> values, int mostPoints, double? from = null)
    {
        Chart chart = Chart.Lines(new LineSeries("a", values)).XRange(low: from);
        return [.. Thinning.Stretches([.. Enumerable.Range(1, values.Count).Select(step => (double)step)], values, FigurePlan.Of(chart).Panels[0], mostPoints).SelectMany(stretch => stretch)];
    }

    [Fact]
    public void Each_pixel_column_keeps_its_first_lowest_highest_and_last_point() => Assert.Equal(
        [(0, 5), (0.2, 1), (0.4, 9), (0.9, 4), (1, 7)],
        Thinning.Thin([(0, 5), (0.1, 5), (0.2, 1), (0.3, 6), (0.4, 9), (0.5, 3), (0.9, 4), (1, 7)], Math.Floor));

    [Fact]
    public void A_short_line_keeps_every_point()
    {
        double[] values = [.. Enumerable.Range(0, 500).Select(step => (double)(step % 3))];
        Assert.Equal(values, Thinned(values, 600).Select(point => point.Y));
    }

    [Fact]
    public void A_long_line_keeps_its_ends_and_extremes_within_the_limit()
    {
        var random = new Random(3);
        double[] values = [.. Enumerable.Range(0, 50_000).Select(step => Math.Sin(step / 5000.0) + (0.1 * random.NextDouble()))];
        (values[20_000], values[40_000]) = (9, -9);
        List<(double X, double Y)> kept = Thinned(values, 200);
        Assert.InRange(kept.Count, 150, 200);
        Assert.Equal((1, values[0]), kept[0]);
        Assert.Equal((50_000, values[^1]), kept[^1]);
        Assert.Contains((20_001, 9), kept);
        Assert.Contains((40_001, -9), kept);
        Assert.Equal(kept.Select(point => point.X).Order(), kept.Select(point => point.X));
        Assert.All(kept, point => Assert.Equal(values[(int)point.X - 1], point.Y));
    }

    [Fact]
    public void A_straight_line_needs_its_ends_only() =>
        Assert.Equal([(1, 0), (10_000, 9999)], Thinned([.. Enumerable.Range(0, 10_000).Select(step => (double)step)], 600));

    [Fact]
    public void A_smooth_curve_is_nowhere_further_from_its_points_than_a_pixel()
    {
        double[] values = [.. Enumerable.Range(0, 20_000).Select(step => 10 * Math.Exp(-step / 3000.0))];
        List<(double X, double Y)> kept = Thinned(values, 100);
        Assert.InRange(kept.Count, 5, 100);
        int next = 1;
        for (int step = 1; step <= values.Length; step++)
        {
            while (kept[next].X < step) next++;
            (double x0, double y0) = kept[next - 1];
            (double x1, double y1) = kept[next];
            // 260 px for a range of about 10.4.
            Assert.InRange(Math.Abs(values[step - 1] - (y0 + ((y1 - y0) * (step - x0) / (x1 - x0)))), 0, 2 * 10.4 / 260);
        }
    }

    [Fact]
    public void Points_before_the_beginning_of_the_axis_are_left_out_but_for_one_that_leads_in()
    {
        List<(double X, double Y)> kept = Thinned([.. Enumerable.Range(0, 100).Select(step => (double)(step % 7))], 600, from: 90);
        Assert.Equal(89, kept[0].X);
    }

    [Fact]
    public void A_band_keeps_its_ends_and_the_widest_of_each_column()
    {
        double[] x = [.. Enumerable.Range(0, 1000).Select(place => (double)place)];
        double[] low = [.. x.Select(place => place == 505 ? -7.0 : 0)];
        double[] high = [.. x.Select(_ => 1.0)];
        List<(double X, double Low, double High)> band = Assert.Single(Thinning.Bands(x, low, high, AxisScale.Over(x, isLog: false, padded: false), logY: false, columns: 50));
        Assert.InRange(band.Count, 50, 52);
        Assert.Equal((0, 999), (band[0].X, band[^1].X));
        Assert.Equal(-7, band.Min(place => place.Low));
    }
}
