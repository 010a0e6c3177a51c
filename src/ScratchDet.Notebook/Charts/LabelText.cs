using System.Globalization;

namespace ScratchDet.Notebook;

/// <summary>Widths and line breaks of labels, without a font at hand: letters of 12 px are taken to be 6.8 px wide.</summary>
internal static class LabelText
{
    public const double LetterWidth = 6.8;
    private const int MostLines = 3;
    private const int MostRowLetters = 34;

    public static double Width(string text) => new StringInfo(text).LengthInTextElements * LetterWidth;

    /// <summary>The widest label of an axis, px.</summary>
    public static double TickWidth(AxisScale scale) => scale.Categories is { } names
        ? names.Select(name => Width(Row(name))).DefaultIfEmpty(0).Max()
        : scale.Ticks(wanted: 5).Select(tick => Width(Markup.Tick(tick))).DefaultIfEmpty(0).Max();

    /// <summary>A name beside an axis.</summary>
    public static string Row(string name) => Cut(OneLine(name), MostRowLetters);

    /// <summary>A name below an axis, broken at spaces into at most three lines.</summary>
    public static IReadOnlyList<string> Wrap(string name, int letters)
    {
        var lines = new List<string>();
        foreach (string word in OneLine(name).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= letters) lines[^1] += " " + word;
            else lines.Add(word);
        }
        if (lines.Count > MostLines) lines = [.. lines[..(MostLines - 1)], string.Join(' ', lines[(MostLines - 1)..])];
        return lines.Count == 0 ? [""] : [.. lines.Select(line => Cut(line, letters))];
    }

    public static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');

    private static string Cut(string text, int letters)
    {
        var elements = new StringInfo(text);
        return elements.LengthInTextElements <= letters ? text : elements.SubstringByTextElements(0, letters - 1) + "…";
    }
}
