using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchDet.Data.Augment;

/// <summary>
/// OpenCV's 8-bit colour operations in place on planar images: each rounds to the nearest integer and saturates to
/// 0..255. HSV is OpenCV's 8-bit form, H 0..179 (two degrees a step), S and V 0..255, with its rounding.
/// </summary>
internal static class Colors
{
    /// <summary>value * scale + shift for every byte.</summary>
    public static void ScaleAndShift(Span<byte> values, float scale, float shift)
    {
        Vector256<float> scales = Vector256.Create(scale), shifts = Vector256.Create(shift);
        ref byte first = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= values.Length - PixelVector.Count; i += PixelVector.Count)
            PixelVector.Store(PixelVector.Load(ref first, i) * scales + shifts, ref first, i);
        for (; i < values.Length; i++)
            values[i] = PixelVector.ToByte(values[i] * scale + shift);
    }

    /// <summary>
    /// To 8-bit HSV, S times <paramref name="saturationScale"/>, H plus <paramref name="hueShift"/> (in steps of two
    /// degrees), back to RGB. H saturates to 0..255, so that a shift below red stays red; 180 and more are read as
    /// H - 180 by OpenCV's way back. With <paramref name="wrapHue"/> a shift below 0 goes on at 179.
    /// </summary>
    public static void EditHsv(PlanarImage image, float saturationScale, float hueShift, bool wrapHue = false)
    {
        Span<byte> red = image.Plane(0), green = image.Plane(1), blue = image.Plane(2);
        int whole = red.Length - red.Length % PixelVector.Count;
        EditHsv(red[..whole], green[..whole], blue[..whole], saturationScale, hueShift, wrapHue);
        if (whole == red.Length) return;

        Span<byte> tail = stackalloc byte[3 * PixelVector.Count];
        tail.Clear();
        Span<byte> r = tail[..PixelVector.Count], g = tail.Slice(PixelVector.Count, PixelVector.Count), b = tail[(2 * PixelVector.Count)..];
        red[whole..].CopyTo(r);
        green[whole..].CopyTo(g);
        blue[whole..].CopyTo(b);
        EditHsv(r, g, b, saturationScale, hueShift, wrapHue);
        int rest = red.Length - whole;
        r[..rest].CopyTo(red[whole..]);
        g[..rest].CopyTo(green[whole..]);
        b[..rest].CopyTo(blue[whole..]);
    }

    private static void EditHsv(Span<byte> red, Span<byte> green, Span<byte> blue, float saturationScale, float hueShift, bool wrapHue)
    {
        ref byte firstRed = ref MemoryMarshal.GetReference(red);
        ref byte firstGreen = ref MemoryMarshal.GetReference(green);
        ref byte firstBlue = ref MemoryMarshal.GetReference(blue);
        Vector256<float> saturationScales = Vector256.Create(saturationScale), hueShifts = Vector256.Create(hueShift);
        Vector256<float> circle = Vector256.Create(180f);
        for (int i = 0; i < red.Length; i += PixelVector.Count)
        {
            Vector256<int> r = PixelVector.LoadIntegers(ref firstRed, i);
            Vector256<int> g = PixelVector.LoadIntegers(ref firstGreen, i);
            Vector256<int> b = PixelVector.LoadIntegers(ref firstBlue, i);
            Vector256<int> value = Vector256.Max(Vector256.Max(r, g), b);
            Vector256<int> range = value - Vector256.Min(Vector256.Min(r, g), b);

            Vector256<int> saturation = Divide(range, value, 255 << Shift);
            Vector256<int> sextant = Vector256.ConditionalSelect(
                Vector256.Equals(value, r),
                g - b,
                Vector256.ConditionalSelect(Vector256.Equals(value, g), b - r + range + range, r - g + (range << 2)));
            Vector256<int> hue = Divide(sextant, range, (180 << Shift) / 6);
            hue += Vector256.LessThan(hue, Vector256<int>.Zero) & Vector256.Create(180);

            Vector256<float> newSaturation = Vector256.Round(PixelVector.Saturate(Vector256.ConvertToSingle(saturation) * saturationScales));
            Vector256<float> newHue = Vector256.ConvertToSingle(hue) + hueShifts;
            if (wrapHue)
            {
                newHue += Vector256.LessThan(newHue, Vector256<float>.Zero) & circle;
            }
            newHue = Vector256.Round(PixelVector.Saturate(newHue));
            newHue -= Vector256.GreaterThanOrEqual(newHue, circle) & circle;

            // The HSV hexagon: v and three darker values, which the sextant deals out to the channels.
            Vector256<float> one = Vector256<float>.One;
            Vector256<float> h = newHue * (6f / 180);
            Vector256<float> sector = Vector256.Floor(h);
            Vector256<float> fraction = h - sector;
            Vector256<float> s = newSaturation * (1f / 255);
            Vector256<float> v = Vector256.ConvertToSingle(value) * (1f / 255);
            Vector256<float> least = v * (one - s);
            Vector256<float> odd = Vector256.Equals(sector - 2 * Vector256.Floor(sector * 0.5f), one);
            Vector256<float> middle = v * (one - s * Vector256.ConditionalSelect(odd, fraction, one - fraction));
            PixelVector.Store(Channel(5, sector, v, middle, least) * 255f, ref firstRed, i);
            PixelVector.Store(Channel(3, sector, v, middle, least) * 255f, ref firstGreen, i);
            PixelVector.Store(Channel(1, sector, v, middle, least) * 255f, ref firstBlue, i);
        }
    }

    private const int Shift = 12;

    // numerator * scale / denominator in OpenCV's 12-bit fixed point: the quotient scale / denominator is rounded first.
    // A float quotient rounds to the same integer for every denominator 1..255 (a test goes through them); 0 gives 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Divide(Vector256<int> numerator, Vector256<int> denominator, int scale)
    {
        Vector256<float> divisor = Vector256.ConvertToSingle(Vector256.Max(denominator, Vector256<int>.One));
        Vector256<int> quotient = Vector256.ConvertToInt32Native(Vector256.Round(Vector256.Create((float)scale) / divisor));
        return (numerator * quotient + Vector256.Create(1 << (Shift - 1))) >> Shift;
    }

    // k = (n + sector) mod 6 with n = 5, 3, 1 for R, G, B: a channel is greatest at k 4 and 5, least at 1 and 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Channel(float n, Vector256<float> sector, Vector256<float> greatest, Vector256<float> middle, Vector256<float> least)
    {
        Vector256<float> six = Vector256.Create(6f);
        Vector256<float> k = sector + Vector256.Create(n);
        k -= Vector256.GreaterThanOrEqual(k, six) & six;
        Vector256<float> isLeast = Vector256.LessThan(Vector256.Abs(k - Vector256.Create(1.5f)), Vector256<float>.One);
        return Vector256.ConditionalSelect(
            Vector256.GreaterThanOrEqual(k, Vector256.Create(4f)), greatest, Vector256.ConditionalSelect(isLeast, least, middle));
    }
}
