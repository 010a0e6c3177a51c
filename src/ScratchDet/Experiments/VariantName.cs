using System.Security.Cryptography;
using System.Text;

namespace ScratchDet.Experiments;

/// <summary>
/// Names generated from what changed, so that a name cannot lie: <c>base</c>, or <c>Head=Batch LearningRate=0.01</c>.
/// </summary>
public static class VariantName
{
    public const string Base = "base";
    private const int LongestSlug = 80;
    private const int LongestValue = 48;

    /// <summary>
    /// One <c>Leaf=Value</c> per change, joined by spaces. A leaf is the shortest end of its path that no other path of
    /// <paramref name="baseSpec"/> or of the changes ends with. A value of more than 48 characters (a list of layers) is
    /// <c>#</c> and eight digits of its SHA-256: the table of changes has it in full.
    /// </summary>
    public static string Of(object baseSpec, IReadOnlyList<SpecChange> changes)
    {
        if (changes.Count == 0) return Base;
        List<string> paths = SpecPaths.LeafPaths(baseSpec);
        foreach (SpecChange change in changes)
            if (!paths.Contains(change.Path))
                paths.Add(change.Path);
        return string.Join(' ', changes.Select(change => $"{ShortestEnd(change.Path, paths)}={Short(change.To)}"));
    }

    /// <summary>The shortest dotted end of <paramref name="path"/> that singles it out among <paramref name="paths"/>.</summary>
    public static string ShortestEnd(string path, IReadOnlyCollection<string> paths)
    {
        for (int dot = path.LastIndexOf('.'); dot >= 0; dot = dot == 0 ? -1 : path.LastIndexOf('.', dot - 1))
        {
            string end = path[(dot + 1)..];
            if (!paths.Any(other => other != path && (other == end || other.EndsWith("." + end, StringComparison.Ordinal))))
                return end;
        }
        return path;
    }

    /// <summary>
    /// The name as a folder name: letters, digits and <c>. - = +</c> stay, spaces become underscores. Where that loses
    /// something (another character, a leading dot, more than 80 characters), a hash of the whole name is appended, so
    /// that two names do not share a folder.
    /// </summary>
    public static string Slug(string name)
    {
        var slug = new StringBuilder(name.Length);
        bool lossless = name.Length is > 0 and <= LongestSlug && name[0] != '.' && name[^1] != '.';
        foreach (char letter in name)
        {
            bool kept = char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '=' or '+';
            lossless &= kept || letter == ' ';
            slug.Append(kept ? letter : letter == ' ' ? '_' : '-');
        }
        if (lossless) return slug.ToString();
        string hash = Hash(name)[..8];
        string start = slug.ToString(0, Math.Min(slug.Length, LongestSlug)).Trim('.');
        return start.Length == 0 ? $"_{hash}" : $"{start}_{hash}";
    }

    /// <summary>SHA-256 over every path and value: 16 hexadecimal digits that change when any value does.</summary>
    public static string Fingerprint(object spec)
    {
        var text = new StringBuilder(spec.GetType().Name).Append('\n');
        foreach (SpecValue value in SpecPaths.Flatten(spec))
            text.Append(value.Path).Append('=').Append(value.Text).Append('\n');
        return Hash(text.ToString())[..16];
    }

    private static string Short(string value) => value.Length <= LongestValue ? value : "#" + Hash(value)[..8];

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
