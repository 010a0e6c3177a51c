namespace ScratchDet.Data.Coco;

/// <summary>Numbers of one entry while it is read; used again for the next.</summary>
internal sealed class NumberBuffer<T>
    where T : unmanaged
{
    private T[] numbers = new T[256];

    public int Count { get; private set; }

    public ReadOnlySpan<T> Span => numbers.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(T number)
    {
        if (Count == numbers.Length) Array.Resize(ref numbers, Count * 2);
        numbers[Count++] = number;
    }
}
