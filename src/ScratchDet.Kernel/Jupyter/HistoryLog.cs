using System.Text;
using System.Text.RegularExpressions;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>The inputs of this life of the kernel, and the texts of their results. May be used from any thread.</summary>
internal sealed class HistoryLog
{
    /// <summary>A kernel's life is one session; it has this number.</summary>
    public const int Session = 1;

    private const int MostEntries = 10_000;
    private const int MostResultLetters = 64 << 10;

    private readonly Lock gate = new();
    private readonly List<HistoryEntry> entries = [];

    public void Add(int line, string input)
    {
        lock (gate)
        {
            if (entries.Count == MostEntries) entries.RemoveRange(0, MostEntries / 10);
            entries.Add(new HistoryEntry(line, input, null));
        }
    }

    public void SetResult(int line, string text)
    {
        if (text.Length > MostResultLetters) text = text[..MostResultLetters] + "…";
        lock (gate)
        {
            int place = entries.FindLastIndex(entry => entry.Line == line);
            if (place >= 0) entries[place] = entries[place] with { Result = text };
        }
    }

    /// <param name="session">0 or 1 for this one; earlier ones are not kept.</param>
    /// <param name="start">First line, from 1; negative counts from the end.</param>
    /// <param name="stop">The line after the last, or null for all; negative counts from the end.</param>
    public IReadOnlyList<HistoryEntry> Range(int session, int start, int? stop)
    {
        if (session is not (0 or Session)) return [];
        lock (gate)
        {
            int end = entries.Count == 0 ? 1 : entries[^1].Line + 1;
            int first = start < 0 ? end + start : start;
            int last = stop is { } given ? (given < 0 ? end + given : given) : end;
            return [.. entries.Where(entry => entry.Line >= first && entry.Line < last)];
        }
    }

    /// <param name="count">Null for all.</param>
    public IReadOnlyList<HistoryEntry> Tail(int? count)
    {
        lock (gate) return Last(entries, count);
    }

    /// <param name="pattern">With * and ? and [a-z], as file names are matched; the whole input has to match.</param>
    /// <param name="unique">Equal inputs once, where they stand last.</param>
    public IReadOnlyList<HistoryEntry> Search(string pattern, int? count, bool unique)
    {
        // Without backtracking: no pattern can hold the kernel up.
        var regex = new Regex(ToRegex(pattern), RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
        lock (gate)
        {
            List<HistoryEntry> found = entries.FindAll(entry => regex.IsMatch(entry.Input));
            if (unique) found = [.. found.AsEnumerable().Reverse().DistinctBy(entry => entry.Input).Reverse()];
            return Last(found, count);
        }
    }

    private static HistoryEntry[] Last(List<HistoryEntry> list, int? count) =>
        [.. list.Skip(Math.Max(0, list.Count - Math.Max(0, count ?? list.Count)))];

    private static string ToRegex(string pattern)
    {
        var regex = new StringBuilder("^");
        for (int index = 0; index < pattern.Length; index++)
        {
            char letter = pattern[index];
            int end = letter == '[' ? ClosingBracket(pattern, index) : -1;
            if (end > 0)
            {
                string letters = pattern[(index + 1)..end];
                bool isNegated = letters[0] == '!';
                if (isNegated) letters = letters[1..];
                regex.Append(isNegated ? "[^" : "[").Append(Escape(letters)).Append(']');
                index = end;
            }
            else
            {
                regex.Append(letter switch { '*' => ".*", '?' => ".", _ => Regex.Escape(letter.ToString()) });
            }
        }
        return regex.Append("\\z").ToString();
    }

    /// <summary>Where a set ends: a bracket right after the opening one belongs to the set.</summary>
    private static int ClosingBracket(string pattern, int start)
    {
        int from = start + 1;
        if (from < pattern.Length && pattern[from] == '!') from++;
        return from + 1 < pattern.Length ? pattern.IndexOf(']', from + 1) : -1;
    }

    private static string Escape(string letters)
    {
        var set = new StringBuilder();
        for (int index = 0; index < letters.Length; index++)
        {
            if (index + 2 < letters.Length && letters[index + 1] == '-' && letters[index] <= letters[index + 2])
            {
                set.Append(Quoted(letters[index])).Append('-').Append(Quoted(letters[index + 2]));
                index += 2;
            }
            else
            {
                set.Append(Quoted(letters[index]));
            }
        }
        return set.ToString();

        static string Quoted(char letter) => letter is '\\' or ']' or '[' or '^' or '-' ? $"\\{letter}" : letter.ToString();
    }
}

/// <param name="Line">The execution count of its cell.</param>
/// <param name="Result">As text, or null for a cell without a result.</param>
internal sealed record HistoryEntry(int Line, string Input, string? Result);
