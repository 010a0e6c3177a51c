using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ScratchDet.Data.Augment;

namespace ScratchDet.Data;

/// <summary>
/// From 8 bits to the network's input: subtract the mean of the channel, divide by its deviation. The defaults are
/// SSD's: R, G, B less 123, 117, 104 and no division.
/// </summary>
public sealed record Normalization
{
    [Range(-1000.0, 1000.0)]
    public float MeanRed { get; init; } = 123;

    [Range(-1000.0, 1000.0)]
    public float MeanGreen { get; init; } = 117;

    [Range(-1000.0, 1000.0)]
    public float MeanBlue { get; init; } = 104;

    [Range(0.001, 10_000.0)]
    public float DeviationRed { get; init; } = 1;

    [Range(0.001, 10_000.0)]
    public float DeviationGreen { get; init; } = 1;

    [Range(0.001, 10_000.0)]
    public float DeviationBlue { get; init; } = 1;

    /// <summary>The mean as a colour: an expanded image is filled with it, so that the border is 0 for the network.</summary>
    public FillColor Fill => new(PixelVector.ToByte(MeanRed), PixelVector.ToByte(MeanGreen), PixelVector.ToByte(MeanBlue));

    /// <summary>Writes (3, H, W) floats, planes R, G, B: one image of a batch tensor (N, 3, H, W).</summary>
    /// <exception cref="ArgumentException">The destination does not hold exactly 3 x H x W values.</exception>
    public void Write(PlanarImage image, Span<float> destination)
    {
        if (destination.Length != image.Pixels.Length)
            throw new ArgumentException($"{destination.Length} floats for an image of 3 x {image.Height} x {image.Width}", nameof(destination));
        int plane = image.Width * image.Height;
        Write(image.Plane(0), MeanRed, DeviationRed, destination[..plane]);
        Write(image.Plane(1), MeanGreen, DeviationGreen, destination.Slice(plane, plane));
        Write(image.Plane(2), MeanBlue, DeviationBlue, destination[(2 * plane)..]);
    }

    private static void Write(ReadOnlySpan<byte> source, float mean, float deviation, Span<float> target)
    {
        ref byte bytes = ref MemoryMarshal.GetReference(source);
        ref float floats = ref MemoryMarshal.GetReference(target);
        Vector256<float> means = Vector256.Create(mean), deviations = Vector256.Create(deviation);
        int i = 0;
        for (; i <= source.Length - PixelVector.Count; i += PixelVector.Count)
            ((PixelVector.Load(ref bytes, i) - means) / deviations).StoreUnsafe(ref floats, (nuint)i);
        for (; i < source.Length; i++) target[i] = (source[i] - mean) / deviation;
    }
}
