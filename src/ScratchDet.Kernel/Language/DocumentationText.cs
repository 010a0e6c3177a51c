using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ScratchDet.Kernel.Language;

/// <summary>The marked-up text of a documentation comment as plain text, paragraphs apart.</summary>
internal static partial class DocumentationText
{
    public static string Of(XElement element)
    {
        var text = new StringBuilder();
        Append(element, text);
        // Lines of the source run on; a paragraph ends at the marks that Append sets.
        return ManyBreaks().Replace(SpaceAtBreak().Replace(Spaces().Replace(text.ToString(), " "), "\n"), "\n\n").Trim();
    }

    /// <summary><c>M:System.Linq.Enumerable.Where``1(...)</c> is Enumerable.Where; a type is its name.</summary>
    public static string ShortName(string reference)
    {
        char kind = reference.Length > 1 && reference[1] == ':' ? reference[0] : 'T';
        string name = reference.Length > 1 && reference[1] == ':' ? reference[2..] : reference;
        int parameters = name.IndexOf('(');
        if (parameters >= 0) name = name[..parameters];
        string[] parts = Arity().Replace(name, "").Split('.');
        return kind is 'T' or 'N' || parts.Length < 2 ? (kind == 'N' ? string.Join('.', parts) : parts[^1]) : parts[^1] is "#ctor" ? parts[^2] : $"{parts[^2]}.{parts[^1]}";
    }

    // Breaks that stay are vertical tabs until the spaces of the source are gone.
    private const char Break = '\v';

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (XNode node in element.Nodes())
        {
            switch (node)
            {
                case XText plain:
                    text.Append(plain.Value);
                    break;
                case XElement inner:
                    AppendElement(inner, text);
                    break;
            }
        }
    }

    private static void AppendElement(XElement element, StringBuilder text)
    {
        switch (element.Name.LocalName)
        {
            case "see" or "seealso":
                if (element.Nodes().Any()) Append(element, text);
                else if ((string?)element.Attribute("cref") is { } reference) text.Append(ShortName(reference));
                else text.Append((string?)element.Attribute("langword") ?? (string?)element.Attribute("href"));
                break;
            case "paramref" or "typeparamref":
                text.Append((string?)element.Attribute("name"));
                break;
            case "para":
                text.Append(Break).Append(Break);
                Append(element, text);
                text.Append(Break).Append(Break);
                break;
            case "br":
                text.Append(Break);
                break;
            case "code":
                text.Append(Break).Append(element.Value.Trim('\n').Replace("\n", Break.ToString())).Append(Break);
                break;
            case "item":
                text.Append(Break).Append("- ");
                if (element.Element("term") is { } term)
                {
                    Append(term, text);
                    if (element.Element("description") is not null) text.Append(": ");
                }
                if (element.Element("description") is { } description) Append(description, text);
                else if (element.Element("term") is null) Append(element, text);
                break;
            case "list":
                foreach (XElement item in element.Elements("item")) AppendElement(item, text);
                text.Append(Break);
                break;
            default:
                Append(element, text);
                break;
        }
    }

    [GeneratedRegex(@"[ \t\r\n]+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@" ?\v ?")]
    private static partial Regex SpaceAtBreak();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex ManyBreaks();

    [GeneratedRegex("`+[0-9]+")]
    private static partial Regex Arity();
}
