using System.Text;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>The options of a chooser line: <c>--name table --runs "my runs"</c>. Each takes one value and comes once.</summary>
internal sealed class ChooserOptions
{
    private readonly Dictionary<string, string> values = [];

    private ChooserOptions()
    {
    }

    /// <summary>The value of an option (<c>--name</c>), or null where it was not given.</summary>
    public string? this[string option] => values.GetValueOrDefault(option);

    /// <param name="known">The options that this language has, with their dashes.</param>
    /// <exception cref="SubKernelException">An unknown option, one without its value or given twice, or an open quote.</exception>
    public static ChooserOptions Parse(string kernelName, string text, params ReadOnlySpan<string> known)
    {
        var options = new ChooserOptions();
        List<string> words = Split(kernelName, text);
        for (int index = 0; index < words.Count; index += 2)
        {
            string option = words[index];
            if (!known.Contains(option))
                throw new SubKernelException($"#!{kernelName}: '{option}' is not one of its options; {(known.Length == 0 ? "it has none" : $"they are {string.Join(", ", known)}")}");
            if (index + 1 == words.Count || words[index + 1].StartsWith("--", StringComparison.Ordinal))
                throw new SubKernelException($"#!{kernelName}: {option} needs a value");
            if (!options.values.TryAdd(option, words[index + 1]))
                throw new SubKernelException($"#!{kernelName}: {option} is given twice");
        }
        return options;
    }

    private static List<string> Split(string kernelName, string text)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        bool quoted = false;
        foreach (char letter in text)
        {
            if (letter == '"')
            {
                quoted = !quoted;
                word ??= new StringBuilder();
            }
            else if (quoted || !char.IsWhiteSpace(letter))
            {
                (word ??= new StringBuilder()).Append(letter);
            }
            else if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
        if (quoted) throw new SubKernelException($"#!{kernelName}: a quote is not closed in: {text.Trim()}");
        if (word is not null) words.Add(word.ToString());
        return words;
    }
}
