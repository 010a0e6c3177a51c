using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// How a value looks: our own types say it themselves, all others as Microsoft.DotNet.Interactive.Formatting shows them.
/// Every form comes with text/plain.
/// </summary>
internal static class ValueFormatter
{
    /// <summary>Those that are registered here; all others that are no defaults are the notebook's.</summary>
    private static readonly HashSet<Type> OwnTypes = [typeof(IDisplayable), .. KitDisplays.Types];

    static ValueFormatter()
    {
        // For values of ours within lists, records and tables.
        foreach (Type type in OwnTypes)
        {
            Formatter.Register(type, (value, writer) => writer.Write(HtmlOf(KitDisplays.Of(value)!.ToMimeBundle())), MimeBundle.Html);
            Formatter.Register(type, (value, writer) => writer.Write(KitDisplays.Of(value)!.ToMimeBundle().Text), MimeBundle.PlainText);
        }
    }

    /// <param name="mimeTypes">Empty: those that are set for the value's type.</param>
    public static MimeBundle Bundle(object? value, params IReadOnlyCollection<string> mimeTypes)
    {
        if (!IsFormattedByUser(value) && KitDisplays.Of(value) is { } displayable)
        {
            MimeBundle whole = displayable.ToMimeBundle();
            return mimeTypes.Count == 0 ? whole : Selected(whole, mimeTypes);
        }
        value = Replayable(value);
        if (mimeTypes.Count == 0) mimeTypes = value is null ? [MimeBundle.Html] : Formatter.GetPreferredMimeTypesFor(value.GetType());
        var bundle = new MimeBundle(value.ToDisplayString(MimeBundle.PlainText));
        foreach (string mimeType in mimeTypes)
        {
            if (mimeType != MimeBundle.PlainText) bundle = bundle.With(mimeType, Content(mimeType, value.ToDisplayString(mimeType)));
        }
        return bundle;
    }

    /// <summary>A text that already is in the form of the MIME type.</summary>
    public static MimeBundle Raw(string text, string mimeType)
    {
        var bundle = new MimeBundle(text);
        return mimeType == MimeBundle.PlainText ? bundle : bundle.With(mimeType, Content(mimeType, text));
    }

    private static bool IsFormattedByUser(object? value) =>
        value is not null && Formatter.RegisteredFormatters(includeDefaults: false).Any(formatter => !OwnTypes.Contains(formatter.Type) && formatter.Type.IsInstanceOfType(value));

    private static MimeBundle Selected(MimeBundle whole, IReadOnlyCollection<string> mimeTypes)
    {
        var chosen = new MimeBundle(whole.Text);
        foreach ((string mimeType, JsonNode content) in whole.Forms)
            if (mimeType != MimeBundle.PlainText && mimeTypes.Contains(mimeType)) chosen = chosen.With(mimeType, content.DeepClone());
        return chosen;
    }

    /// <summary>JSON types are JSON in a bundle. Text that is not JSON stays text: the client shows what came.</summary>
    private static JsonNode Content(string mimeType, string text)
    {
        if (mimeType != "application/json" && !mimeType.EndsWith("+json", StringComparison.Ordinal)) return JsonValue.Create(text);
        try
        {
            return JsonNode.Parse(text) ?? JsonValue.Create("null");
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string HtmlOf(MimeBundle bundle)
    {
        if (bundle.Find(MimeBundle.Html) is { } html) return html.GetValue<string>();
        if (bundle.Find(MimeBundle.Svg) is { } svg) return svg.GetValue<string>();
        if (bundle.Find(MimeBundle.Png) is { } png) return $"<img src=\"data:image/png;base64,{png.GetValue<string>()}\"/>";
        return $"<pre>{System.Net.WebUtility.HtmlEncode(bundle.Text)}</pre>";
    }

    /// <summary>
    /// A query or an iterator runs anew each time it is gone through, and it is gone through once for each form: it is
    /// shown from memory instead. Only the elements that the forms ask for are computed.
    /// </summary>
    private static object? Replayable(object? value)
    {
        if (value is not IEnumerable sequence || value is ICollection or string) return value;
        Type type = value.GetType();
        bool isIterator = type.Namespace == "System.Linq" || type.Name.StartsWith('<'); // a query, or a method with `yield`
        Type? element = isIterator
            ? type.GetInterfaces().FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0]
            : null;
        return element is null ? value : Activator.CreateInstance(typeof(Sequence<>).MakeGenericType(element), sequence);
    }

    private sealed class Sequence<T>(IEnumerable<T> source) : IEnumerable<T>
    {
        private readonly List<T> seen = [];
        private IEnumerator<T>? more;
        private bool ended;

        public IEnumerator<T> GetEnumerator()
        {
            for (int index = 0; ; index++)
            {
                if (index == seen.Count && !Grow()) yield break;
                yield return seen[index];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private bool Grow()
        {
            if (ended) return false;
            more ??= source.GetEnumerator();
            if (more.MoveNext())
            {
                seen.Add(more.Current);
                return true;
            }
            ended = true;
            more.Dispose();
            return false;
        }
    }
}
