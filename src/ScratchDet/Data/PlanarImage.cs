namespace ScratchDet.Data;

/// <summary>An 8-bit RGB image, planar: <c>Pixels[(channel * Height + y) * Width + x]</c>, channels R, G, B; (3, H, W).</summary>
public sealed class PlanarImage
{
    public const int Channels = 3;

    public PlanarImage(int width, int height)
        : this(width, height, new byte[checked(Channels * width * height)])
    {
    }

    /// <exception cref="ArgumentException">The array does not hold 3 x height x width bytes.</exception>
    public PlanarImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (pixels.Length != Channels * width * height)
            throw new ArgumentException($"{pixels.Length} bytes for an image of 3 x {height} x {width}", nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Pixels { get; }

    public Span<byte> Plane(int channel) => Pixels.AsSpan(channel * Width * Height, Width * Height);
}
