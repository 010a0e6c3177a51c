using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchDet.Boxes;

/// <summary>
/// Softmax over the classes of each box, keeping what is over a threshold. Most boxes of a trained net are background,
/// and background alone can rule a box out without an exponential: p(class) is at most exp(logit - background logit).
/// </summary>
internal static class SoftmaxCandidates
{
    // exp and log round; a box this close to the bound takes the exact way.
    private const float LogMargin = 1e-3f;

    /// <param name="logits">A x classCount; class 0 is background and gives no candidate. A row with a NaN gives none.</param>
    public static void Collect(ReadOnlySpan<float> logits, int classCount, float scoreThreshold, CandidateQueue candidates)
    {
        int boxCount = logits.Length / classCount, foreground = classCount - 1;
        float rulesOut = -MathF.Log(scoreThreshold) + LogMargin; // a threshold of 0 rules nothing out
        Span<float> padded = new float[(foreground + Vector256<float>.Count - 1) / Vector256<float>.Count * Vector256<float>.Count];
        padded.Fill(float.NegativeInfinity);
        Span<Vector256<float>> lanes = MemoryMarshal.Cast<float, Vector256<float>>(padded);

        for (int i = 0; i < boxCount; i++)
        {
            float background = logits[i * classCount];
            logits.Slice(i * classCount + 1, foreground).CopyTo(padded);
            float largest = Largest(lanes);
            if (background - largest > rulesOut || !float.IsFinite(largest) || !float.IsFinite(background)) continue;

            largest = MathF.Max(largest, background);
            var shift = Vector256.Create(largest);
            Vector256<float> sums = Vector256<float>.Zero;
            for (int v = 0; v < lanes.Length; v++)
            {
                lanes[v] = Vector256.Exp(lanes[v] - shift);
                sums += lanes[v];
            }
            var sum = Vector256.Create(Vector256.Sum(sums) + MathF.Exp(background - largest));
            var threshold = Vector256.Create(scoreThreshold);
            for (int v = 0; v < lanes.Length; v++)
            {
                lanes[v] /= sum;
                for (uint passed = Vector256.GreaterThan(lanes[v], threshold).ExtractMostSignificantBits(); passed != 0; passed &= passed - 1)
                {
                    int c = v * Vector256<float>.Count + BitOperations.TrailingZeroCount(passed);
                    candidates.Add(padded[c], c, i);
                }
            }
            padded[foreground..].Fill(float.NegativeInfinity); // the exponentials stand where the padding was
        }
    }

    private static float Largest(ReadOnlySpan<Vector256<float>> lanes)
    {
        Vector256<float> largest = lanes[0];
        for (int v = 1; v < lanes.Length; v++)
            largest = Vector256.Max(largest, lanes[v]);
        Vector128<float> half = Vector128.Max(largest.GetLower(), largest.GetUpper());
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(half[0], half[1]);
    }
}
