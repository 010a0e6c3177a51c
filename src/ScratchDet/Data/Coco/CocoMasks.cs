using System.Buffers;

namespace ScratchDet.Data.Coco;

/// <summary>
/// Masks of many items, by the item's index, packed as their files have them: polygons, or compressed counts. Each is
/// rasterised when asked for. Reading from several threads is safe while nothing is added.
/// </summary>
public sealed class CocoMasks
{
    private const int StackRuns = 512;
    private readonly ChunkedPool<double> coordinates = new(1 << 20);
    private readonly ChunkedPool<int> polygonLengths = new(1 << 18);
    private readonly ChunkedPool<byte> counts = new(1 << 22);
    private readonly NumberBuffer<byte> text = new();
    private List<Entry> entries = [];

    public int Count => entries.Count;

    /// <summary>Adds the next item's mask.</summary>
    public void Add(RunLengthMask mask) => AddRuns(mask.Height, mask.Width, mask.Runs);

    /// <summary>Adds polygons as the next item's mask, which is their union.</summary>
    /// <param name="height">Of the image, in pixels.</param>
    /// <param name="width">Of the image, in pixels.</param>
    /// <param name="coordinates">x, y of each corner in pixels, of all polygons.</param>
    /// <param name="lengths">How many numbers each polygon has.</param>
    /// <exception cref="ArgumentException">One has an odd count of numbers, fewer than 6, or one that is not finite or more than 1e8.</exception>
    public void AddPolygons(int height, int width, ReadOnlySpan<double> coordinates, ReadOnlySpan<int> lengths)
    {
        if (PolygonRasterizer.FaultOf(coordinates, lengths) is { } fault) throw new ArgumentException(fault, nameof(coordinates));
        AddCheckedPolygons(height, width, coordinates, lengths);
    }

    /// <summary>The mask of an item, made anew with each call.</summary>
    public RunLengthMask Of(int item)
    {
        Entry entry = entries[item];
        if (entry.IsPolygons)
            return RunLengthMask.FromPolygons(entry.Height, entry.Width, coordinates.Of(entry.Numbers), polygonLengths.Of(entry.Lengths));
        ReadOnlySpan<byte> letters = counts.Of(entry.Numbers);
        uint[]? rented = letters.Length > StackRuns ? ArrayPool<uint>.Shared.Rent(letters.Length) : null;
        Span<uint> runs = rented ?? stackalloc uint[StackRuns];
        CompressedRuns.Decode(letters, runs, out int count); // they were checked, or encoded here
        var mask = new RunLengthMask(entry.Height, entry.Width, runs[..count].ToArray());
        if (rented is not null) ArrayPool<uint>.Shared.Return(rented);
        return mask;
    }

    /// <summary>Height and width of an item's mask, in pixels.</summary>
    public (int Height, int Width) SizeOf(int item) => (entries[item].Height, entries[item].Width);

    /// <summary>The polygons of an item, if it is of polygons.</summary>
    /// <param name="coordinates">x, y of each corner in pixels, of all polygons.</param>
    /// <param name="lengths">How many numbers each polygon has.</param>
    public bool TryPolygons(int item, out ReadOnlySpan<double> coordinates, out ReadOnlySpan<int> lengths)
    {
        Entry entry = entries[item];
        coordinates = entry.IsPolygons ? this.coordinates.Of(entry.Numbers) : default;
        lengths = entry.IsPolygons ? polygonLengths.Of(entry.Lengths) : default;
        return entry.IsPolygons;
    }

    /// <summary>The compressed counts of an item that is not of polygons.</summary>
    internal ReadOnlySpan<byte> CompressedCounts(int item) => entries[item].IsPolygons ? default : counts.Of(entries[item].Numbers);

    internal void AddCheckedPolygons(int height, int width, ReadOnlySpan<double> coordinates, ReadOnlySpan<int> lengths) =>
        entries.Add(new(true, height, width, this.coordinates.Add(coordinates), polygonLengths.Add(lengths)));

    internal void AddRuns(int height, int width, ReadOnlySpan<uint> runs)
    {
        text.Clear();
        CompressedRuns.Encode(runs, text);
        AddCompressed(height, width, text.Span);
    }

    /// <param name="compressedCounts">Checked already.</param>
    internal void AddCompressed(int height, int width, ReadOnlySpan<byte> compressedCounts) =>
        entries.Add(new(false, height, width, counts.Add(compressedCounts), default));

    internal void Reserve(int capacity) => entries.EnsureCapacity(capacity);

    internal void SetSize(int item, int height, int width) => entries[item] = entries[item] with { Height = height, Width = width };

    /// <summary>Keeps those items, in that order.</summary>
    internal void Choose(ReadOnlySpan<int> items)
    {
        var chosen = new List<Entry>(items.Length);
        foreach (int item in items) chosen.Add(entries[item]);
        entries = chosen;
    }

    private readonly record struct Entry(bool IsPolygons, int Height, int Width, Place Numbers, Place Lengths);
}
