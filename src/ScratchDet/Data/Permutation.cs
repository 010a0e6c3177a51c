namespace ScratchDet.Data;

/// <summary>Seeded orders of the numbers 0 to count - 1.</summary>
internal static class Permutation
{
    public static int[] Of(int count, Random random)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        for (int last = count - 1; last > 0; last--)
        {
            int other = random.Next(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }
        return order;
    }
}
