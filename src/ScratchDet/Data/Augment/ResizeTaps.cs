namespace ScratchDet.Data.Augment;

/// <summary>OpenCV's interpolations; flags, so that a spec can allow several.</summary>
[Flags]
public enum Interpolation
{
    Linear = 1,
    Area = 2,
    Nearest = 4,
    Cubic = 8,
    Lanczos4 = 16,
    All = Linear | Area | Nearest | Cubic | Lanczos4,
}

/// <summary>
/// What one axis of a resize reads: output i is the sum over k of <c>Weights[i * Count + k]</c> times source
/// <c>First[i] + k</c>. OpenCV's geometry: pixel centres at halves, no widening of the kernel when it shrinks (only
/// area averages), the border pixel goes on outside. Weights of an output sum to 1.
/// </summary>
internal sealed class ResizeTaps
{
    private ResizeTaps(int outputs, int count)
    {
        Count = count;
        First = new int[outputs];
        Weights = new float[outputs * count];
    }

    /// <summary>Taps per output, at most the length of the source.</summary>
    public int Count { get; }

    public int[] First { get; }

    public float[] Weights { get; }

    /// <param name="kind">One interpolation.</param>
    /// <param name="areaAverages">For area: true averages boxes; false is what OpenCV does when the image grows along
    /// either axis, a linear interpolation whose blend is confined to the pixel borders.</param>
    public static ResizeTaps Make(Interpolation kind, int source, int target, bool areaAverages) => kind switch
    {
        Interpolation.Area when areaAverages => Average(source, target),
        Interpolation.Area => Kernel(source, target, 2, AreaGrowing),
        Interpolation.Nearest => Nearest(source, target),
        Interpolation.Linear => Kernel(source, target, 2, Linear),
        Interpolation.Cubic => Kernel(source, target, 4, Cubic),
        Interpolation.Lanczos4 => Kernel(source, target, 8, Lanczos),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "one interpolation is needed"),
    };

    // OpenCV's nearest takes the pixel at the upper left corner of the output pixel, not at its centre.
    private static ResizeTaps Nearest(int source, int target)
    {
        var taps = new ResizeTaps(target, 1);
        double scale = (double)source / target;
        for (int i = 0; i < target; i++)
        {
            taps.First[i] = Math.Min((int)(i * scale), source - 1);
            taps.Weights[i] = 1;
        }
        return taps;
    }

    private static ResizeTaps Average(int source, int target)
    {
        double scale = (double)source / target;
        var taps = new ResizeTaps(target, Math.Min(source, (int)Math.Ceiling(scale) + 1));
        for (int i = 0; i < target; i++)
        {
            double from = i * scale, to = Math.Min(from + scale, source);
            int first = Math.Min((int)from, source - taps.Count);
            taps.First[i] = first;
            Span<float> weights = taps.Weights.AsSpan(i * taps.Count, taps.Count);
            for (int k = 0; k < weights.Length; k++)
            {
                double overlap = Math.Min(to, first + k + 1) - Math.Max(from, first + k);
                weights[k] = (float)(Math.Max(0, overlap) / (to - from));
            }
        }
        return taps;
    }

    private delegate void Weigh(Span<float> weights, float fraction);

    private static ResizeTaps Kernel(int source, int target, int size, Weigh weigh)
    {
        var taps = new ResizeTaps(target, Math.Min(size, source));
        double scale = (double)source / target;
        bool areaGrowing = weigh == AreaGrowing;
        Span<float> kernel = stackalloc float[size];
        for (int i = 0; i < target; i++)
        {
            int floor;
            float fraction;
            if (areaGrowing)
            {
                floor = (int)(i * scale);
                fraction = (float)(i + 1 - (floor + 1) / scale);
                fraction = fraction <= 0 ? 0 : fraction - MathF.Floor(fraction);
            }
            else
            {
                var position = (float)((i + 0.5) * scale - 0.5);
                floor = (int)MathF.Floor(position);
                fraction = position - floor;
            }
            weigh(kernel, fraction);
            int wanted = floor - (size / 2 - 1);   // where the kernel starts, maybe outside
            int first = Math.Clamp(wanted, 0, source - taps.Count);
            taps.First[i] = first;
            Span<float> weights = taps.Weights.AsSpan(i * taps.Count, taps.Count);
            for (int k = 0; k < size; k++)
                weights[Math.Clamp(wanted + k, 0, source - 1) - first] += kernel[k];
        }
        return taps;
    }

    private static void Linear(Span<float> weights, float fraction) => (weights[0], weights[1]) = (1 - fraction, fraction);

    private static void AreaGrowing(Span<float> weights, float fraction) => Linear(weights, fraction);

    // Keys' cubic with A = -0.75.
    private static void Cubic(Span<float> weights, float fraction)
    {
        const float A = -0.75f;
        weights[0] = Outer(fraction + 1);
        weights[1] = Inner(fraction);
        weights[2] = Inner(1 - fraction);
        weights[3] = 1 - weights[0] - weights[1] - weights[2];

        static float Inner(float x) => ((A + 2) * x - (A + 3)) * x * x + 1;

        static float Outer(float x) => ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
    }

    // sinc(d) sinc(d / 4) at d = fraction + 3 - k. The sine of the first factor only changes its sign from tap to tap
    // and the weights are normalised, so what is left is (-1)^k sin(pi d / 4) / d^2.
    private static void Lanczos(Span<float> weights, float fraction)
    {
        if (fraction < 1.2e-7f)
        {
            weights.Clear();
            weights[3] = 1;
            return;
        }
        float sum = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            float distance = fraction + 3 - k;
            float weight = MathF.Sin(MathF.PI / 4 * distance) / (distance * distance);
            weights[k] = (k & 1) == 0 ? weight : -weight;
            sum += weights[k];
        }
        for (int k = 0; k < weights.Length; k++) weights[k] /= sum;
    }
}
