namespace ScratchDet.Data.Coco;

/// <summary>
/// Runs of a mask as COCO's text: from the fourth on, each run as its difference from the one two before; each number in
/// groups of 5 bits, the lowest first, a sixth bit telling that more follow, the last group's highest bit being the sign;
/// each group as the character 48 + its 6 bits.
/// </summary>
internal static class CompressedRuns
{
    private const int FirstCharacter = 48;
    private const int LastCharacter = FirstCharacter + 63;
    private const int MoreFollow = 0x20;
    private const int Sign = 0x10;

    /// <summary>Seven groups hold 35 bits, more than any difference of two runs of 32 bits needs.</summary>
    private const int MostGroups = 7;

    /// <param name="runs">At least as long as the text.</param>
    /// <returns>Null, or what is wrong with the text.</returns>
    public static string? Decode(ReadOnlySpan<byte> text, Span<uint> runs, out int count)
    {
        count = 0;
        int i = 0;
        while (i < text.Length)
        {
            long number = 0;
            int group = 0;
            int bits;
            do
            {
                if (i == text.Length) return "the compressed counts end in the middle of a number";
                if (group == MostGroups) return $"the compressed counts have a number of more than 32 bits before character {i + 1}";
                byte letter = text[i++];
                if (letter is < FirstCharacter or > LastCharacter)
                    return $"the compressed counts have an illegal character (code {letter}) as character {i}";
                bits = letter - FirstCharacter;
                number |= (long)(bits & 0x1F) << (5 * group++);
            }
            while ((bits & MoreFollow) != 0);
            if ((bits & Sign) != 0) number |= -1L << (5 * group);
            if (count > 2) number += runs[count - 2];
            if (number < 0) return $"the compressed counts give the negative run {number}";
            if (number > uint.MaxValue) return $"the compressed counts give a run of {number} pixels";
            runs[count++] = (uint)number;
        }
        return null;
    }

    public static void Encode(ReadOnlySpan<uint> runs, NumberBuffer<byte> text)
    {
        for (int i = 0; i < runs.Length; i++)
        {
            long number = i > 2 ? (long)runs[i] - runs[i - 2] : runs[i];
            bool isLast;
            do
            {
                int bits = (int)(number & 0x1F);
                number >>= 5;
                isLast = (bits & Sign) != 0 ? number == -1 : number == 0;
                text.Add((byte)(FirstCharacter + (isLast ? bits : bits | MoreFollow)));
            }
            while (!isLast);
        }
    }
}
