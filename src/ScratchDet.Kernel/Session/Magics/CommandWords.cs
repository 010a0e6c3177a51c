using System.Text;

namespace ScratchDet.Kernel.Session;

/// <summary>The words behind a magic or a chooser: apart by spaces, but not within double quotes.</summary>
internal static class CommandWords
{
    /// <param name="openQuote">Makes what is thrown when a quote does not end.</param>
    public static List<string> Split(string text, Func<Exception> openQuote)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool isOpen = false; // also for "", which is a word
        bool isQuoted = false;
        foreach (char letter in text)
        {
            if (letter == '"')
            {
                isQuoted = !isQuoted;
                isOpen = true;
            }
            else if (!isQuoted && char.IsWhiteSpace(letter))
            {
                if (isOpen) words.Add(word.ToString());
                word.Clear();
                isOpen = false;
            }
            else
            {
                word.Append(letter);
                isOpen = true;
            }
        }
        if (isQuoted) throw openQuote();
        if (isOpen) words.Add(word.ToString());
        return words;
    }
}
