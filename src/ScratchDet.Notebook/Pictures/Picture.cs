using System.Globalization;
using System.Text;
using ScratchDet.Data;

namespace ScratchDet.Notebook;

/// <summary>What a colour in a picture stands for.</summary>
public readonly record struct PictureKey(Rgb Colour, string Meaning);

/// <summary>
/// A picture for a notebook, with a caption, a legend, and in words what it shows. One that would make an output of more
/// than about 80 kB is stored as JPEG, and then smaller, until it does not.
/// </summary>
/// <param name="Description">For those who cannot see it, and the first line of its text: "3 objects on a picture of 96 x 96 px".</param>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record Picture(PlanarImage Image, string Description) : IDisplayable
{
    /// <summary>With both an image of its own and one in the HTML, an output stays below 40 kB: a notebook holds several.</summary>
    internal const int BytesForTwoForms = 12 * 1024;

    /// <summary>In the HTML alone.</summary>
    internal const int BytesForOneForm = 20 * 1024;

    private const int MostDetails = 40;

    /// <summary>Shown below the picture; empty: nothing is.</summary>
    public string Caption { get; init; } = "";

    /// <summary>A line each for what is drawn, such as a box with its class; for terminals and for those who cannot see.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    public IReadOnlyList<PictureKey> Legend { get; init; } = [];

    /// <summary>In CSS pixels; null is the picture's own. A page can show it finer than its pixels.</summary>
    public int? ShownWidth { get; init; }

    /// <summary>Description, caption and details.</summary>
    public string ToText()
    {
        var text = new StringBuilder(Description);
        if (Caption.Length > 0) text.Append('\n').Append(Caption);
        foreach (string detail in Details.Take(MostDetails)) text.Append("\n  ").Append(detail);
        if (Details.Count > MostDetails) text.Append(CultureInfo.InvariantCulture, $"\n  ... and {Details.Count - MostDetails} more");
        return text.ToString();
    }

    public MimeBundle ToMimeBundle()
    {
        EncodedPicture encoded = EncodedPicture.Of(Image, BytesForOneForm);
        MimeBundle bundle = ViewMarkup.Bundle(ToText(), html => WriteFigure(html, encoded));
        return encoded.Bytes.Length <= BytesForTwoForms ? bundle.With(encoded.MimeType, encoded.Base64) : bundle;
    }

    internal void WriteFigure(StringBuilder html, EncodedPicture encoded)
    {
        // The size that it was drawn at, so that one which had to be stored smaller stands in line with the others.
        int width = ShownWidth ?? Image.Width;
        html.Append(CultureInfo.InvariantCulture, $"<figure><img width=\"{width}\" height=\"{(int)Math.Round((double)width * Image.Height / Image.Width)}\" alt=\"{Markup.Escape(AlternativeText())}\" src=\"{encoded.DataUri}\">");
        if (Caption.Length + Legend.Count > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<figcaption style=\"max-width:{Math.Max(width, 320)}px\">{Markup.Escape(Caption)}{(Caption.Length > 0 && Legend.Count > 0 ? "<br>" : "")}");
            foreach ((Rgb colour, string meaning) in Legend)
                html.Append($"<span class=\"key\">{Swatch(colour)}{Markup.Escape(meaning)}</span> ");
            html.Append("</figcaption>");
        }
        html.Append("</figure>");
    }

    /// <summary>In one line, with the details where they are few.</summary>
    internal string AlternativeText()
    {
        const int LongestAlternative = 300;
        string text = Details.Count == 0 ? Description : $"{Description}: {string.Join("; ", Details)}";
        return text.Length <= LongestAlternative ? text : Description;
    }

    /// <summary>A small square of a colour.</summary>
    internal static string Swatch(Rgb colour) => $"<span class=\"swatch\" style=\"background:#{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}\"></span>";
}
