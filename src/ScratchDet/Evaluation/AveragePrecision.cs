namespace ScratchDet.Evaluation;

/// <summary>
/// Average precision of one class, in double as in the VOC devkits. Recall must not fall along the arrays; precision[i]
/// belongs to recall[i]. Empty arrays (no detection) give 0.
/// </summary>
public static class AveragePrecision
{
    /// <summary>
    /// The recall levels t = 0:0.1:1 of the VOC2007 devkit. Its language counts the first half up from 0 and the second
    /// half down from 1, so the fourth level is 3 * 0.1, just above 0.3 (a recall of exactly 3/10 does not reach it), and
    /// the seventh is exactly 0.6. Ports that count all levels up from 0 have 0.6 and 0.7 a little too high as well, and
    /// differ where a recall is exactly 6/10 or 7/10.
    /// </summary>
    private static readonly double[] ElevenLevels =
        [0, 0.1, 2 * 0.1, 3 * 0.1, 4 * 0.1, 0.5, 1 - 4 * 0.1, 1 - 3 * 0.1, 1 - 2 * 0.1, 1 - 0.1, 1];

    /// <summary>The levels of py-faster-rcnn and what grew out of it, all counted up from 0.</summary>
    private static readonly double[] ElevenLevelsCountedUp =
        [0, 0.1, 2 * 0.1, 3 * 0.1, 4 * 0.1, 5 * 0.1, 6 * 0.1, 7 * 0.1, 8 * 0.1, 9 * 0.1, 10 * 0.1];

    /// <summary>VOC2007: mean over 11 recall levels of the largest precision at that recall or more.</summary>
    /// <exception cref="ArgumentException">The arrays differ in length.</exception>
    public static double ElevenPoint(ReadOnlySpan<double> recall, ReadOnlySpan<double> precision, VocRules rules = VocRules.Devkit)
    {
        RequireSameLength(recall, precision);
        double[] levels = rules == VocRules.PyFasterRcnn ? ElevenLevelsCountedUp : ElevenLevels;
        double sum = 0, largest = 0;
        int next = recall.Length - 1;
        for (int level = levels.Length - 1; level >= 0; level--)
        {
            for (; next >= 0 && recall[next] >= levels[level]; next--)
                largest = Math.Max(largest, precision[next]);
            sum += largest;
        }
        return sum / levels.Length;
    }

    /// <summary>VOC2010 and later: the area under the precision made monotone (largest precision at that recall or more).</summary>
    /// <exception cref="ArgumentException">The arrays differ in length.</exception>
    public static double Area(ReadOnlySpan<double> recall, ReadOnlySpan<double> precision)
    {
        RequireSameLength(recall, precision);
        double area = 0, largest = 0;
        for (int i = recall.Length - 1; i >= 0; i--)
        {
            largest = Math.Max(largest, precision[i]);
            double previousRecall = i == 0 ? 0 : recall[i - 1];
            area += (recall[i] - previousRecall) * largest;
        }
        return area;
    }

    /// <summary>COCO: mean over the 101 recall levels 0, 0.01 ... 1 of the largest precision at that recall or more.</summary>
    /// <exception cref="ArgumentException">The arrays differ in length.</exception>
    public static double HundredOnePoint(ReadOnlySpan<double> recall, ReadOnlySpan<double> precision)
    {
        RequireSameLength(recall, precision);
        double sum = 0, largest = 0;
        int next = recall.Length - 1;
        for (int level = 100; level >= 0; level--)
        {
            double atLeast = level == 100 ? 1 : level * 0.01;
            for (; next >= 0 && recall[next] >= atLeast; next--)
                largest = Math.Max(largest, precision[next]);
            sum += largest;
        }
        return sum / 101;
    }

    private static void RequireSameLength(ReadOnlySpan<double> recall, ReadOnlySpan<double> precision)
    {
        if (recall.Length != precision.Length)
            throw new ArgumentException($"{recall.Length} recalls and {precision.Length} precisions");
    }
}
