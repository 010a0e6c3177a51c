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
    private const int TextPadding = 2;
    private const int DashLength = 5;
    private static readonly Rgb White = new(255, 255, 255);
    private static readonly Rgb Black = new(0, 0, 0);

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
        PlanarImage canvas = Magnify(image, Magnification);
        foreach (ObjectAnnotation annotation in groundTruth)
            DrawDashed(canvas, PixelsOf(annotation.Box));
        // The best last, on top of the others.
        OverlayDetection[] shown = [.. detections.Where(detection => detection.Score >= ScoreThreshold).OrderBy(detection => detection.Score)];
        foreach (OverlayDetection detection in shown)
            DrawBox(canvas, PixelsOf(detection.Box), Palette.OfClass(detection.ClassIndex));
        var taken = new List<PixelRectangle>();
        for (int index = shown.Length - 1; index >= 0; index--)
            DrawLabel(canvas, shown[index], taken);
        return canvas;
    }

    private readonly record struct PixelRectangle(int Left, int Top, int Right, int Bottom)
    {
        public bool Overlaps(PixelRectangle other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
    }

    /// <summary>Left and top are the first pixel inside, right and bottom the first outside.</summary>
    private PixelRectangle PixelsOf(Box box)
    {
        int left = Round(box.XMin);
        int top = Round(box.YMin);
        return new PixelRectangle(left, top, Math.Max(left + 1, Round(box.XMax)), Math.Max(top + 1, Round(box.YMax)));
    }

    // A box from a diverged model may lie anywhere; far outside the picture is as good as further.
    private int Round(float place) => float.IsNaN(place) ? 0 : (int)Math.Clamp(MathF.Round(place * Magnification), -1_000_000, 1_000_000);

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

    private void DrawBox(PlanarImage canvas, PixelRectangle box, Rgb colour)
    {
        int width = Math.Max(1, LineWidth);
        Fill(canvas, new PixelRectangle(box.Left, box.Top, box.Right, Math.Min(box.Bottom, box.Top + width)), colour);
        Fill(canvas, new PixelRectangle(box.Left, Math.Max(box.Top, box.Bottom - width), box.Right, box.Bottom), colour);
        Fill(canvas, new PixelRectangle(box.Left, box.Top, Math.Min(box.Right, box.Left + width), box.Bottom), colour);
        Fill(canvas, new PixelRectangle(Math.Max(box.Left, box.Right - width), box.Top, box.Right, box.Bottom), colour);
    }

    // Black between the white dashes, so that the line shows on any background; a detection just inside leaves it visible.
    private static void DrawDashed(PlanarImage canvas, PixelRectangle box)
    {
        for (int x = Math.Max(0, box.Left - 1); x < Math.Min(canvas.Width, box.Right + 1); x++)
        {
            Rgb colour = (x / DashLength) % 2 == 0 ? White : Black;
            Fill(canvas, new PixelRectangle(x, box.Top - 1, x + 1, box.Top), colour);
            Fill(canvas, new PixelRectangle(x, box.Bottom, x + 1, box.Bottom + 1), colour);
        }
        for (int y = Math.Max(0, box.Top - 1); y < Math.Min(canvas.Height, box.Bottom + 1); y++)
        {
            Rgb colour = (y / DashLength) % 2 == 0 ? White : Black;
            Fill(canvas, new PixelRectangle(box.Left - 1, y, box.Left, y + 1), colour);
            Fill(canvas, new PixelRectangle(box.Right, y, box.Right + 1, y + 1), colour);
        }
    }

    private void DrawLabel(PlanarImage canvas, OverlayDetection detection, List<PixelRectangle> taken)
    {
        string name = detection.ClassIndex >= 0 && detection.ClassIndex < ClassNames.Count
            ? ClassNames[detection.ClassIndex]
            : $"class {detection.ClassIndex.ToString(CultureInfo.InvariantCulture)}";
        string text = $"{name} {detection.Score.ToString("0.00", CultureInfo.InvariantCulture)}";
        PixelRectangle box = PixelsOf(detection.Box);
        int width = (BitmapFont.TextWidth(text) * TextScale) + (2 * TextPadding);
        int height = (BitmapFont.GlyphHeight * TextScale) + (2 * TextPadding);
        PixelRectangle place = Place(canvas, box, width, height, taken);
        taken.Add(place);
        Rgb background = Palette.OfClass(detection.ClassIndex);
        Fill(canvas, place, background);
        DrawText(canvas, text, place.Left + TextPadding, place.Top + TextPadding, background.Contrast);
    }

    /// <summary>Above the box, else below, else inside, on the canvas and off the other labels where one of these is.</summary>
    private static PixelRectangle Place(PlanarImage canvas, PixelRectangle box, int width, int height, List<PixelRectangle> taken)
    {
        int left = Math.Max(0, Math.Min(box.Left, canvas.Width - width));
        PixelRectangle? first = null;
        foreach (int top in new[] { box.Top - height, box.Bottom, box.Top, box.Bottom - height })
        {
            if (top < 0 || top + height > canvas.Height) continue;
            var place = new PixelRectangle(left, top, left + width, top + height);
            if (!taken.Any(place.Overlaps)) return place;
            first ??= place;
        }
        int clamped = Math.Clamp(box.Top - height, 0, Math.Max(0, canvas.Height - height));
        return first ?? new PixelRectangle(left, clamped, left + width, clamped + height);
    }

    private void DrawText(PlanarImage canvas, string text, int left, int top, Rgb colour)
    {
        for (int index = 0; index < text.Length; index++)
        {
            int letterLeft = left + (index * BitmapFont.Advance * TextScale);
            for (int row = 0; row < BitmapFont.GlyphHeight; row++)
            {
                for (int column = 0; column < BitmapFont.GlyphWidth; column++)
                {
                    if (!BitmapFont.IsInk(text[index], column, row)) continue;
                    int x = letterLeft + (column * TextScale);
                    int y = top + (row * TextScale);
                    Fill(canvas, new PixelRectangle(x, y, x + TextScale, y + TextScale), colour);
                }
            }
        }
    }

    private static void Fill(PlanarImage canvas, PixelRectangle area, Rgb colour)
    {
        int left = Math.Max(0, area.Left);
        int right = Math.Min(canvas.Width, area.Right);
        int top = Math.Max(0, area.Top);
        int bottom = Math.Min(canvas.Height, area.Bottom);
        if (left >= right) return;
        for (int y = top; y < bottom; y++)
        {
            int start = (y * canvas.Width) + left;
            canvas.Plane(0).Slice(start, right - left).Fill(colour.Red);
            canvas.Plane(1).Slice(start, right - left).Fill(colour.Green);
            canvas.Plane(2).Slice(start, right - left).Fill(colour.Blue);
        }
    }
}
