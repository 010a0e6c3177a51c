namespace ScratchDet.Data.Synthetic;

/// <summary>Draws the generators need, from the seeded generator that is passed in.</summary>
internal static class RandomSampling
{
    public static double Between(this Random random, double low, double high) => low + (high - low) * random.NextDouble();

    public static bool Chance(this Random random, double probability) => random.NextDouble() < probability;

    public static int Sign(this Random random) => random.Next(2) * 2 - 1;

    /// <summary>Standard normal by the polar-free Box-Muller transform.</summary>
    public static double Normal(this Random random)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        return radius * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>Log-normal with the given median; <paramref name="spread"/> is the standard deviation of the logarithm.</summary>
    public static double LogNormal(this Random random, double median, double spread) => median * Math.Exp(spread * random.Normal());

    /// <summary>An index with probability proportional to its weight.</summary>
    public static int Weighted(this Random random, ReadOnlySpan<double> weights)
    {
        double total = 0;
        foreach (double weight in weights) total += weight;
        double left = random.NextDouble() * total;
        for (int i = 0; i < weights.Length - 1; i++)
        {
            left -= weights[i];
            if (left < 0) return i;
        }
        return weights.Length - 1;
    }
}
