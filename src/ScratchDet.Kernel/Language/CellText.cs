namespace ScratchDet.Kernel.Language;

/// <summary>
/// A cell with everything that is not C# blanked out: commands, and lines after a chooser such as <c>#!sql</c>. Places
/// in it are those of the cell.
/// </summary>
internal sealed class CellText
{
    private readonly List<(int Start, int End)> other;

    private CellText(string csharp, List<(int Start, int End)> other, bool endsInCSharp) => (CSharp, this.other, EndsInCSharp) = (csharp, other, endsInCSharp);

    /// <summary>As long as the cell, with the same line ends.</summary>
    public string CSharp { get; }

    /// <summary>Whether the last line is C#, and no command.</summary>
    public bool EndsInCSharp { get; }

    public bool IsCSharpAt(int cursor) => !other.Exists(part => part.Start <= cursor && cursor <= part.End);

    public static CellText Of(string code)
    {
        char[] csharp = code.ToCharArray();
        var other = new List<(int Start, int End)>();
        bool inCSharp = true;
        bool endsInCSharp = true;
        for (int start = 0; start <= code.Length;)
        {
            int end = code.IndexOf('\n', start) is >= 0 and var found ? found : code.Length;
            ReadOnlySpan<char> line = code.AsSpan(start, end - start);
            ReadOnlySpan<char> trimmed = line.TrimStart();
            bool isCommand = trimmed.StartsWith(MagicCommands.Mark, StringComparison.Ordinal);
            if (isCommand && MagicCommands.Find(FirstWord(trimmed[MagicCommands.Mark.Length..])) is { IsChooser: true } chooser)
                inCSharp = MagicCommands.IsCSharp(chooser.Name);
            endsInCSharp = inCSharp && !isCommand;
            if (!endsInCSharp || IsPackageDirective(trimmed))
            {
                other.Add((start, end));
                csharp.AsSpan(start, end - start).Fill(' ');
            }
            start = end + 1;
        }
        return new CellText(new string(csharp), other, endsInCSharp);
    }

    /// <summary>Of the line that a cursor is in; without its line end.</summary>
    public static (int Start, int End) LineAt(string code, int cursor)
    {
        int start = cursor == 0 ? 0 : code.LastIndexOf('\n', cursor - 1) + 1;
        int end = code.IndexOf('\n', cursor) is >= 0 and var found ? found : code.Length;
        return (start, end);
    }

    private static string FirstWord(ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAny(' ', '\t', '\r');
        return (length < 0 ? text : text[..length]).ToString();
    }

    /// <summary>The session restores packages; the compiler does not know them.</summary>
    private static bool IsPackageDirective(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("#i ", StringComparison.Ordinal)) return true;
        return line.StartsWith("#r", StringComparison.Ordinal) && line[2..].TrimStart().StartsWith("\"nuget:", StringComparison.OrdinalIgnoreCase);
    }
}
