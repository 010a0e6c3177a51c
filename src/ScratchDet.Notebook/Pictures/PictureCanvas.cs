using ScratchDet.Data;

namespace ScratchDet.Notebook;

/// <summary>Whole pixels: left and top are the first inside, right and bottom the first outside.</summary>
internal readonly record struct PixelRectangle(int Left, int Top, int Right, int Bottom)
{
    public bool Overlaps(PixelRectangle other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
}

/// <summary>Draws into the pixels of an image; what lies outside it is left out.</summary>
internal sealed class PictureCanvas(PlanarImage image)
{
    private const int TextPadding = 2;
    private static readonly Rgb White = new(255, 255, 255);
    private static readonly Rgb Black = new(0, 0, 0);

    public PlanarImage Image => image;

    public int Width => image.Width;

    public int Height => image.Height;

    public void Fill(PixelRectangle area, Rgb colour)
    {
        int left = Math.Max(0, area.Left);
        int right = Math.Min(Width, area.Right);
        int top = Math.Max(0, area.Top);
        int bottom = Math.Min(Height, area.Bottom);
        if (left >= right) return;
        for (int y = top; y < bottom; y++)
        {
            int start = (y * Width) + left;
            image.Plane(0).Slice(start, right - left).Fill(colour.Red);
            image.Plane(1).Slice(start, right - left).Fill(colour.Green);
            image.Plane(2).Slice(start, right - left).Fill(colour.Blue);
        }
    }

    /// <summary>A frame just inside the box.</summary>
    public void Frame(PixelRectangle box, Rgb colour, int lineWidth)
    {
        int width = Math.Max(1, lineWidth);
        Fill(new PixelRectangle(box.Left, box.Top, box.Right, Math.Min(box.Bottom, box.Top + width)), colour);
        Fill(new PixelRectangle(box.Left, Math.Max(box.Top, box.Bottom - width), box.Right, box.Bottom), colour);
        Fill(new PixelRectangle(box.Left, box.Top, Math.Min(box.Right, box.Left + width), box.Bottom), colour);
        Fill(new PixelRectangle(Math.Max(box.Left, box.Right - width), box.Top, box.Right, box.Bottom), colour);
    }

    /// <summary>
    /// A dashed line of one pixel just outside the box. With two colours by turns it shows on any ground; without the
    /// second there are gaps.
    /// </summary>
    public void DashedFrame(PixelRectangle box, Rgb first, Rgb? second, int dashLength)
    {
        for (int x = Math.Max(0, box.Left - 1); x < Math.Min(Width, box.Right + 1); x++)
        {
            if ((x / dashLength % 2 == 0 ? first : second) is not { } colour) continue;
            Fill(new PixelRectangle(x, box.Top - 1, x + 1, box.Top), colour);
            Fill(new PixelRectangle(x, box.Bottom, x + 1, box.Bottom + 1), colour);
        }
        for (int y = Math.Max(0, box.Top - 1); y < Math.Min(Height, box.Bottom + 1); y++)
        {
            if ((y / dashLength % 2 == 0 ? first : second) is not { } colour) continue;
            Fill(new PixelRectangle(box.Left - 1, y, box.Left, y + 1), colour);
            Fill(new PixelRectangle(box.Right, y, box.Right + 1, y + 1), colour);
        }
    }

    /// <summary>Black and white dashes.</summary>
    public void DashedFrame(PixelRectangle box, int dashLength) => DashedFrame(box, White, Black, dashLength);

    /// <summary>A straight line with round ends.</summary>
    public void Line(double fromX, double fromY, double toX, double toY, double width, Rgb colour)
    {
        double radius = width / 2;
        int left = Clamped(Math.Min(fromX, toX) - radius, Width);
        int right = Clamped(Math.Max(fromX, toX) + radius + 1, Width);
        int top = Clamped(Math.Min(fromY, toY) - radius, Height);
        int bottom = Clamped(Math.Max(fromY, toY) + radius + 1, Height);
        (double alongX, double alongY) = (toX - fromX, toY - fromY);
        double length2 = (alongX * alongX) + (alongY * alongY);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                (double aheadX, double aheadY) = (x + 0.5 - fromX, y + 0.5 - fromY);
                double share = length2 == 0 ? 0 : Math.Clamp(((aheadX * alongX) + (aheadY * alongY)) / length2, 0, 1);
                (double offX, double offY) = (aheadX - (share * alongX), aheadY - (share * alongY));
                if ((offX * offX) + (offY * offY) <= radius * radius) Set(x, y, colour);
            }
        }
    }

    /// <summary>Pixels whose centres lie within the radius.</summary>
    public void Disc(double centerX, double centerY, double radius, Rgb colour) => Line(centerX, centerY, centerX, centerY, 2 * radius, colour);

    /// <summary>Mixes a colour into a pixel: <paramref name="opacity"/> of 0 leaves it, 1 replaces it. Rounded to the nearest.</summary>
    public void Blend(int x, int y, Rgb colour, double opacity)
    {
        int place = (y * Width) + x;
        Mix(ref image.Plane(0)[place], colour.Red, opacity);
        Mix(ref image.Plane(1)[place], colour.Green, opacity);
        Mix(ref image.Plane(2)[place], colour.Blue, opacity);
    }

    public void Set(int x, int y, Rgb colour)
    {
        int place = (y * Width) + x;
        image.Plane(0)[place] = colour.Red;
        image.Plane(1)[place] = colour.Green;
        image.Plane(2)[place] = colour.Blue;
    }

    /// <summary>A text on a ground of the colour: above the box, else below, else inside, off the other labels where one of these is.</summary>
    public void Label(string text, PixelRectangle box, Rgb colour, int textScale, List<PixelRectangle> taken)
    {
        int width = (BitmapFont.TextWidth(text) * textScale) + (2 * TextPadding);
        int height = (BitmapFont.GlyphHeight * textScale) + (2 * TextPadding);
        PixelRectangle place = Place(box, width, height, taken);
        taken.Add(place);
        Fill(place, colour);
        Text(text, place.Left + TextPadding, place.Top + TextPadding, colour.Contrast, textScale);
    }

    public void Text(string text, int left, int top, Rgb colour, int textScale)
    {
        for (int index = 0; index < text.Length; index++)
        {
            int letterLeft = left + (index * BitmapFont.Advance * textScale);
            for (int row = 0; row < BitmapFont.GlyphHeight; row++)
            {
                for (int column = 0; column < BitmapFont.GlyphWidth; column++)
                {
                    if (!BitmapFont.IsInk(text[index], column, row)) continue;
                    int x = letterLeft + (column * textScale);
                    int y = top + (row * textScale);
                    Fill(new PixelRectangle(x, y, x + textScale, y + textScale), colour);
                }
            }
        }
    }

    private PixelRectangle Place(PixelRectangle box, int width, int height, List<PixelRectangle> taken)
    {
        int left = Math.Max(0, Math.Min(box.Left, Width - width));
        PixelRectangle? first = null;
        foreach (int top in (ReadOnlySpan<int>)[box.Top - height, box.Bottom, box.Top, box.Bottom - height])
        {
            if (top < 0 || top + height > Height) continue;
            var place = new PixelRectangle(left, top, left + width, top + height);
            if (!taken.Exists(place.Overlaps)) return place;
            first ??= place;
        }
        int clamped = Math.Clamp(box.Top - height, 0, Math.Max(0, Height - height));
        return first ?? new PixelRectangle(left, clamped, left + width, clamped + height);
    }

    // NaN and infinity included: what cannot be placed covers nothing.
    private static int Clamped(double place, int size) => double.IsNaN(place) ? 0 : (int)Math.Clamp(Math.Floor(place), 0, size);

    private static void Mix(ref byte channel, byte colour, double opacity) =>
        channel = (byte)Math.Round((channel * (1 - opacity)) + (colour * opacity), MidpointRounding.AwayFromZero);
}
