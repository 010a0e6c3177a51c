namespace ScratchDet.Kernel.Documents;

/// <summary>The languages that a cell may be in, by the names that stand after `#!` and in the metadata.</summary>
internal static class CellLanguages
{
    public const string CSharp = "csharp";
    public const string Markdown = "markdown";
    public const string Raw = "raw";

    // Languages of the old kernel that ours does not run are known too: their cells must not become text of a C# cell.
    private static readonly (string Name, string LanguageName, string[] Aliases)[] All =
    [
        (CSharp, "csharp", ["c#", "cs"]),
        ("html", "html", []),
        ("javascript", "javascript", ["js"]),
        (Markdown, "markdown", ["md"]),
        ("mermaid", "mermaid", []),
        ("sql", "sql", []),
        ("value", "", []),
        (Raw, "", []),
        ("fsharp", "fsharp", ["f#"]),
        ("pwsh", "powershell", ["powershell"]),
        ("http", "http", []),
        ("kql", "kql", []),
    ];

    /// <summary>The name of a language, given by name or alias in any case; null when there is none such.</summary>
    public static string? Find(string nameOrAlias)
    {
        foreach ((string name, _, string[] aliases) in All)
        {
            if (name.Equals(nameOrAlias, StringComparison.OrdinalIgnoreCase) || aliases.Contains(nameOrAlias, StringComparer.OrdinalIgnoreCase))
                return name;
        }
        return null;
    }

    /// <summary>Language name and aliases, for a notebook's metadata.</summary>
    public static (string LanguageName, IReadOnlyList<string> Aliases) Describe(string name)
    {
        foreach ((string known, string languageName, string[] aliases) in All)
            if (known == name) return (languageName, aliases);
        return (name, []);
    }

    public static CellKind KindOf(string name) => name switch
    {
        Markdown => CellKind.Markdown,
        Raw => CellKind.Raw,
        _ => CellKind.Code,
    };
}
