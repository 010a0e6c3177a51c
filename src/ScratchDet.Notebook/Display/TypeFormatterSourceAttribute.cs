namespace ScratchDet.Notebook;

/// <summary>
/// Tells notebook kernels other than ours how a type is shown. They look for an attribute of this very name and create
/// its source, so that no package of theirs is needed: <c>[TypeFormatterSource(typeof(DisplayableFormatterSource))]</c>
/// on a class that is <see cref="IDisplayable"/>; subclasses inherit it.
/// </summary>
/// <remarks>The convention is that of .NET Interactive (its documentation, "Formatting").</remarks>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; set; } = [MimeBundle.Html];
}

/// <summary>By the convention: has a parameterless constructor, and a method of this name.</summary>
internal sealed class DisplayableFormatterSource
{
    public IEnumerable<object> CreateTypeFormatters() => [new DisplayableFormatter(MimeBundle.Html), new DisplayableFormatter(MimeBundle.PlainText)];
}

/// <summary>By the convention: has a MIME type, and writes an instance or says that it cannot.</summary>
internal sealed class DisplayableFormatter(string mimeType)
{
    public string MimeType => mimeType;

    public bool Format(object instance, TextWriter writer)
    {
        if (instance is not IDisplayable displayable) return false;
        MimeBundle bundle = displayable.ToMimeBundle();
        string? content = bundle.Find(mimeType)?.GetValue<string>();
        if (content is null && mimeType == MimeBundle.Html) content = bundle.Find(MimeBundle.Svg)?.GetValue<string>();
        if (content is null) return false;
        writer.Write(content);
        return true;
    }
}
