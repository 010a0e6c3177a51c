using System.Text;
using System.Text.RegularExpressions;

namespace ScratchDet.Kernel.Session;

/// <summary>One `#r` or `#i` line of C# code.</summary>
/// <param name="Name">r or i.</param>
/// <param name="Text">What stands between the quotes.</param>
/// <param name="Line">From 0.</param>
internal sealed record CSharpDirective(string Name, string Text, int Line)
{
    private const string Prefix = "nuget:";

    /// <summary>What follows `nuget:`; null for a DLL.</summary>
    public string? Package => Text.TrimStart().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? Text.TrimStart()[Prefix.Length..].Trim() : null;
}

/// <summary>Takes the `#r` and `#i` lines out of C#: the session resolves them itself, wherever in the cell they stand.</summary>
internal static partial class CSharpDirectives
{
    /// <returns>The code with those lines emptied, so that all others keep their numbers.</returns>
    public static (string Code, IReadOnlyList<CSharpDirective> Directives) Extract(string code)
    {
        if (!code.Contains("#r", StringComparison.Ordinal) && !code.Contains("#i", StringComparison.Ordinal)) return (code, []);
        var directives = new List<CSharpDirective>();
        var rest = new StringBuilder(code);
        foreach (Match match in Directive().Matches(code))
        {
            if (CellParser.IsWithinText(code, match.Index)) continue;
            directives.Add(new CSharpDirective(match.Groups["name"].Value, match.Groups["text"].Value, code.AsSpan(0, match.Index).Count('\n')));
            for (int place = match.Index; place < match.Index + match.Length; place++) rest[place] = ' ';
        }
        return (rest.ToString(), directives);
    }

    [GeneratedRegex("""^[ \t]*#(?<name>[ri])[ \t]+"(?<text>[^"\n]*)"[ \t]*;?[ \t]*(//[^\n\r]*)?(?=\r?$)""", RegexOptions.Multiline)]
    private static partial Regex Directive();
}
