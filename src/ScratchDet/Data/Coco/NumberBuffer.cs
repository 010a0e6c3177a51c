namespace ScratchDet.Data.Coco;

/// <summary>Numbers of one entry while it is read; used again for the next.</summary>
internal sealed class NumberBuffer<T>
    where T : unmanaged
{
    private T[] numbers = new T[256];

    public int Count { get; private set; }

    public ReadOnlySpan<T> Span => numbers.AsSpan(0, Count);

    public void Clear(int kept = 0) => Count = kept;

    /// <summary>Room for new numbers, in place of all; <see cref="Clear"/> keeps the first of them.</summary>
    public Span<T> Room(int length)
    {
        if (numbers.Length < length) numbers = new T[Math.Max(length, numbers.Length * 2)];
        return numbers;
    }

    public void Add(T number)
    {
        if (Count == numbers.Length) Array.Resize(ref numbers, Count * 2);
        numbers[Count++] = number;
    }
}
