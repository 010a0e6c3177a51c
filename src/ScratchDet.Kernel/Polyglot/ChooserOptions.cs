using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>The options of a chooser line: <c>--name table --runs="my runs"</c>. Each takes one value and comes once.</summary>
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
        List<string> words = CommandWords.Split(text, () => new SubKernelException($"#!{kernelName}: a quote is not closed in: {text.Trim()}"));
        for (int index = 0; index < words.Count; index++)
        {
            string[] parts = words[index].Split('=', 2);
            string option = parts[0];
            if (!known.Contains(option))
                throw new SubKernelException($"#!{kernelName}: '{option}' is not one of its options; {(known.Length == 0 ? "it has none" : $"they are {string.Join(", ", known)}")}");
            if (parts.Length == 1 && (++index == words.Count || words[index].StartsWith("--", StringComparison.Ordinal)))
                throw new SubKernelException($"#!{kernelName}: {option} needs a value");
            if (!options.values.TryAdd(option, parts.Length > 1 ? parts[1] : words[index]))
                throw new SubKernelException($"#!{kernelName}: {option} is given twice");
        }
        return options;
    }
}
