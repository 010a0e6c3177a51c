using MathNet.Numerics;

namespace ScratchDet.Analysis;

/// <summary>Curves through noisy per-step measurements.</summary>
public static class Smoothing
{
    /// <summary>
    /// <c>average = decay * average + (1 - decay) * value</c>, divided by <c>1 - decay^count</c> so that the start is not
    /// drawn towards zero. A value that is not finite gives NaN at its place (a gap) and leaves the average alone.
    /// </summary>
    /// <param name="decay">At least 0 (no smoothing) and below 1; 0.98 looks back over about 50 values.</param>
    public static double[] ExponentialMovingAverage(IReadOnlyList<double> values, double decay)
    {
        if (!(decay is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "at least 0 and below 1");
        var smooth = new double[values.Count];
        double average = 0;
        double weight = 0;
        for (int index = 0; index < smooth.Length; index++)
        {
            double value = values[index];
            if (!double.IsFinite(value))
            {
                smooth[index] = double.NaN;
                continue;
            }
            average = (decay * average) + ((1 - decay) * value);
            weight = (decay * weight) + (1 - decay);
            smooth[index] = average / weight;
        }
        return smooth;
    }

    /// <summary>
    /// The polynomial of least squares over a whole run. With degree 3 it reproduces the "smoothed" curves of
    /// ScratchDet's figure on gradient fluctuation (panel c) within what can be read off the figure.
    /// </summary>
    public static PolynomialFit Polynomial(IReadOnlyList<double> x, IReadOnlyList<double> y, int degree = 3) => PolynomialFit.Of(x, y, degree);

    /// <summary>
    /// |value(t) - value(t - 1)|; NaN at the first place. The paper does not define its "fluctuation of the L2 norm of
    /// the gradient"; this definition has the size of the published curves, and is our reading.
    /// </summary>
    public static double[] Fluctuation(IReadOnlyList<double> values)
    {
        var differences = new double[values.Count];
        for (int index = 0; index < differences.Length; index++)
            differences[index] = index == 0 ? double.NaN : Math.Abs(values[index] - values[index - 1]);
        return differences;
    }
}

/// <summary>A polynomial fitted by least squares; evaluate it anywhere within the fitted range.</summary>
public sealed class PolynomialFit
{
    private readonly double center;
    private readonly double halfRange;
    private readonly double[] coefficients;

    private PolynomialFit(double center, double halfRange, double[] coefficients) =>
        (this.center, this.halfRange, this.coefficients) = (center, halfRange, coefficients);

    /// <summary>
    /// Points that are not finite are left out. With too few distinct x for the degree, the degree is lowered; with no
    /// point at all, the polynomial is NaN.
    /// </summary>
    internal static PolynomialFit Of(IReadOnlyList<double> x, IReadOnlyList<double> y, int degree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(degree);
        if (x.Count != y.Count) throw new ArgumentException($"{y.Count} values for {x.Count} places", nameof(y));
        var finiteX = new List<double>(x.Count);
        var finiteY = new List<double>(x.Count);
        for (int index = 0; index < x.Count; index++)
        {
            if (!double.IsFinite(x[index]) || !double.IsFinite(y[index])) continue;
            finiteX.Add(x[index]);
            finiteY.Add(y[index]);
        }
        if (finiteX.Count == 0) return new PolynomialFit(0, 1, [double.NaN]);

        // In [-1, 1] the powers stay comparable; at 120,000 steps cubed they would not.
        double low = finiteX.Min();
        double high = finiteX.Max();
        double center = (low + high) / 2;
        double halfRange = high > low ? (high - low) / 2 : 1;
        double[] scaled = [.. finiteX.Select(place => (place - center) / halfRange)];
        int usableDegree = Math.Min(degree, finiteX.Distinct().Count() - 1);
        double[] coefficients = usableDegree == 0 ? [finiteY.Average()] : Fit.Polynomial(scaled, [.. finiteY], usableDegree);
        return new PolynomialFit(center, halfRange, coefficients);
    }

    public double At(double x) => MathNet.Numerics.Polynomial.Evaluate((x - center) / halfRange, coefficients);

    public double[] At(IReadOnlyList<double> x)
    {
        var values = new double[x.Count];
        for (int index = 0; index < values.Length; index++)
            values[index] = At(x[index]);
        return values;
    }
}
