using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>
/// Gives the detections of one image and category their objects: by falling score each takes the free object that it
/// overlaps most, at every threshold and in every area range. All thresholds are handled at once, as the bits of a number:
/// what a pair's overlap reaches is a run of low bits, since thresholds rise.
/// </summary>
/// <remarks>Keeps its buffers from image to image: each thread has its own.</remarks>
internal sealed class InstanceMatcher(
    InstanceOverlap overlap, FlatList<CocoObject> allObjects, FlatList<CocoDetection> allDetections, ReadOnlyMemory<bool> isIgnored,
    ReadOnlyMemory<double> iouThresholds, ReadOnlyMemory<AreaRange> areas, CocoQuirks quirks)
{
    /// <summary>Overlaps that are kept at a time: many detections of many objects would need more memory than there is.</summary>
    internal const int PairsAtATime = 1 << 20;

    private double[] overlaps = [];
    private int[] candidates = [];
    private double[] candidateOverlaps = [];
    private byte[] ignoredIn = [];
    private bool[] isCrowd = [];
    private bool[] countsAsNothing = [];
    private ushort[] taken = [];

    /// <summary>A bit for each threshold.</summary>
    public static ushort AllThresholds(int count) => (ushort)((1 << count) - 1);

    /// <param name="detections">By falling score.</param>
    /// <param name="objects">Of the same image.</param>
    /// <param name="places">Where each detection's outcome goes: place x areas + area.</param>
    /// <param name="hits">Gets the thresholds at which the detection found an object that counts.</param>
    /// <param name="misses">Gets those at which it counts as false; at the others it is left out.</param>
    public void Match(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, ReadOnlySpan<int> places, ushort[] hits, ushort[] misses)
    {
        PrepareObjects(objects);
        Array.Clear(taken, 0, objects.Length * areas.Length);
        int most = Math.Max(1, PairsAtATime / Math.Max(1, objects.Length));
        for (int begin = 0; begin < detections.Length; begin += most)
        {
            int count = Math.Min(most, detections.Length - begin);
            MatchNext(detections.Slice(begin, count), objects, places.Slice(begin, count), hits, misses);
        }
    }

    private void MatchNext(ReadOnlySpan<int> detections, ReadOnlySpan<int> objects, ReadOnlySpan<int> places, ushort[] hits, ushort[] misses)
    {
        int pairs = detections.Length * objects.Length; // PairsAtATime, or as many as there are objects
        if (overlaps.Length < pairs) overlaps = new double[Math.Max(pairs, Math.Min(2 * overlaps.Length, PairsAtATime))];
        Span<double> all = overlaps.AsSpan(0, pairs);
        overlap.Compute(detections, objects, all);

        ReadOnlySpan<AreaRange> ranges = areas.Span;
        ushort thresholds = AllThresholds(iouThresholds.Length);
        for (int d = 0; d < detections.Length; d++)
        {
            Span<double> row = all.Slice(d * objects.Length, objects.Length);
            int count = FindCandidates(row, out bool hasUndefined);
            if (count == 0) continue;
            double area = allDetections.Span[detections[d]].Area;
            for (int a = 0; a < ranges.Length; a++)
            {
                (ushort hit, ushort ignored) = hasUndefined ? AssignInFileOrder(row, a) : Assign(count, a);
                int place = (places[d] * ranges.Length) + a;
                hits[place] = hit;
                misses[place] = Contains(ranges[a], area) ? (ushort)(thresholds & ~(hit | ignored)) : (ushort)0;
            }
        }
    }

    public static bool Contains(AreaRange range, double area) => !(area < range.Smallest || area > range.Largest);

    private void PrepareObjects(ReadOnlySpan<int> objects)
    {
        ReadOnlySpan<AreaRange> ranges = areas.Span;
        if (isCrowd.Length < objects.Length)
        {
            int room = Math.Max(objects.Length, 2 * isCrowd.Length);
            candidates = new int[room];
            candidateOverlaps = new double[room];
            ignoredIn = new byte[room];
            isCrowd = new bool[room];
            countsAsNothing = new bool[room];
            taken = new ushort[checked(room * ranges.Length)];
        }
        for (int g = 0; g < objects.Length; g++)
        {
            ref readonly CocoObject item = ref allObjects.Span[objects[g]];
            int ignored = 0;
            for (int a = 0; a < ranges.Length; a++)
                if (isIgnored.Span[objects[g]] || !Contains(ranges[a], item.Area)) ignored |= 1 << a;
            ignoredIn[g] = (byte)ignored;
            isCrowd[g] = item.IsCrowd;
            countsAsNothing[g] = quirks == CocoQuirks.Pycocotools && item.Id == 0;
        }
    }

    /// <summary>The objects that reach the lowest threshold, by falling overlap; of equal ones the later first, which wins.</summary>
    private int FindCandidates(ReadOnlySpan<double> row, out bool hasUndefined)
    {
        double lowest = iouThresholds.Span[0];
        int count = 0;
        hasUndefined = false;
        for (int g = row.Length - 1; g >= 0; g--)
        {
            double value = row[g];
            if (value < lowest) continue;
            hasUndefined |= double.IsNaN(value);
            int place = count++;
            for (; place > 0 && candidateOverlaps[place - 1] < value; place--)
                (candidates[place], candidateOverlaps[place]) = (candidates[place - 1], candidateOverlaps[place - 1]);
            (candidates[place], candidateOverlaps[place]) = (g, value);
        }
        return count;
    }

    private (ushort Hit, ushort Ignored) Assign(int count, int area)
    {
        int open = AllThresholds(iouThresholds.Length);
        int hit = 0;
        bool anyIgnored = false;
        for (int c = 0; c < count && open != 0; c++)
        {
            int g = candidates[c];
            if ((ignoredIn[g] >> area & 1) != 0)
            {
                anyIgnored = true;
                continue;
            }
            int reached = Reached(candidateOverlaps[c]);
            ref ushort takenAt = ref taken[(g * areas.Length) + area];
            int take = open & reached & (isCrowd[g] ? reached : ~takenAt);
            takenAt |= (ushort)take;
            open &= ~take;
            if (!countsAsNothing[g]) hit |= take;
        }
        int ignored = 0;
        // Only where no object that counts is left does one that does not take the detection.
        for (int c = 0; c < count && open != 0 && anyIgnored; c++)
        {
            int g = candidates[c];
            if ((ignoredIn[g] >> area & 1) == 0) continue;
            int reached = Reached(candidateOverlaps[c]);
            ref ushort takenAt = ref taken[(g * areas.Length) + area];
            int take = open & reached & (isCrowd[g] ? reached : ~takenAt);
            takenAt |= (ushort)take;
            open &= ~take;
            ignored |= take;
        }
        return ((ushort)hit, (ushort)ignored);
    }

    /// <summary>The thresholds that are at most the overlap.</summary>
    private int Reached(double value)
    {
        ReadOnlySpan<double> thresholds = iouThresholds.Span;
        int count = thresholds.Length;
        while (count > 0 && value < thresholds[count - 1]) count--;
        return AllThresholds(count);
    }

    /// <summary>
    /// The same object after object, for overlaps of 0 / 0, which have no order: areas too small for a double. As in the
    /// reference evaluator they pass for large enough, and so does whatever comes next.
    /// </summary>
    private (ushort Hit, ushort Ignored) AssignInFileOrder(ReadOnlySpan<double> row, int area)
    {
        int hit = 0, ignored = 0;
        for (int t = 0; t < iouThresholds.Length; t++)
        {
            int best = -1;
            for (int wanted = 0; wanted <= 1 && best < 0; wanted++)
            {
                double least = iouThresholds.Span[t];
                for (int g = 0; g < row.Length; g++)
                {
                    if ((ignoredIn[g] >> area & 1) != wanted || row[g] < least) continue;
                    if ((taken[(g * areas.Length) + area] >> t & 1) != 0 && !isCrowd[g]) continue;
                    least = row[g];
                    best = g;
                }
            }
            if (best < 0) continue;
            taken[(best * areas.Length) + area] |= (ushort)(1 << t);
            if ((ignoredIn[best] >> area & 1) != 0) ignored |= 1 << t;
            else if (!countsAsNothing[best]) hit |= 1 << t;
        }
        return ((ushort)hit, (ushort)ignored);
    }
}
