using System.Runtime.CompilerServices;
using ScratchDet.Evaluation.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>
/// A precision-recall curve that is built detection by detection, by falling score, and may be used again. Only true
/// positives are kept: between two of them recall stays and precision falls, so that no average precision looks there.
/// </summary>
internal sealed class PrecisionCurve
{
    /// <summary>COCO's recall levels, k * 0.01.</summary>
    public static readonly double[] CocoLevels = [.. CocoEvaluator.RecallLevels];

    /// <summary>TIDE's recall levels, k / 100: ten of them differ from COCO's in the last bit.</summary>
    public static readonly double[] HundredthLevels = [.. Enumerable.Range(0, 101).Select(level => level / 100.0)];

    private double[] found = new double[64];
    private double[] precisions = new double[64];
    private int count;
    private double truePositives;
    private double decided;

    /// <summary>Nothing was added, neither a true nor a false positive.</summary>
    public bool IsEmpty => decided == 0;

    public void Clear() => (count, truePositives, decided) = (0, 0, 0);

    /// <summary>A true positive.</summary>
    /// <param name="weight">How often it counts, at least 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTruePositive(double weight = 1)
    {
        truePositives += weight;
        decided += weight;
        if (count == found.Length) Grow();
        found[count] = truePositives;
        precisions[count++] = truePositives / decided;
    }

    /// <summary>A false positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddFalsePositive(double weight = 1) => decided += weight;

    /// <summary>Mean over recall levels of the largest precision at that recall or more; 0 without objects.</summary>
    /// <param name="levels">Rising.</param>
    public double Interpolated(double objectCount, ReadOnlySpan<double> levels)
    {
        if (objectCount == 0) return 0;
        MakeMonotone();
        double sum = 0;
        int next = 0;
        foreach (double level in levels)
        {
            while (next < count && found[next] / objectCount < level) next++;
            if (next == count) break;
            sum += precisions[next];
        }
        return sum / levels.Length;
    }

    /// <summary>The area under the precision made monotone; 0 without objects.</summary>
    public double Area(double objectCount)
    {
        if (objectCount == 0) return 0;
        MakeMonotone();
        double area = 0, recallBefore = 0;
        for (int i = 0; i < count; i++)
        {
            double recall = found[i] / objectCount;
            area += (recall - recallBefore) * precisions[i];
            recallBefore = recall;
        }
        return area;
    }

    private void MakeMonotone()
    {
        for (int i = count - 1; i > 0; i--)
            if (precisions[i] > precisions[i - 1]) precisions[i - 1] = precisions[i];
    }

    private void Grow()
    {
        Array.Resize(ref found, 2 * found.Length);
        Array.Resize(ref precisions, 2 * precisions.Length);
    }
}
