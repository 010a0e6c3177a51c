using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Notebook;

/// <summary>From pixels of the image to pixels of the picture that is drawn.</summary>
internal readonly record struct PictureScale(double X, double Y)
{
    public PixelRectangle Of(Box box) => DetectionOverlay.PixelsOf(box, X, Y);

    /// <summary>Lines and letters grow with the picture, but not below one pixel.</summary>
    public int TextScale(PictureCanvas canvas) => canvas.Width >= 640 ? 2 : 1;
}

/// <summary>One kind of thing drawn over an image; boxes and points are in pixels of the image.</summary>
internal abstract record OverlayLayer
{
    public abstract void Draw(PictureCanvas canvas, PictureScale scale);

    /// <summary>Texts come last, so that no line crosses them.</summary>
    public virtual void Label(PictureCanvas canvas, PictureScale scale, List<PixelRectangle> taken)
    {
    }

    /// <summary>A line for each thing.</summary>
    public abstract IEnumerable<string> Describe();

    /// <summary>"3 objects".</summary>
    public abstract string Summary { get; }

    public virtual IEnumerable<PictureKey> Legend => [];

    protected static string NameOf(IReadOnlyList<string> classNames, int classIndex) =>
        classIndex >= 0 && classIndex < classNames.Count ? classNames[classIndex] : $"class {classIndex.ToString(CultureInfo.InvariantCulture)}";

    protected static string TextOf(Box box) =>
        string.Create(CultureInfo.InvariantCulture, $"from ({box.XMin:0.#}, {box.YMin:0.#}) to ({box.XMax:0.#}, {box.YMax:0.#})");
}

/// <summary>Objects in the colours of their classes; beside detections dashed black and white, just outside their boxes.</summary>
internal sealed record GroundTruthLayer(IReadOnlyList<ObjectAnnotation> Objects, IReadOnlyList<string> ClassNames) : OverlayLayer
{
    public bool WithNames { get; init; } = true;

    public bool IsDashed { get; init; }

    public override string Summary => ViewMarkup.Count(Objects.Count, "object");

    public override void Draw(PictureCanvas canvas, PictureScale scale)
    {
        foreach (ObjectAnnotation item in Objects)
        {
            if (IsDashed) canvas.DashedFrame(scale.Of(item.Box), DetectionOverlay.DashLength);
            else canvas.Frame(scale.Of(item.Box), Palette.OfClass(item.ClassIndex), 2);
        }
    }

    public override void Label(PictureCanvas canvas, PictureScale scale, List<PixelRectangle> taken)
    {
        if (!WithNames) return;
        foreach (ObjectAnnotation item in Objects)
            canvas.Label(NameOf(ClassNames, item.ClassIndex), scale.Of(item.Box), Palette.OfClass(item.ClassIndex), scale.TextScale(canvas), taken);
    }

    public override IEnumerable<string> Describe() => Objects.Select(item =>
        $"object: {NameOf(ClassNames, item.ClassIndex)} {TextOf(item.Box)}{(item.Difficult ? ", difficult" : "")}{(item.Truncated ? ", truncated" : "")}");
}

/// <summary>Detections in the colours of their classes, the best on top, with class and score.</summary>
internal sealed record DetectionLayer(IReadOnlyList<Detection> Detections, IReadOnlyList<string> ClassNames) : OverlayLayer
{
    public override string Summary => ViewMarkup.Count(Detections.Count, "detection");

    public override void Draw(PictureCanvas canvas, PictureScale scale)
    {
        for (int index = Detections.Count - 1; index >= 0; index--)
            canvas.Frame(scale.Of(Detections[index].Box), Palette.OfClass(Detections[index].ClassIndex), 2);
    }

    public override void Label(PictureCanvas canvas, PictureScale scale, List<PixelRectangle> taken)
    {
        foreach (Detection found in Detections)
            canvas.Label(TextOf(found), scale.Of(found.Box), Palette.OfClass(found.ClassIndex), scale.TextScale(canvas), taken);
    }

    public override IEnumerable<string> Describe() => Detections.Select(found => $"detection: {TextOf(found)} {TextOf(found.Box)}");

    private string TextOf(Detection found) =>
        string.Create(CultureInfo.InvariantCulture, $"{NameOf(ClassNames, found.ClassIndex)} {found.Score:0.00}");
}

/// <summary>Default boxes, thin, coloured by their place within a cell, with a dot at the centre.</summary>
internal sealed record DefaultBoxLayer(DefaultBoxSet DefaultBoxes, IReadOnlyList<int> Indices, double ImageWidth, double ImageHeight) : OverlayLayer
{
    public override string Summary => ViewMarkup.Count(Indices.Count, "default box", "default boxes");

    public override void Draw(PictureCanvas canvas, PictureScale scale)
    {
        for (int place = Indices.Count - 1; place >= 0; place--)
            canvas.Frame(scale.Of(InImage(Indices[place])), Palette.OfClass(place), 2);
        foreach (int index in Indices)
        {
            Box box = InImage(index);
            canvas.Disc(box.CenterX * scale.X, box.CenterY * scale.Y, 3.5, new Rgb(255, 255, 255));
            canvas.Disc(box.CenterX * scale.X, box.CenterY * scale.Y, 2, new Rgb(0, 0, 0));
        }
    }

    public override IEnumerable<string> Describe() => Indices.Select(index => $"default box {index.ToString(CultureInfo.InvariantCulture)}: {SizeOf(index)}, {TextOf(InImage(index))}");

    public override IEnumerable<PictureKey> Legend =>
        Indices.Count > Palette.SeriesColours ? [] : Indices.Select((index, place) => new PictureKey(Palette.OfClass(place), SizeOf(index)));

    private string SizeOf(int index) => string.Create(CultureInfo.InvariantCulture, $"{DefaultBoxes[index].Width:0.#} x {DefaultBoxes[index].Height:0.#} px");

    private Box InImage(int index) =>
        DefaultBoxes[index].Scale((float)(ImageWidth / DefaultBoxes.Spec.ImageWidth), (float)(ImageHeight / DefaultBoxes.Spec.ImageHeight));
}
