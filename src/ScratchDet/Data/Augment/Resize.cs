using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchDet.Data.Augment;

/// <summary>How images come to the size of the network's input.</summary>
public sealed record ResizeSpec
{
    /// <summary>False leaves images at their own size.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>One of these is drawn for every image; the reference trains with all five and tests with linear.</summary>
    public Interpolation Interpolations { get; init; } = Interpolation.Linear;
}

/// <summary>
/// Warps a window of an image to a size (the aspect ratio is not kept), with OpenCV's geometry; within one grey level
/// of OpenCV, which computes with weights of 11 bits. Rows are blended first, eight pixels at a time, then columns.
/// </summary>
public static class Resize
{
    /// <summary>One of the interpolations, uniformly.</summary>
    public static Interpolation Draw(Interpolation choices, Random random)
    {
        int count = BitOperations.PopCount((uint)choices);
        if (count == 0 || (choices & ~Interpolation.All) != 0)
            throw new ArgumentOutOfRangeException(nameof(choices), choices, "at least one interpolation is needed");
        int skip = count == 1 ? 0 : random.Next(count);
        for (int bit = 1; ; bit <<= 1)
            if (((int)choices & bit) != 0 && skip-- == 0) return (Interpolation)bit;
    }

    /// <summary>The whole image warped to <paramref name="width"/> x <paramref name="height"/>.</summary>
    public static PlanarImage Apply(PlanarImage image, int width, int height, Interpolation kind) =>
        Apply(image, PixelWindow.Of(image), default, width, height, kind);

    /// <summary>A window warped to <paramref name="width"/> x <paramref name="height"/>; outside the image the fill colour stands.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one interpolation, or an empty target.</exception>
    public static PlanarImage Apply(PlanarImage image, PixelWindow window, FillColor fill, int width, int height, Interpolation kind)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (window.Width == width && window.Height == height) return window.Render(image, fill);
        bool averages = window.Width >= width && window.Height >= height;
        ResizeTaps columns = ResizeTaps.Make(kind, window.Width, width, averages);
        ResizeTaps rows = ResizeTaps.Make(kind, window.Height, height, averages);
        var resized = new PlanarImage(width, height, GC.AllocateUninitializedArray<byte>(PlanarImage.Channels * width * height));
        float[] buffer = ArrayPool<float>.Shared.Rent(window.Width + width);
        Span<float> blended = buffer.AsSpan(0, window.Width), outputs = buffer.AsSpan(window.Width, width);
        for (int channel = 0; channel < PlanarImage.Channels; channel++)
        {
            Span<byte> target = resized.Plane(channel);
            for (int y = 0; y < height; y++)
            {
                BlendRows(image, channel, window, fill[channel], rows, y, blended);
                BlendColumns(blended, columns, outputs);
                ToBytes(outputs, target.Slice(y * width, width));
            }
        }
        ArrayPool<float>.Shared.Return(buffer);
        return resized;
    }

    // One output row before its columns are blended: blended[x] for every column of the window.
    private static void BlendRows(PlanarImage image, int channel, PixelWindow window, byte fill, ResizeTaps rows, int y, Span<float> blended)
    {
        int fromX = Math.Clamp(-window.X, 0, window.Width);
        int toX = Math.Clamp(image.Width - window.X, fromX, window.Width);
        blended[..fromX].Fill(fill);
        blended[toX..].Fill(fill);
        Span<float> inside = blended[fromX..toX];
        if (inside.IsEmpty) return;

        Span<byte> plane = image.Plane(channel);
        ReadOnlySpan<float> weights = rows.Weights.AsSpan(y * rows.Count, rows.Count);
        int firstRow = rows.First[y] + window.Y;
        float filled = 0;   // the share of the rows above and below the image
        bool first = true;
        for (int k = 0; k < weights.Length; k++)
        {
            int row = firstRow + k;
            if ((uint)row >= (uint)image.Height)
            {
                filled += weights[k] * fill;
                continue;
            }
            if (weights[k] == 0) continue;
            ReadOnlySpan<byte> source = plane.Slice(row * image.Width + window.X + fromX, inside.Length);
            if (first) Scale(source, weights[k], inside);
            else AddScaled(source, weights[k], inside);
            first = false;
        }
        if (first) inside.Fill(filled);
        else if (filled != 0) Add(filled, inside);
    }

    private static void Scale(ReadOnlySpan<byte> source, float weight, Span<float> target)
    {
        ref byte bytes = ref MemoryMarshal.GetReference(source);
        ref float floats = ref MemoryMarshal.GetReference(target);
        Vector256<float> weights = Vector256.Create(weight);
        int i = 0;
        for (; i <= target.Length - PixelVector.Count; i += PixelVector.Count)
            (PixelVector.Load(ref bytes, i) * weights).StoreUnsafe(ref floats, (nuint)i);
        for (; i < target.Length; i++) target[i] = source[i] * weight;
    }

    private static void AddScaled(ReadOnlySpan<byte> source, float weight, Span<float> target)
    {
        ref byte bytes = ref MemoryMarshal.GetReference(source);
        ref float floats = ref MemoryMarshal.GetReference(target);
        Vector256<float> weights = Vector256.Create(weight);
        int i = 0;
        for (; i <= target.Length - PixelVector.Count; i += PixelVector.Count)
            (Vector256.LoadUnsafe(ref floats, (nuint)i) + PixelVector.Load(ref bytes, i) * weights).StoreUnsafe(ref floats, (nuint)i);
        for (; i < target.Length; i++) target[i] += source[i] * weight;
    }

    private static void Add(float value, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++) target[i] += value;
    }

    private static void BlendColumns(ReadOnlySpan<float> blended, ResizeTaps columns, Span<float> outputs)
    {
        ref float source = ref MemoryMarshal.GetReference(blended);
        ref float weights = ref MemoryMarshal.GetArrayDataReference(columns.Weights);
        ReadOnlySpan<int> first = columns.First;
        switch (columns.Count)
        {
            case 1:
                for (int i = 0; i < outputs.Length; i++)
                    outputs[i] = Unsafe.Add(ref source, first[i]) * Unsafe.Add(ref weights, i);
                break;
            case 2:
                for (int i = 0; i < outputs.Length; i++)
                {
                    ref float pair = ref Unsafe.Add(ref source, first[i]);
                    outputs[i] = pair * Unsafe.Add(ref weights, 2 * i) + Unsafe.Add(ref pair, 1) * Unsafe.Add(ref weights, 2 * i + 1);
                }
                break;
            case 4:
                for (int i = 0; i < outputs.Length; i++)
                    outputs[i] = Vector128.Sum(Vector128.LoadUnsafe(ref source, (nuint)first[i]) * Vector128.LoadUnsafe(ref weights, (nuint)(4 * i)));
                break;
            case 8:
                for (int i = 0; i < outputs.Length; i++)
                    outputs[i] = Vector256.Sum(Vector256.LoadUnsafe(ref source, (nuint)first[i]) * Vector256.LoadUnsafe(ref weights, (nuint)(8 * i)));
                break;
            default:
                for (int i = 0; i < outputs.Length; i++)
                {
                    float sum = 0;
                    for (int k = 0; k < columns.Count; k++)
                        sum += Unsafe.Add(ref source, first[i] + k) * Unsafe.Add(ref weights, i * columns.Count + k);
                    outputs[i] = sum;
                }
                break;
        }
    }

    private static void ToBytes(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        ref float floats = ref MemoryMarshal.GetReference(values);
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        int i = 0;
        for (; i <= values.Length - PixelVector.Count; i += PixelVector.Count)
            PixelVector.Store(Vector256.LoadUnsafe(ref floats, (nuint)i), ref first, i);
        for (; i < values.Length; i++) bytes[i] = PixelVector.ToByte(values[i]);
    }
}
