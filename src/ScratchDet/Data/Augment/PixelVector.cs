using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchDet.Data.Augment;

/// <summary>Eight 8-bit values at a time as integers or floats. The callers see that eight bytes are there.</summary>
internal static class PixelVector
{
    public const int Count = 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadIntegers(ref byte first, int offset)
    {
        ulong eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, offset));
        Vector128<ushort> wide = Vector128.WidenLower(Vector128.CreateScalarUnsafe(eight).AsByte());
        (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(wide);
        return Vector256.Create(lower, upper).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(ref byte first, int offset) =>
        Vector256.ConvertToSingle(LoadIntegers(ref first, offset));

    /// <summary>Rounds to the nearest integer (halves to even) and saturates to 0..255, as OpenCV's saturate_cast does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> values, ref byte first, int offset)
    {
        Vector256<int> integers = Vector256.ConvertToInt32Native(Vector256.Round(Saturate(values)));
        Vector128<short> shorts = Vector128.Narrow(integers.GetLower(), integers.GetUpper());
        Vector128<byte> bytes = Vector128.Narrow(shorts.AsUInt16(), shorts.AsUInt16());
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, offset), bytes.AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Saturate(Vector256<float> values) =>
        Vector256.MinNative(Vector256.MaxNative(values, Vector256<float>.Zero), Vector256.Create(255f));

    /// <summary>The same rounding and saturation for one value.</summary>
    public static byte ToByte(float value) => (byte)MathF.Round(Math.Clamp(value, 0, 255));
}
