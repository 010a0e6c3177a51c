using System.Globalization;

namespace ScratchDet.Notebook;

/// <summary>A place in pixels of the image.</summary>
/// <param name="IsVisible">False: hidden, drawn as a ring.</param>
public readonly record struct OverlayKeypoint(float X, float Y, bool IsVisible = true);

/// <summary>Binary masks, mixed into the picture in the colour of their place, with a rim of the full colour.</summary>
/// <param name="Masks">Each row-major height x width of the image; not 0 is inside.</param>
internal sealed record MaskLayer(IReadOnlyList<byte[]> Masks, int Width, int Height, double Opacity) : OverlayLayer
{
    public override string Summary => ViewMarkup.Count(Masks.Count, "mask");

    public override void Draw(PictureCanvas canvas, PictureScale scale)
    {
        for (int index = 0; index < Masks.Count; index++)
        {
            byte[] mask = Masks[index];
            Rgb colour = Palette.OfClass(index);
            for (int y = 0; y < canvas.Height; y++)
            {
                for (int x = 0; x < canvas.Width; x++)
                {
                    if (!IsInside(mask, x, y, scale)) continue;
                    if (IsRim(mask, x, y, canvas, scale)) canvas.Set(x, y, colour);
                    else canvas.Blend(x, y, colour, Opacity);
                }
            }
        }
    }

    public override IEnumerable<string> Describe() => Masks.Select((mask, index) =>
        $"mask {(index + 1).ToString(CultureInfo.InvariantCulture)}: {ViewMarkup.Count(mask.Length - mask.AsSpan().Count((byte)0), "pixel")}");

    private bool IsInside(byte[] mask, int x, int y, PictureScale scale)
    {
        int column = Math.Min(Width - 1, (int)((x + 0.5) / scale.X));
        int row = Math.Min(Height - 1, (int)((y + 0.5) / scale.Y));
        return mask[(row * Width) + column] != 0;
    }

    private bool IsRim(byte[] mask, int x, int y, PictureCanvas canvas, PictureScale scale) =>
        (x > 0 && !IsInside(mask, x - 1, y, scale)) || (x + 1 < canvas.Width && !IsInside(mask, x + 1, y, scale))
        || (y > 0 && !IsInside(mask, x, y - 1, scale)) || (y + 1 < canvas.Height && !IsInside(mask, x, y + 1, scale));
}

/// <summary>The keypoints of one object and the lines between them; both ends of a line must be there.</summary>
internal sealed record KeypointLayer(IReadOnlyList<OverlayKeypoint?> Points, IReadOnlyList<(int From, int To)> Skeleton, int ColourIndex) : OverlayLayer
{
    private static readonly Rgb White = new(255, 255, 255);

    public override string Summary => ViewMarkup.Count(Points.Count(point => point is not null), "keypoint");

    public override void Draw(PictureCanvas canvas, PictureScale scale)
    {
        Rgb colour = Palette.OfClass(ColourIndex);
        foreach ((int from, int to) in Skeleton)
        {
            if (Points[from] is { } first && Points[to] is { } second)
                canvas.Line(first.X * scale.X, first.Y * scale.Y, second.X * scale.X, second.Y * scale.Y, 2, colour);
        }
        foreach (OverlayKeypoint? point in Points)
        {
            if (point is not { } place) continue;
            (double x, double y) = (place.X * scale.X, place.Y * scale.Y);
            canvas.Disc(x, y, 4, White);
            canvas.Disc(x, y, 3, colour);
            if (!place.IsVisible) canvas.Disc(x, y, 1.5, White);
        }
    }

    public override IEnumerable<string> Describe() =>
        [$"keypoints: {string.Join(", ", Points.Select(point => point is { } place ? string.Create(CultureInfo.InvariantCulture, $"({place.X:0.#}, {place.Y:0.#}){(place.IsVisible ? "" : " hidden")}") : "none"))}"];
}
