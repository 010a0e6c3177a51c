using System.Runtime.InteropServices;

namespace ScratchDet.Evaluation.Coco;

/// <summary>A list as a span: without a copy where it is an array or a <see cref="List{T}"/> (which must not grow meanwhile).</summary>
internal readonly struct FlatList<T>(IReadOnlyList<T> items)
{
    private readonly IReadOnlyList<T> items = items is T[] or List<T> ? items : items.ToArray();

    public ReadOnlySpan<T> Span => items is T[] array ? array : CollectionsMarshal.AsSpan((List<T>)items);
}
