using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Language;

/// <summary>Completion in the lines that are for the notebook, not for a compiler: <c>#!</c> commands, and paths of <c>#r "</c> and <c>#load "</c>.</summary>
internal static class CommandCompletion
{
    private static readonly string[] Notebooks = [".ipynb", ".dib", ".cs", ".csx"];
    private static readonly string[] Assemblies = [".dll"];
    private static readonly string[] Scripts = [".csx", ".cs"];

    /// <returns>Null where the cursor is in code.</returns>
    public static CompletionList? Complete(string code, int cursor, ScriptOptions options)
    {
        (int lineStart, _) = CellText.LineAt(code, cursor);
        string before = code[lineStart..cursor];
        if (before.StartsWith(MagicCommands.Mark, StringComparison.Ordinal)) return CompleteCommand(code, cursor, before, options);
        string trimmed = before.TrimStart();
        if (!trimmed.StartsWith('#')) return null;
        foreach ((string directive, string[] endings) in new[] { ("#r", Assemblies), ("#load", Scripts) })
        {
            if (!trimmed.StartsWith(directive, StringComparison.Ordinal)) continue;
            string rest = trimmed[directive.Length..].TrimStart();
            if (rest.StartsWith('"') && rest.IndexOf('"', 1) < 0)
                return rest.StartsWith("\"nuget:", StringComparison.OrdinalIgnoreCase) ? new CompletionList(cursor, cursor, []) : CompletePath(code, cursor, rest[1..], endings, options);
        }
        return null;
    }

    private static CompletionList CompleteCommand(string code, int cursor, string before, ScriptOptions options)
    {
        int wordStart = before.AsSpan().LastIndexOfAny(' ', '\t') + 1;
        string word = before[wordStart..];
        int end = cursor;
        while (end < code.Length && !char.IsWhiteSpace(code[end])) end++;
        int start = cursor - word.Length;
        if (wordStart == 0)
        {
            return new CompletionList(start, end,
                [.. MagicCommands.All.Where(command => (MagicCommands.Mark + command.Name).StartsWith(word, StringComparison.OrdinalIgnoreCase))
                    .Select(command => new CompletionItem(MagicCommands.Mark + command.Name, "magic", command.Description))]);
        }
        string[] words = before[..wordStart].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        string name = words[0][MagicCommands.Mark.Length..];
        switch (words[^1])
        {
            case "--from":
                return new CompletionList(start, end,
                    [.. MagicCommands.All.Where(command => command.IsChooser && command.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                        .Select(command => new CompletionItem(command.Name, "magic", null))]);
            case "--runs":
                return CompletePath(code, cursor, word.TrimStart('"'), [], options);
            case "--from-file":
                return CompletePath(code, cursor, word.TrimStart('"'), null, options);
        }
        if (name == "import") return CompletePath(code, cursor, word.TrimStart('"'), Notebooks, options);
        return new CompletionList(start, end,
            [.. (MagicCommands.Find(name)?.Options ?? []).Where(option => option.StartsWith(word, StringComparison.Ordinal) && !words.Contains(option))
                .Select(option => new CompletionItem(option, "magic", null))]);
    }

    /// <param name="endings">Of the files that are offered besides folders; null for all.</param>
    private static CompletionList CompletePath(string code, int cursor, string typed, string[]? endings, ScriptOptions options)
    {
        int nameStart = typed.AsSpan().LastIndexOfAny('/', '\\') + 1;
        string name = typed[nameStart..];
        int end = cursor;
        while (end < code.Length && code[end] is not ('"' or '/' or '\\' or '\n' or '\r')) end++;
        string folder = Path.GetFullPath(typed[..nameStart], BaseFolder(options));
        return new CompletionList(cursor - name.Length, end, Directory.Exists(folder) ? [.. Entries(folder, name, endings)] : []);
    }

    private static IEnumerable<CompletionItem> Entries(string folder, string name, string[]? endings)
    {
        var found = new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { IgnoreInaccessible = true })
            .Where(entry => entry.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            // Hidden ones only for those who ask.
            .Where(entry => !entry.Name.StartsWith('.') || name.StartsWith('.'))
            .OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
        foreach (FileSystemInfo entry in found)
        {
            if (entry is DirectoryInfo) yield return new CompletionItem(entry.Name + "/", "path", null);
            else if (endings is null || endings.Contains(entry.Extension, StringComparer.OrdinalIgnoreCase)) yield return new CompletionItem(entry.Name, "path", null);
        }
    }

    /// <summary>Where the session's relative paths start.</summary>
    private static string BaseFolder(ScriptOptions options) =>
        (options.SourceResolver as SourceFileResolver)?.BaseDirectory
        ?? (options.MetadataResolver as ScriptMetadataResolver)?.BaseDirectory
        ?? Directory.GetCurrentDirectory();
}
