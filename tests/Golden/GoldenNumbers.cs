using System.Text.Json;

namespace ScratchDet.Tests.Golden;

/// <summary>What the recipes of this folder and the tests share.</summary>
internal static class GoldenNumbers
{
    /// <summary>Numbers in [0, 1), the same as those of <c>numbers</c> in the recipes: a 31-bit linear congruential generator.</summary>
    internal static double[] Sequence(int count, uint seed)
    {
        var values = new double[count];
        ulong state = seed;
        for (int i = 0; i < count; i++)
        {
            state = ((1103515245UL * state) + 12345UL) % (1UL << 31);
            values[i] = state / (double)(1UL << 31);
        }
        return values;
    }

    internal static JsonElement Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", file))).RootElement;
}
