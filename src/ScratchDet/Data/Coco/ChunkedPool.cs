namespace ScratchDet.Data.Coco;

/// <summary>
/// Many short lists of numbers in a few large arrays: no object per list, and growing never copies what is there already.
/// </summary>
internal sealed class ChunkedPool<T>(int chunkLength)
    where T : unmanaged
{
    private readonly List<T[]> chunks = [];
    private int used;

    /// <returns>Where the list is, for <see cref="Of"/>.</returns>
    public Place Add(ReadOnlySpan<T> numbers)
    {
        if (chunks.Count == 0 || chunks[^1].Length - used < numbers.Length)
        {
            // Small pools start small.
            int length = chunks.Count == 0 ? Math.Min(chunkLength, 1024) : Math.Min(chunkLength, chunks[^1].Length * 4);
            chunks.Add(GC.AllocateUninitializedArray<T>(Math.Max(length, numbers.Length)));
            used = 0;
        }
        numbers.CopyTo(chunks[^1].AsSpan(used));
        var place = new Place(chunks.Count - 1, used, numbers.Length);
        used += numbers.Length;
        return place;
    }

    public ReadOnlySpan<T> Of(Place place) => place.Length == 0 ? default : chunks[place.Chunk].AsSpan(place.Start, place.Length);
}

internal readonly record struct Place(int Chunk, int Start, int Length);
