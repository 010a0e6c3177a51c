using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Torch.Interop;

/// <summary>One argument of an operator call, made by implicit conversion; null is "none", <see cref="Default"/> the schema's default.</summary>
internal readonly struct Argument
{
    internal readonly ValueTag Tag;
    internal readonly long Bits;
    internal readonly object? Reference;

    private Argument(ValueTag tag, long bits = 0, object? reference = null) => (Tag, Bits, Reference) = (tag, bits, reference);

    internal static Argument None => new(ValueTag.None);

    internal static Argument Default => new(ValueTag.Default);

    public static implicit operator Argument(Tensor? tensor) =>
        tensor is null ? None : new(ValueTag.Tensor, tensor.Handle, tensor);

    public static implicit operator Argument(long value) => new(ValueTag.Int, value);

    public static implicit operator Argument(int value) => new(ValueTag.Int, value);

    public static implicit operator Argument(long? value) => value is { } number ? number : None;

    public static implicit operator Argument(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(double? value) => value is { } number ? number : None;

    public static implicit operator Argument(bool value) => new(ValueTag.Bool, value ? 1 : 0);

    public static implicit operator Argument(bool? value) => value is { } flag ? flag : None;

    public static implicit operator Argument(long[]? values) => values is null ? None : new(ValueTag.IntList, 0, values);

    public static implicit operator Argument(double[]? values) => values is null ? None : new(ValueTag.DoubleList, 0, values);

    public static implicit operator Argument(bool[]? values) => values is null ? None : new(ValueTag.BoolList, 0, values);

    public static implicit operator Argument(Tensor[]? tensors) => tensors is null ? None : new(ValueTag.TensorList, 0, tensors);

    public static implicit operator Argument(string? text) => text is null ? None : new(ValueTag.String, 0, Encoding.UTF8.GetBytes(text));

    public static implicit operator Argument(ScalarType type) => new(ValueTag.Int, (long)type);

    public static implicit operator Argument(ScalarType? type) => type is { } value ? value : None;

    public static implicit operator Argument(memory_format format) => new(ValueTag.Int, (long)format);

    public static implicit operator Argument(Device? device) =>
        device is null ? None : new(ValueTag.Device, ((long)device.type << 32) | (uint)device.index);

    public static implicit operator Argument(Generator? generator) =>
        generator is null ? None : new(ValueTag.Generator, generator.Handle, generator);

    public static implicit operator Argument(Scalar? scalar) => scalar is null ? None
        : scalar.IsFloatingPoint ? new(ValueTag.Double, BitConverter.DoubleToInt64Bits(scalar.Real))
        : new(scalar.Type == ScalarType.Bool ? ValueTag.Bool : ValueTag.Int, scalar.Integer);

    /// <summary>A list in which null stands for "not indexed here", as <c>aten::index</c> takes it.</summary>
    internal static Argument OptionalTensors(Tensor?[] tensors) => new(ValueTag.OptionalTensorList, 0, tensors);

    /// <summary>Bytes that the elements of a list need beside the argument itself.</summary>
    internal int ListBytes => Reference switch
    {
        long[] values => values.Length * sizeof(long),
        double[] values => values.Length * sizeof(double),
        Tensor?[] values => values.Length * sizeof(long),
        bool[] values => (values.Length + 7) & ~7,
        byte[] values => (values.Length + 7) & ~7,
        _ => 0,
    };

    internal unsafe NativeValue Marshal(byte* scratch)
    {
        switch (Reference)
        {
            case long[] values:
                values.CopyTo(new Span<long>(scratch, values.Length));
                return List(scratch, values.Length);
            case double[] values:
                values.CopyTo(new Span<double>(scratch, values.Length));
                return List(scratch, values.Length);
            case bool[] values:
                values.CopyTo(new Span<bool>(scratch, values.Length));
                return List(scratch, values.Length);
            case byte[] values:
                values.CopyTo(new Span<byte>(scratch, values.Length));
                return List(scratch, values.Length);
            case Tensor?[] values:
                for (int i = 0; i < values.Length; i++) ((IntPtr*)scratch)[i] = values[i]?.Handle ?? IntPtr.Zero;
                return List(scratch, values.Length);
            default:
                return new NativeValue { Tag = Tag, Bits = Bits };
        }
    }

    private unsafe NativeValue List(byte* scratch, int count) => new() { Tag = Tag, Count = count, Bits = (long)scratch };
}
