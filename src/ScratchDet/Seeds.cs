using System.Text;

namespace ScratchDet;

/// <summary>
/// Derives independent seeds from one run seed. A generator is made afresh from (run seed, purpose, indices), so the
/// order in which threads ask never changes what they get, and a resumed run needs no generator state.
/// </summary>
public static class Seeds
{
    /// <summary>Mixes <paramref name="seed"/>, a purpose such as "augment", and indices (epoch, sample) by SplitMix64.</summary>
    public static ulong Derive(ulong seed, string purpose, params ReadOnlySpan<long> indices)
    {
        ulong state = Mix(seed);
        foreach (byte letter in Encoding.UTF8.GetBytes(purpose))
            state = Mix(state ^ letter);
        foreach (long index in indices)
            state = Mix(state ^ unchecked((ulong)index));
        return state;
    }

    /// <summary>A generator for one purpose and place; see <see cref="Derive"/>.</summary>
    public static Random Generator(ulong seed, string purpose, params ReadOnlySpan<long> indices) =>
        new(unchecked((int)(Derive(seed, purpose, indices) & int.MaxValue)));

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
