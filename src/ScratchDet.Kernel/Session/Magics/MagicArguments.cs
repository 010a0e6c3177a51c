namespace ScratchDet.Kernel.Session;

/// <summary>The words after a magic: options with values (<c>--name x</c>, <c>--name=x</c>), and the words between them.</summary>
internal sealed class MagicArguments
{
    private readonly string magic;
    private readonly Dictionary<string, string> options = [];
    private readonly List<string> words = [];

    /// <param name="usage">How the magic is written, for messages.</param>
    /// <param name="known">Names of its options, without dashes.</param>
    /// <exception cref="MagicException">An option is unknown, given twice, or lacks its value.</exception>
    public MagicArguments(string magic, string text, string usage, params IReadOnlyCollection<string> known)
    {
        this.magic = magic;
        Usage = usage;
        List<string> all = CommandWords.Split(text, () => Wrong("has a quote that does not end"));
        for (int place = 0; place < all.Count; place++)
        {
            if (!all[place].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(all[place]);
                continue;
            }
            string[] parts = all[place][2..].Split('=', 2);
            if (!known.Contains(parts[0])) throw Wrong($"has no option --{parts[0]}");
            if (parts.Length == 1 && ++place >= all.Count) throw Wrong($"needs a value after --{parts[0]}");
            if (!options.TryAdd(parts[0], parts.Length > 1 ? parts[1] : all[place])) throw Wrong($"has --{parts[0]} twice");
        }
    }

    public string Usage { get; }

    public IReadOnlyList<string> Words => words;

    public string? Find(string option) => options.GetValueOrDefault(option);

    public string Required(string option) => Find(option) ?? throw Wrong($"needs --{option}");

    /// <summary>The one word that the magic takes.</summary>
    public string OnlyWord(string what) => words.Count == 1 ? words[0] : throw Wrong(words.Count == 0 ? $"needs {what}" : $"takes {what} and nothing else");

    public MagicException Wrong(string what) => new($"#!{magic} {what}; write {Usage}");
}

/// <summary>A magic cannot be carried out; the message is for the author of the cell.</summary>
internal sealed class MagicException(string message) : Exception(message);
