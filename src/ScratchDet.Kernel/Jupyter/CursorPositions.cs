namespace ScratchDet.Kernel.Jupyter;

/// <summary>Jupyter counts a cursor in code points, C# in UTF-16 units; they differ after an emoji.</summary>
internal static class CursorPositions
{
    /// <summary>A position beyond the ends is taken to the end.</summary>
    public static int ToUtf16(string code, int codePoints)
    {
        int index = 0;
        for (; codePoints > 0 && index < code.Length; codePoints--)
            index += char.IsSurrogatePair(code, index) ? 2 : 1;
        return index;
    }

    /// <summary>Within a surrogate pair: the position before it.</summary>
    public static int ToCodePoints(string code, int utf16)
    {
        int count = 0;
        for (int index = 0; index < Math.Min(utf16, code.Length); count++)
        {
            int width = char.IsSurrogatePair(code, index) ? 2 : 1;
            if (index + width > utf16) break;
            index += width;
        }
        return count;
    }
}
