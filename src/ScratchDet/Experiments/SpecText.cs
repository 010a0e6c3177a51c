using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace ScratchDet.Experiments;

/// <summary>The text of a specification's value; exact, so that equal texts mean equal values.</summary>
internal static class SpecText
{
    public const string None = "none";

    public static string Format(object? value) => value switch
    {
        null => None,
        bool flag => flag ? "true" : "false",
        string text => Quote(text),
        Enum name => name.ToString(),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        _ when SpecPaths.IsRecord(value.GetType()) => FormatRecord(value),
        IEnumerable list => FormatList(list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Quote(value.ToString() ?? ""),
    };

    /// <summary>Plain where that is unambiguous inside a variant's name or a list, else in double quotes.</summary>
    public static string Quote(string text)
    {
        bool plain = text.Length > 0 && text != None && !text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || "\"\\=,[]{}".Contains(letter));
        if (plain) return text;
        var quoted = new StringBuilder("\"");
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => quoted.Append('\\').Append(letter),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                _ => quoted.Append(letter),
            };
        }
        return quoted.Append('"').ToString();
    }

    private static string FormatList(IEnumerable list)
    {
        var text = new StringBuilder("[");
        foreach (object? item in list)
        {
            if (text.Length > 1) text.Append(',');
            text.Append(Format(item));
        }
        return text.Append(']').ToString();
    }

    // Only for records inside lists: elsewhere a record is a group of paths.
    private static string FormatRecord(object record)
    {
        var text = new StringBuilder(record.GetType().Name).Append('{');
        foreach (PropertyInfo property in SpecPaths.Properties(record.GetType()))
        {
            if (text[^1] != '{') text.Append(',');
            text.Append(property.Name).Append('=').Append(Format(property.GetValue(record)));
        }
        return text.Append('}').ToString();
    }
}
