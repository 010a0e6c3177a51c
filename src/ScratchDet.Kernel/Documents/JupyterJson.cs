using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Documents;

/// <summary>
/// JSON laid out as Jupyter's nbformat lays it out, to the byte: keys in order, one space a level, letters of all
/// languages as they are. So a file does not change when Jupyter saves it again.
/// </summary>
internal static class JupyterJson
{
    public static string ToText(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(text, node, depth: 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                WriteObject(text, map, depth);
                break;
            case JsonArray list:
                WriteList(text, list, depth);
                break;
            default:
                WriteValue(text, node.AsValue());
                break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonObject map, int depth)
    {
        if (map.Count == 0)
        {
            text.Append("{}");
            return;
        }
        string separator = "{";
        foreach ((string key, JsonNode? value) in map.OrderBy(entry => entry.Key, CodePointOrder.Instance))
        {
            text.Append(separator).Append('\n').Append(' ', depth + 1);
            WriteString(text, key);
            text.Append(": ");
            Write(text, value, depth + 1);
            separator = ",";
        }
        text.Append('\n').Append(' ', depth).Append('}');
    }

    private static void WriteList(StringBuilder text, JsonArray list, int depth)
    {
        if (list.Count == 0)
        {
            text.Append("[]");
            return;
        }
        string separator = "[";
        foreach (JsonNode? value in list)
        {
            text.Append(separator).Append('\n').Append(' ', depth + 1);
            Write(text, value, depth + 1);
            separator = ",";
        }
        text.Append('\n').Append(' ', depth).Append(']');
    }

    private static void WriteValue(StringBuilder text, JsonValue value)
    {
        if (value.GetValueKind() == JsonValueKind.String) WriteString(text, value.GetValue<string>());
        else text.Append(value.ToJsonString());
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        for (int index = 0; index < value.Length; index++)
        {
            char letter = value[index];
            switch (letter)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case < ' ':
                    AppendCode(text, letter);
                    break;
                case var high when char.IsHighSurrogate(high) && index + 1 < value.Length && char.IsLowSurrogate(value[index + 1]):
                    text.Append(high).Append(value[++index]);
                    break;
                case var half when char.IsSurrogate(half): // alone it has no form in UTF-8
                    AppendCode(text, half);
                    break;
                default:
                    text.Append(letter);
                    break;
            }
        }
        text.Append('"');
    }

    private static void AppendCode(StringBuilder text, char letter) =>
        text.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));

    /// <summary>Python's order of texts: by code point, where .NET's ordinal order is by UTF-16 unit.</summary>
    private sealed class CodePointOrder : IComparer<string>
    {
        public static CodePointOrder Instance { get; } = new();

        public int Compare(string? first, string? second)
        {
            StringRuneEnumerator left = first!.EnumerateRunes(), right = second!.EnumerateRunes();
            while (true)
            {
                bool hasLeft = left.MoveNext(), hasRight = right.MoveNext();
                if (!hasLeft || !hasRight) return hasLeft.CompareTo(hasRight);
                int order = left.Current.CompareTo(right.Current);
                if (order != 0) return order;
            }
        }
    }
}
