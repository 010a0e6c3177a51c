using ScratchDet.Boxes;

namespace ScratchDet.Data.Augment;

/// <summary>
/// A rectangle of whole pixels in the coordinates of an image; it may reach beyond the image, where a fill colour
/// stands. Expand and crop only compute windows: no canvas is ever made, since the resize reads through the window.
/// </summary>
public readonly record struct PixelWindow(int X, int Y, int Width, int Height)
{
    public static PixelWindow Of(PlanarImage image) => new(0, 0, image.Width, image.Height);

    /// <summary>A window given in this window's coordinates, in the coordinates of the image.</summary>
    public PixelWindow Inner(PixelWindow inner) => new(X + inner.X, Y + inner.Y, inner.Width, inner.Height);

    /// <summary>A box of the image in the coordinates of this window.</summary>
    public Box Shift(Box box) => box.Shift(-X, -Y);

    /// <summary>The pixels in the window; the image itself when the window is all of it.</summary>
    /// <exception cref="OverflowException">The window holds more than 2 GB.</exception>
    public PlanarImage Render(PlanarImage image, FillColor fill)
    {
        if (this == Of(image)) return image;
        var rendered = new PlanarImage(Width, Height, GC.AllocateUninitializedArray<byte>(checked(PlanarImage.Channels * Width * Height)));
        int fromX = Math.Clamp(-X, 0, Width), toX = Math.Clamp(image.Width - X, fromX, Width);   // columns on the image
        for (int channel = 0; channel < PlanarImage.Channels; channel++)
        {
            Span<byte> source = image.Plane(channel), target = rendered.Plane(channel);
            byte value = fill[channel];
            for (int y = 0; y < Height; y++)
            {
                Span<byte> row = target.Slice(y * Width, Width);
                int sourceY = y + Y;
                if ((uint)sourceY >= (uint)image.Height || fromX == toX)
                {
                    row.Fill(value);
                    continue;
                }
                row[..fromX].Fill(value);
                source.Slice(sourceY * image.Width + fromX + X, toX - fromX).CopyTo(row[fromX..]);
                row[toX..].Fill(value);
            }
        }
        return rendered;
    }
}

/// <summary>What stands around an expanded image.</summary>
public readonly record struct FillColor(byte Red, byte Green, byte Blue)
{
    public byte this[int channel] => channel switch { 0 => Red, 1 => Green, _ => Blue };
}
