using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Language;

/// <summary>
/// A cell with everything that is not C# blanked out: commands, lines after a chooser such as <c>#!sql</c>, and the
/// references that the session brings when the cell runs. Places in it are those of the cell.
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
            bool isCommand = IsCommand(line) && !(inCSharp && CellParser.IsWithinText(new string(csharp), start));
            if (isCommand && MagicCommands.Find(FirstWord(line[MagicCommands.Mark.Length..])) is { IsChooser: true } chooser)
                inCSharp = chooser.Name == CellLanguages.CSharp;
            endsInCSharp = inCSharp && !isCommand;
            if (!endsInCSharp || IsReference(line))
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

    /// <summary>As the session splits cells: at the very start of a line, and <c>#!/usr/bin/...</c> is for the shell.</summary>
    public static bool IsCommand(ReadOnlySpan<char> line) =>
        line.StartsWith(MagicCommands.Mark, StringComparison.Ordinal) && line.Length > MagicCommands.Mark.Length && char.IsAsciiLetter(line[MagicCommands.Mark.Length]);

    /// <summary>Looked up by the compiler, it would be loaded before the cell runs.</summary>
    private static bool IsReference(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> trimmed = line.TrimStart();
        foreach (string directive in (ReadOnlySpan<string>)["#r", "#i", "#load"])
            if (trimmed.StartsWith(directive, StringComparison.Ordinal) && trimmed[directive.Length..].TrimStart().StartsWith('"'))
                return true;
        return false;
    }
}
