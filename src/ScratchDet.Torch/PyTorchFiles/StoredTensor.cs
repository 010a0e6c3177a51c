using static TorchSharp.torch;

namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>Numbers that several tensors may look at.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Null: bytes, whose tensors say the type.</param>
/// <param name="Elements">Of the whole storage; bytes where there is no type.</param>
internal sealed record TensorStorage(string Key, ScalarType? Type, long Elements)
{
    /// <summary>Most elements whose bytes can be counted: eight bytes each.</summary>
    public const long ElementLimit = long.MaxValue / 8;

    public long ByteCount => Elements * (Type is { } type ? SafetensorsEntry.BytesOf(type) : 1);
}

/// <summary>A part of a storage, in elements: all of it, except in files that keep views as such.</summary>
internal sealed record StorageView(TensorStorage Storage, long Start, long Elements);

/// <summary>A tensor as the file describes it: it lies within its storage, whatever its strides.</summary>
/// <param name="Offset">First element, from the start of the whole storage.</param>
internal sealed record StoredTensor(TensorStorage Storage, ScalarType Type, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>What an expanded tensor may hold beyond its storage: a row of numbers repeated, not a bomb.</summary>
    private const long RepeatedBytesLimit = 1 << 24;

    public int ElementBytes => SafetensorsEntry.BytesOf(Type);

    public long ByteCount => SafetensorsEntry.CountBytes(Shape, ElementBytes)!.Value;

    /// <summary>Elements of the storage from the first to the last that is used.</summary>
    public long Span { get; private init; }

    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int k = Shape.Length - 1; k >= 0; k--)
            {
                if (Shape[k] != 1 && Strides[k] != expected) return false;
                expected *= Shape[k];
            }
            return true;
        }
    }

    /// <exception cref="PickleFault">Sizes, strides and offset do not fit the storage.</exception>
    public static StoredTensor Create(StorageView view, ScalarType type, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length) throw new PickleFault($"{shape.Length} sizes and {strides.Length} strides of a tensor");
        string shown = string.Join(", ", shape);
        if (offset < 0 || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
            throw new PickleFault($"a size, stride or offset below 0 of a tensor [{shown}]");
        int elementBytes = SafetensorsEntry.BytesOf(type);
        long byteCount = SafetensorsEntry.CountBytes(shape, elementBytes) ?? throw new PickleFault($"a shape of [{shown}] is absurd");
        long viewElements = view.Storage.Type is null ? view.Elements / elementBytes : view.Elements;
        Int128 span = byteCount == 0 ? 0 : 1;
        for (int k = 0; k < shape.Length && byteCount > 0; k++) span += (Int128)(shape[k] - 1) * strides[k];
        if (span + offset > viewElements)
            throw new PickleFault($"a tensor [{shown}] that reaches {span + offset} elements into a storage of {viewElements}");
        if (byteCount > Math.Max(RepeatedBytesLimit, view.Storage.ByteCount))
            throw new PickleFault($"a tensor [{shown}] that repeats {span} elements to {byteCount} bytes");
        return new StoredTensor(view.Storage, type, view.Start + offset, shape, strides) { Span = (long)span };
    }
}
