namespace ScratchDet.Data.Coco;

public sealed partial class RunLengthMask
{
    /// <summary>Pixels that any of the masks has.</summary>
    /// <exception cref="ArgumentException">There is no mask, or they are of different sizes.</exception>
    public static RunLengthMask Union(params ReadOnlySpan<RunLengthMask> masks) => Combine(masks, wantsBoth: false);

    /// <summary>Pixels that all of the masks have.</summary>
    /// <exception cref="ArgumentException">There is no mask, or they are of different sizes.</exception>
    public static RunLengthMask Intersection(params ReadOnlySpan<RunLengthMask> masks) => Combine(masks, wantsBoth: true);

    /// <summary>Pixels that this mask and another have.</summary>
    /// <exception cref="ArgumentException">The masks are of different sizes.</exception>
    public long IntersectionArea(RunLengthMask other)
    {
        CheckSize(other);
        uint[] a = runs, b = other.runs;
        if (a.Length < 2 || b.Length < 2) return 0;
        long shared = 0;
        (int i, int j) = (1, 1);
        (uint beginA, uint beginB) = (a[0], b[0]);
        (uint endA, uint endB) = (beginA + a[1], beginB + b[1]);
        while (true)
        {
            uint begin = Math.Max(beginA, beginB), end = Math.Min(endA, endB);
            if (end > begin) shared += end - begin;
            if (endA <= endB)
            {
                if ((i += 2) >= a.Length) return shared;
                beginA = endA + a[i - 1];
                endA = beginA + a[i];
            }
            else
            {
                if ((j += 2) >= b.Length) return shared;
                beginB = endB + b[j - 1];
                endB = beginB + b[j];
            }
        }
    }

    /// <summary>How much a detection, this mask, overlaps an object's mask, 0 to 1; two empty masks do not overlap.</summary>
    /// <param name="isCrowd">Divides by the detection's area alone: any number of detections may lie in a crowd.</param>
    /// <exception cref="ArgumentException">The masks are of different sizes.</exception>
    public double IntersectionOverUnion(RunLengthMask item, bool isCrowd = false) => IntersectionOverUnion(item, isCrowd, smallestNeeded: 0);

    /// <param name="smallestNeeded">An overlap below it may be given as 0; that saves most of the counting.</param>
    internal double IntersectionOverUnion(RunLengthMask item, bool isCrowd, double smallestNeeded)
    {
        CheckSize(item);
        // No more pixels in common than the smaller has, nor than the part that their boxes share. Of what is not needed,
        // even less is looked at: the areas alone settle most pairs.
        long most = Math.Min(Area, item.Area);
        if (most == 0 || Ratio(most, item, isCrowd) < smallestNeeded) return 0;
        if (!Box.Overlaps(item.Box, out double shared)) return 0;
        if (shared < most && Ratio((long)shared, item, isCrowd) < smallestNeeded) return 0;
        return Ratio(IntersectionArea(item), item, isCrowd);
    }

    internal bool IsAsLargeAs(RunLengthMask other) => Height == other.Height && Width == other.Width;

    private double Ratio(long intersection, RunLengthMask item, bool isCrowd) => (double)intersection / (isCrowd ? Area : Area + item.Area - intersection);

    private void CheckSize(RunLengthMask other)
    {
        if (!IsAsLargeAs(other))
            throw new ArgumentException($"masks of {Height} x {Width} and {other.Height} x {other.Width} pixels cannot be compared", nameof(other));
    }

    private static RunLengthMask Combine(ReadOnlySpan<RunLengthMask> masks, bool wantsBoth)
    {
        if (masks.IsEmpty) throw new ArgumentException("there is no mask", nameof(masks));
        RunLengthMask first = masks[0];
        if (masks.Length == 1) return first;
        var combined = new RunList(stackalloc uint[256]);
        var previous = new RunList(stackalloc uint[256]);
        combined.AddRange(first.runs);
        foreach (RunLengthMask next in masks[1..])
        {
            first.CheckSize(next);
            previous.Clear();
            previous.AddRange(combined.Span);
            combined.Clear();
            Merge(previous.Span, next.runs, wantsBoth, ref combined);
        }
        previous.Dispose();
        return new(first.Height, first.Width, combined.Take());
    }

    /// <summary>
    /// Walks two masks together from one end of a run to the next. In the result a run ends where the value changes, and at
    /// the masks' end; an empty first run of both stays.
    /// </summary>
    internal static void Merge(ReadOnlySpan<uint> first, ReadOnlySpan<uint> second, bool wantsBoth, ref RunList result)
    {
        var a = new RunCursor(first);
        var b = new RunCursor(second);
        bool isSet = false;
        uint length = 0;
        bool isDone;
        do
        {
            uint step = Math.Min(a.Left, b.Left);
            length += step;
            a.Advance(step);
            b.Advance(step);
            isDone = a.IsDone && b.IsDone;
            bool wasSet = isSet;
            isSet = wantsBoth ? a.IsSet && b.IsSet : a.IsSet || b.IsSet;
            if (isSet == wasSet && !isDone) continue;
            result.Add(length);
            length = 0;
        }
        while (!isDone);
    }

    /// <summary>A place in a mask: the run it is in, and how much of that run is left.</summary>
    private ref struct RunCursor(ReadOnlySpan<uint> runs)
    {
        private readonly ReadOnlySpan<uint> runs = runs;
        private int next = 1;

        public uint Left { get; private set; } = runs[0];

        public bool IsSet { get; private set; }

        public readonly bool IsDone => Left == 0 && next == runs.Length;

        public void Advance(uint pixels)
        {
            Left -= pixels;
            if (Left != 0 || next == runs.Length) return;
            Left = runs[next++];
            IsSet = !IsSet;
        }
    }
}
