using System.Globalization;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>Something that a page can hold; it escapes its own texts.</summary>
public interface IHtmlFragment
{
    void WriteHtml(StringBuilder html);
}

/// <summary>Texts and numbers as HTML and SVG want them.</summary>
internal static class Markup
{
    /// <summary>
    /// Escapes a text for element content and for attributes in double or single quotes. Characters that XML does not
    /// allow at all become the replacement character.
    /// </summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        for (int index = 0; index < text.Length; index++)
        {
            char letter = text[index];
            if (char.IsHighSurrogate(letter) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
            {
                escaped.Append(letter).Append(text[++index]);
                continue;
            }
            _ = letter switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ when (letter < ' ' && letter is not ('\t' or '\n' or '\r')) || char.IsSurrogate(letter) || letter >= '\uFFFE' => escaped.Append('\uFFFD'),
                _ => escaped.Append(letter),
            };
        }
        return escaped.ToString();
    }

    /// <summary>A length or place with at most two decimals.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A tick's label: <c>0.001</c>, <c>1.5</c>, <c>20k</c>, <c>1e-6</c>.</summary>
    public static string Tick(double value)
    {
        double size = Math.Abs(value);
        return size switch
        {
            0 => "0",
            >= 1e9 or < 1e-4 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
            >= 1e6 => (value / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + "M",
            >= 1e3 => (value / 1e3).ToString("0.###", CultureInfo.InvariantCulture) + "k",
            _ => value.ToString("0.######", CultureInfo.InvariantCulture),
        };
    }
}
