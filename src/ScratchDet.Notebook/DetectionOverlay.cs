using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Notebook;

/// <summary>One detection to be drawn: box in pixels of the image, class, score 0 to 1.</summary>
public readonly record struct OverlayDetection(Box Box, int ClassIndex, float Score);

/// <summary>
/// Draws boxes into a copy of an image: ground truth dashed black and white, detections in their class's colour with
/// name and score.
/// </summary>
public sealed record DetectionOverlay(IReadOnlyList<string> ClassNames)
{
    internal const int DashLength = 5;

    /// <summary>Detections below are not drawn.</summary>
    public float ScoreThreshold { get; init; } = 0.5f;

    /// <summary>Each image pixel becomes a square of so many: labels stay legible on small images.</summary>
    public int Magnification { get; init; } = 1;

    public int LineWidth { get; init; } = 2;

    public int TextScale { get; init; } = 1;

    /// <param name="groundTruth">In pixels of the image.</param>
    /// <returns>An image of the size times <see cref="Magnification"/>.</returns>
    public PlanarImage Draw(PlanarImage image, IReadOnlyList<ObjectAnnotation> groundTruth, IReadOnlyList<OverlayDetection> detections)
    {
        var canvas = new PictureCanvas(Magnify(image, Magnification));
        foreach (ObjectAnnotation annotation in groundTruth)
            canvas.DashedFrame(PixelsOf(annotation.Box), DashLength);
        // The best last, on top of the others.
        OverlayDetection[] shown = [.. detections.Where(detection => detection.Score >= ScoreThreshold).OrderBy(detection => detection.Score)];
        foreach (OverlayDetection detection in shown)
            canvas.Frame(PixelsOf(detection.Box), Palette.OfClass(detection.ClassIndex), LineWidth);
        var taken = new List<PixelRectangle>();
        for (int index = shown.Length - 1; index >= 0; index--)
            canvas.Label(LabelOf(shown[index]), PixelsOf(shown[index].Box), Palette.OfClass(shown[index].ClassIndex), TextScale, taken);
        return canvas.Image;
    }

    private PixelRectangle PixelsOf(Box box) => PixelsOf(box, Magnification, Magnification);

    /// <summary>The pixels of a box in a picture whose sides are so many times the image's; at least one pixel.</summary>
    internal static PixelRectangle PixelsOf(Box box, double scaleX, double scaleY)
    {
        int left = Round(box.XMin * scaleX);
        int top = Round(box.YMin * scaleY);
        return new PixelRectangle(left, top, Math.Max(left + 1, Round(box.XMax * scaleX)), Math.Max(top + 1, Round(box.YMax * scaleY)));
    }

    // A box from a diverged model may lie anywhere; far outside the picture is as good as further.
    private static int Round(double place) => double.IsNaN(place) ? 0 : (int)Math.Clamp(Math.Round(place), -1_000_000, 1_000_000);

    internal static PlanarImage Magnify(PlanarImage image, int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        var large = new PlanarImage(checked(image.Width * factor), checked(image.Height * factor));
        for (int channel = 0; channel < PlanarImage.Channels; channel++)
        {
            ReadOnlySpan<byte> from = image.Plane(channel);
            Span<byte> to = large.Plane(channel);
            for (int y = 0; y < image.Height; y++)
            {
                Span<byte> row = to.Slice(y * factor * large.Width, large.Width);
                for (int x = 0; x < image.Width; x++)
                    row.Slice(x * factor, factor).Fill(from[(y * image.Width) + x]);
                for (int copy = 1; copy < factor; copy++)
                    row.CopyTo(to.Slice(((y * factor) + copy) * large.Width, large.Width));
            }
        }
        return large;
    }

    private string LabelOf(OverlayDetection detection)
    {
        string name = detection.ClassIndex >= 0 && detection.ClassIndex < ClassNames.Count
            ? ClassNames[detection.ClassIndex]
            : $"class {detection.ClassIndex.ToString(CultureInfo.InvariantCulture)}";
        return $"{name} {detection.Score.ToString("0.00", CultureInfo.InvariantCulture)}";
    }
}
