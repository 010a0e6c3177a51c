using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number passed to an operator: an integer, a bool or a double. Nothing native stands behind it.</summary>
public class Scalar : IDisposable
{
    internal readonly double Real;
    internal readonly long Integer;

    private Scalar(double real, ScalarType type) => (Real, Type) = (real, type);

    private Scalar(long integer, ScalarType type) => (Integer, Real, Type) = (integer, integer, type);

    public ScalarType Type { get; }

    internal bool IsFloatingPoint => Type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

    public static implicit operator Scalar(byte value) => new(value, ScalarType.Byte);

    public static implicit operator Scalar(sbyte value) => new(value, ScalarType.Int8);

    public static implicit operator Scalar(short value) => new(value, ScalarType.Int16);

    public static implicit operator Scalar(int value) => new(value, ScalarType.Int32);

    public static implicit operator Scalar(long value) => new(value, ScalarType.Int64);

    public static implicit operator Scalar(Half value) => new((double)value, ScalarType.Float16);

    public static implicit operator Scalar(float value) => new(value, ScalarType.Float32);

    public static implicit operator Scalar(double value) => new(value, ScalarType.Float64);

    public static implicit operator Scalar(bool value) => new(value ? 1L : 0L, ScalarType.Bool);

    public void Dispose() => GC.SuppressFinalize(this);
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;

    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this bool value) => value;

    public static float ToSingle(this Scalar value) => (float)value.Real;

    public static double ToDouble(this Scalar value) => value.Real;

    public static int ToInt32(this Scalar value) => (int)ToInt64(value);

    public static long ToInt64(this Scalar value) => value.IsFloatingPoint ? (long)value.Real : value.Integer;

    public static bool ToBoolean(this Scalar value) => value.IsFloatingPoint ? value.Real != 0 : value.Integer != 0;
}
