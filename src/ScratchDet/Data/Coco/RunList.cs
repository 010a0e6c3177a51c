using System.Buffers;

namespace ScratchDet.Data.Coco;

/// <summary>Runs of a mask while it is made: on the stack while they are few, then in a rented array.</summary>
internal ref struct RunList(Span<uint> first)
{
    private Span<uint> runs = first;
    private uint[]? rented;

    public int Count { get; private set; }

    public readonly Span<uint> Span => runs[..Count];

    public void Add(uint run)
    {
        if (Count == runs.Length) Grow(Count + 1);
        runs[Count++] = run;
    }

    public void AddRange(ReadOnlySpan<uint> more)
    {
        if (Count + more.Length > runs.Length) Grow(Count + more.Length);
        more.CopyTo(runs[Count..]);
        Count += more.Length;
    }

    public void Clear() => Count = 0;

    public void KeepFirst(int count) => Count = count;

    /// <summary>The runs in an array of their own; the list is empty then.</summary>
    public uint[] Take()
    {
        uint[] taken = Span.ToArray();
        Dispose();
        return taken;
    }

    public void Dispose()
    {
        if (rented is not null) ArrayPool<uint>.Shared.Return(rented);
        rented = null;
        runs = default;
        Count = 0;
    }

    private void Grow(int needed)
    {
        uint[] larger = ArrayPool<uint>.Shared.Rent(Math.Max(Math.Max(256, needed), Count * 2));
        Span.CopyTo(larger);
        if (rented is not null) ArrayPool<uint>.Shared.Return(rented);
        rented = larger;
        runs = larger;
    }
}
