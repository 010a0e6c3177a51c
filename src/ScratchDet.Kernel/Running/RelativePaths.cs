using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Running;

/// <summary>
/// Takes this machine's folders out of what a cell wrote, so that a notebook is the same wherever it is executed: paths
/// below the notebook's folder become relative to it, those elsewhere in the checkout begin with <c>..</c>, those in the
/// home folder with <c>~</c>.
/// </summary>
internal sealed class RelativePaths
{
    private readonly (string Prefix, string Replacement)[] prefixes;

    /// <param name="notebookFolder">Absolute.</param>
    public RelativePaths(string notebookFolder, string? homeFolder)
    {
        List<(string, string)> found = [(notebookFolder, ".")];
        if (FindCheckout(notebookFolder) is { } root && root != notebookFolder)
            found.Add((root, Path.GetRelativePath(notebookFolder, root)));
        if (homeFolder is not null && Path.IsPathRooted(homeFolder)) found.Add((Path.TrimEndingDirectorySeparator(homeFolder), "~"));
        // The longest first; the root of the file system is no place to be relative to.
        prefixes = [.. found.Where(one => Path.GetPathRoot(one.Item1) != one.Item1).OrderByDescending(one => one.Item1.Length)];
    }

    public static RelativePaths For(string notebookFolder) =>
        new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(notebookFolder)), Environment.GetEnvironmentVariable("HOME"));

    public string Clean(string text)
    {
        foreach ((string prefix, string replacement) in prefixes)
            if (text.Contains(prefix, StringComparison.Ordinal)) text = Replace(text, prefix, replacement);
        return text;
    }

    /// <summary>Cleans every text of an output's data but binary content.</summary>
    public void CleanData(JsonObject data)
    {
        foreach ((string mimeType, JsonNode? form) in data.ToArray())
        {
            bool isBinary = mimeType.StartsWith("image/", StringComparison.Ordinal) && mimeType != "image/svg+xml";
            if (!isBinary && form is not null) data[mimeType] = Cleaned(form);
        }
    }

    private JsonNode? Cleaned(JsonNode node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach ((string key, JsonNode? value) in map.ToArray())
                    if (value is not null) Put(value, cleaned => map[key] = cleaned);
                return map;
            case JsonArray list:
                for (int index = 0; index < list.Count; index++)
                {
                    int place = index;
                    if (list[index] is { } value) Put(value, cleaned => list[place] = cleaned);
                }
                return list;
            default:
                return node.AsValue().TryGetValue(out string? text) && Clean(text) is var cleanedText && cleanedText != text ? JsonValue.Create(cleanedText) : node;
        }

        void Put(JsonNode value, Action<JsonNode?> put)
        {
            JsonNode? cleaned = Cleaned(value);
            if (!ReferenceEquals(cleaned, value)) put(cleaned);
        }
    }

    // "/a/b" stands for the folder only where no name goes on before or behind it: not in "/x/a/b" or "/a/bc".
    private static string Replace(string text, string prefix, string replacement)
    {
        var clean = new System.Text.StringBuilder(text.Length);
        int from = 0;
        for (int at = text.IndexOf(prefix, StringComparison.Ordinal); at >= 0; at = text.IndexOf(prefix, at + prefix.Length, StringComparison.Ordinal))
        {
            int end = at + prefix.Length;
            bool isWhole = (at == 0 || !IsOfName(text[at - 1])) && (end == text.Length || !IsOfName(text[end]) || text[end] == '/' || IsEndOfSentence(text, end));
            if (!isWhole) continue;
            clean.Append(text, from, at - from);
            bool goesOn = end + 1 < text.Length && text[end] == '/' && !char.IsWhiteSpace(text[end + 1]) && text[end + 1] is not ('"' or '\'' or '<');
            // "./x" says no more than "x".
            if (replacement == "." && goesOn) end++;
            else clean.Append(replacement);
            from = end;
        }
        return clean.Append(text, from, text.Length - from).ToString();
    }

    private static bool IsOfName(char letter) => char.IsLetterOrDigit(letter) || letter is '/' or '_' or '-' or '.' or '~' or '+' or '=';

    private static bool IsEndOfSentence(string text, int at) => text[at] == '.' && (at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]));

    private static string? FindCheckout(string folder)
    {
        for (string? place = folder; place is not null; place = Path.GetDirectoryName(place))
        {
            string mark = Path.Combine(place, ".git"); // a folder, or a file in a work tree of git
            if (Directory.Exists(mark) || File.Exists(mark)) return place;
        }
        return null;
    }
}
