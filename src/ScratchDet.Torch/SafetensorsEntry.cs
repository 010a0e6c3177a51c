using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Start">First byte, counted from the end of the header.</param>
/// <param name="ByteCount">Product of the shape times the bytes of an element.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long Start, long ByteCount) : TensorEntry(Name, Type, Shape)
{
    /// <summary>The names of the format, in the order in which its reference implementation lays types out in a file.</summary>
    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("BOOL", ScalarType.Bool, 1),
        ("U8", ScalarType.Byte, 1),
        ("I8", ScalarType.Int8, 1),
        ("I16", ScalarType.Int16, 2),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I32", ScalarType.Int32, 4),
        ("F32", ScalarType.Float32, 4),
        ("F64", ScalarType.Float64, 8),
        ("I64", ScalarType.Int64, 8),
    ];

    internal static string TypeNames => string.Join(", ", Types.Select(type => type.Name));

    internal string TypeName => Types[Rank(Type)].Name;

    /// <summary>Place in the file's order of types, least first; -1 for a type that the format does not have.</summary>
    internal static int Rank(ScalarType type) => Array.FindIndex(Types, known => known.Type == type);

    internal static bool TryFind(string name, out ScalarType type, out int elementBytes)
    {
        int index = Array.FindIndex(Types, known => known.Name == name);
        (type, elementBytes) = index < 0 ? default : (Types[index].Type, Types[index].Bytes);
        return index >= 0;
    }

    /// <summary>Bytes of an element.</summary>
    internal static int BytesOf(ScalarType type) => Types[Rank(type)].Bytes;

    /// <summary>Bytes of a tensor, or null when they do not fit in 63 bits.</summary>
    internal static long? CountBytes(IReadOnlyList<long> shape, int elementBytes)
    {
        long largest = elementBytes; // without the zeros, so that an absurd size beside a zero is seen
        bool hasNone = false;
        foreach (long size in shape)
        {
            hasNone |= size == 0;
            Int128 product = (Int128)largest * Math.Max(size, 1);
            if (product > long.MaxValue) return null;
            largest = (long)product;
        }
        return hasNone ? 0 : largest;
    }
}
