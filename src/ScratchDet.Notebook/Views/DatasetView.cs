using System.Globalization;
using System.Text;
using ScratchDet.Data;

namespace ScratchDet.Notebook;

/// <summary>Annotated images on a page: how many, how large, which classes, and some of them with their boxes.</summary>
/// <param name="Dataset">Its images are read when the view is shown.</param>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record DatasetView(DetectionDataset Dataset) : IDisplayable
{
    private const int PictureSide = 256;

    /// <summary>Evenly over the list; 0: none.</summary>
    public int Pictures { get; init; } = 6;

    public ImageDecoder Decode { get; init; } = ImageFiles.Decode;

    /// <summary>With few classes their colours stand in the table, and the pictures need no names.</summary>
    private bool ColoursAreKeys => Dataset.ClassNames.Count <= Palette.SeriesColours;

    /// <summary>"700 images, 2,812 objects of 6 classes".</summary>
    public string Summary
    {
        get
        {
            long objects = 0, difficult = 0;
            foreach (Sample sample in Dataset.Samples)
            {
                objects += sample.Objects.Count;
                foreach (ObjectAnnotation item in sample.Objects)
                    if (item.Difficult) difficult++;
            }
            return $"{ViewMarkup.Count(Dataset.Samples.Count, "image")}{SizeText()}, {ViewMarkup.Count(objects, "object")}{(difficult > 0 ? $" ({ViewMarkup.Grouped(difficult)} difficult)" : "")} of {ViewMarkup.Count(Dataset.ClassNames.Count, "class", "classes")}";
        }
    }

    /// <summary>One row a class: images that show it, objects, their share, and the median side (root of width x height) of their boxes.</summary>
    public TextTable ToTextTable() => new(
        ["class", "images", "objects", "share", "median side, px"],
        [.. Classes().Select(one => (IReadOnlyList<string>)[one.Name, Number(one.Images), Number(one.Objects), one.Share.ToString("0.0 %", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal), Markup.Number(Math.Round(one.MedianSide))])]);

    public MimeBundle ToMimeBundle()
    {
        (ImageGrid? grid, string note) = Grid();
        string text = $"{Summary}\n\n{ToTextTable().ToText()}{(note.Length > 0 ? "\n" + note : "")}";
        return ViewMarkup.Bundle(text, html =>
        {
            html.Title(Summary);
            WriteClasses(html);
            grid?.WriteHtml(html);
            if (note.Length > 0) html.Line(note, soft: true);
        });
    }

    private List<ClassRow> Classes()
    {
        int classes = Dataset.ClassNames.Count;
        var images = new int[classes];
        var lastImage = new int[classes];
        var sides = new List<double>[classes];
        for (int index = 0; index < classes; index++) (lastImage[index], sides[index]) = (-1, []);
        for (int place = 0; place < Dataset.Samples.Count; place++)
        {
            foreach (ObjectAnnotation item in Dataset.Samples[place].Objects)
            {
                sides[item.ClassIndex].Add(Math.Sqrt(item.Box.Area));
                if (lastImage[item.ClassIndex] == place) continue;
                lastImage[item.ClassIndex] = place;
                images[item.ClassIndex]++;
            }
        }
        int all = Math.Max(1, sides.Sum(list => list.Count));
        var rows = new List<ClassRow>();
        for (int index = 0; index < classes; index++)
        {
            sides[index].Sort();
            rows.Add(new ClassRow(Dataset.ClassNames[index], images[index], sides[index].Count, (double)sides[index].Count / all, sides[index].Count == 0 ? 0 : sides[index][sides[index].Count / 2]));
        }
        return rows;
    }

    private void WriteClasses(StringBuilder html)
    {
        List<ClassRow> rows = Classes();
        int most = Math.Max(1, rows.Count == 0 ? 1 : rows.Max(row => row.Objects));
        html.Append("<div class=\"scroll\"><table><thead><tr><th>class</th><th class=\"number\">images</th><th class=\"number\">objects</th><th></th><th class=\"number\">median side, px</th></tr></thead><tbody>");
        for (int index = 0; index < rows.Count; index++)
        {
            ClassRow row = rows[index];
            html.Append($"<tr><td>{(ColoursAreKeys ? Picture.Swatch(Palette.OfClass(index)) : "")}{Markup.Escape(row.Name)}</td><td class=\"number\">{Number(row.Images)}</td><td class=\"number\">{Number(row.Objects)}</td>");
            html.Append($"<td><span class=\"bar\"><i style=\"width:{Markup.Number(100.0 * row.Objects / most)}%\"></i></span></td><td class=\"number\">{Markup.Number(Math.Round(row.MedianSide))}</td></tr>");
        }
        html.Append("</tbody></table></div>");
    }

    private (ImageGrid? Grid, string Note) Grid()
    {
        int count = Math.Min(Pictures, Dataset.Samples.Count);
        if (count == 0) return (null, "");
        try
        {
            return (new ImageGrid([.. Enumerable.Range(0, count).Select(k => PictureOf(Dataset.Samples[(int)((long)k * Dataset.Samples.Count / count)]))]), "");
        }
        catch (Exception missing) when (missing is DllNotFoundException or BadInputException)
        {
            // The counts are worth showing all the same; the message may hold a path, which has no place in a notebook.
            return (null, missing is BadInputException bad ? $"No pictures: {bad.What}." : "No pictures: libtorch came without torchvision's image operators.");
        }
    }

    private Picture PictureOf(Sample sample)
    {
        PlanarImage image = Decode(sample.ImagePath);
        int longer = Math.Max(image.Width, image.Height);
        ImageOverlay overlay = ImageOverlay.Of(image, Dataset.ClassNames).Caption(sample.Id);
        overlay = ColoursAreKeys ? overlay.GroundTruthColours(sample.Objects) : overlay.GroundTruth(sample.Objects);
        Picture picture = (longer > 2 * PictureSide ? overlay : overlay.Magnify(Math.Max(1, PictureSide / longer))).ToPicture();
        return picture with { ShownWidth = Math.Min(picture.Image.Width, PictureSide) };
    }

    private string SizeText()
    {
        if (Dataset.Samples.Count == 0) return "";
        (int narrow, int wide) = (Dataset.Samples.Min(sample => sample.Width), Dataset.Samples.Max(sample => sample.Width));
        (int low, int high) = (Dataset.Samples.Min(sample => sample.Height), Dataset.Samples.Max(sample => sample.Height));
        return (narrow, low) == (wide, high)
            ? string.Create(CultureInfo.InvariantCulture, $" of {wide} x {high} px")
            : string.Create(CultureInfo.InvariantCulture, $" of {narrow} x {low} to {wide} x {high} px");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly record struct ClassRow(string Name, int Images, int Objects, double Share, double MedianSide);
}
