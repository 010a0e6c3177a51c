using MathNet.Numerics.Distributions;

namespace ScratchDet.Analysis;

/// <summary>The mean of a few runs that differ in the seed only, with its 95% confidence interval.</summary>
/// <param name="Mean">NaN for no value.</param>
/// <param name="HalfWidth95">The interval is mean +/- this; NaN for fewer than two values, which say nothing about spread.</param>
public readonly record struct SeedStatistics(double Mean, double HalfWidth95, int Count)
{
    /// <summary>
    /// Student's t with n - 1 degrees of freedom over the unbiased standard deviation:
    /// <c>t(0.975, n - 1) * s / sqrt(n)</c>.
    /// </summary>
    public static SeedStatistics Of(IReadOnlyList<double> values)
    {
        int count = values.Count;
        if (count == 0) return new SeedStatistics(double.NaN, double.NaN, 0);
        double mean = values.Sum() / count;
        if (count == 1) return new SeedStatistics(mean, double.NaN, 1);
        double squares = 0;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        double deviation = Math.Sqrt(squares / (count - 1));
        return new SeedStatistics(mean, StudentT.InvCDF(location: 0, scale: 1, freedom: count - 1, p: 0.975) * deviation / Math.Sqrt(count), count);
    }
}
