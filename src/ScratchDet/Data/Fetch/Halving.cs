namespace ScratchDet.Data.Fetch;

/// <summary>
/// Images of half the size, in grey, as the Python imaging library makes them (convert('L'), resize with LANCZOS), to the bit:
/// the kernel of three lobes is stretched over the pixels that become one, columns are done before rows, and what lies between
/// the two is rounded to bytes.
/// </summary>
internal static class Halving
{
    private const int Taps = 12;
    private const int PrecisionBits = 22;

    /// <exception cref="ArgumentException">An odd width or height.</exception>
    public static PlanarImage Grey(PlanarImage image)
    {
        if (image.Width % 2 != 0 || image.Height % 2 != 0) throw new ArgumentException($"{image.Width} x {image.Height} cannot be halved", nameof(image));
        byte[] grey = ToGrey(image);
        byte[] narrow = Half(grey, image.Height, image.Width, lineStep: image.Width, pixelStep: 1, turned: false);
        int width = image.Width / 2, height = image.Height / 2;
        byte[] small = Half(narrow, width, image.Height, lineStep: 1, pixelStep: width, turned: true);
        var pixels = new byte[PlanarImage.Channels * small.Length];
        for (int channel = 0; channel < PlanarImage.Channels; channel++) small.CopyTo(pixels, channel * small.Length);
        return new(width, height, pixels);
    }

    // ITU-R 601 in 16 bits.
    private static byte[] ToGrey(PlanarImage image)
    {
        Span<byte> red = image.Plane(0), green = image.Plane(1), blue = image.Plane(2);
        var grey = new byte[red.Length];
        for (int i = 0; i < grey.Length; i++)
            grey[i] = (byte)(((red[i] * 19595) + (green[i] * 38470) + (blue[i] * 7471) + 0x8000) >> 16);
        return grey;
    }

    /// <summary>Halves every line of pixels; turned: the lines are columns, and stay so.</summary>
    private static byte[] Half(byte[] source, int lines, int length, int lineStep, int pixelStep, bool turned)
    {
        int half = length / 2;
        var target = new byte[lines * half];
        for (int i = 0; i < half; i++)
        {
            (int first, int[] weights) = Weights(i, length);
            for (int line = 0; line < lines; line++)
            {
                int sum = 1 << (PrecisionBits - 1);
                for (int k = 0; k < weights.Length; k++) sum += source[(line * lineStep) + ((first + k) * pixelStep)] * weights[k];
                target[turned ? (i * lines) + line : (line * half) + i] = (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);
            }
        }
        return target;
    }

    /// <summary>The pixels that become pixel <paramref name="index"/>; at the borders those outside are left out.</summary>
    private static (int First, int[] Weights) Weights(int index, int length)
    {
        const double scale = 2, support = Taps / 2;
        double centre = (index + 0.5) * scale;
        int first = Math.Max(0, (int)(centre - support + 0.5)), end = Math.Min(length, (int)(centre + support + 0.5));
        var weights = new double[end - first];
        double sum = 0;
        for (int k = 0; k < weights.Length; k++) sum += weights[k] = Lanczos((k + first - centre + 0.5) / scale);
        return (first, Array.ConvertAll(weights, weight => (int)Math.Round(weight / sum * (1 << PrecisionBits), MidpointRounding.AwayFromZero)));
    }

    private static double Lanczos(double x) => Math.Abs(x) < 3 ? Sinc(x) * Sinc(x / 3) : 0;

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
