using System.Globalization;

namespace ScratchDet.Notebook;

/// <summary>
/// Pictures side by side, each with its caption. All of them together stay below about 80 kB, so many or large ones are
/// stored as JPEG and smaller.
/// </summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record ImageGrid(IReadOnlyList<Picture> Pictures) : IDisplayable
{
    /// <summary>More are not shown, but counted.</summary>
    public const int MostPictures = 24;

    /// <summary>Shown above the pictures.</summary>
    public string Title { get; init; } = "";

    /// <summary>Of all picture files together; each has an equal share. Base64 makes a third more of them.</summary>
    public int ByteLimit { get; init; } = 28 * 1024;

    public MimeBundle ToMimeBundle()
    {
        Picture[] shown = [.. Pictures.Take(MostPictures)];
        string more = Pictures.Count > shown.Length ? $"... and {ViewMarkup.Count(Pictures.Count - shown.Length, "more picture")}" : "";
        string[] texts = [.. shown.Select((picture, index) => string.Create(CultureInfo.InvariantCulture, $"{index + 1}. {(picture.Caption.Length > 0 ? picture.Caption + ": " : "")}{picture.AlternativeText()}"))];
        return ViewMarkup.Bundle(string.Join('\n', [Title, .. texts, more]).Trim('\n'), html => WriteHtml(html, shown, more));
    }

    internal void WriteHtml(System.Text.StringBuilder html) => WriteHtml(html, [.. Pictures.Take(MostPictures)], "");

    private void WriteHtml(System.Text.StringBuilder html, Picture[] shown, string more)
    {
        if (Title.Length > 0) html.Title(Title);
        html.Append("<div class=\"pictures\">");
        foreach (Picture picture in shown)
            picture.WriteFigure(html, EncodedPicture.Of(picture.Image, ByteLimit / shown.Length));
        html.Append("</div>");
        if (more.Length > 0) html.Line(more, soft: true);
    }
}
