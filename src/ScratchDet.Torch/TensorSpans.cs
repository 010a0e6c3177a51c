using System.Runtime.InteropServices;
using ScratchDet.Torch.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>Tensor memory as spans and arrays without copies, and the layout of images in memory.</summary>
public static class TensorSpans
{
    /// <summary>The elements of a contiguous tensor in CPU memory, in place; valid while the tensor is neither disposed nor replaced.</summary>
    /// <typeparam name="T">The .NET type of the element; <see cref="ushort"/> gives the bits of float16 and bfloat16.</typeparam>
    /// <exception cref="InvalidOperationException">The tensor is elsewhere or not contiguous.</exception>
    /// <exception cref="ArgumentException">The elements are of another type.</exception>
    public static unsafe Span<T> AsSpan<T>(this Tensor tensor)
        where T : unmanaged
    {
        TensorInfo info = tensor.Describe();
        var type = (ScalarType)info.ScalarType;
        bool bits = typeof(T) == typeof(ushort) && type is ScalarType.Float16 or ScalarType.BFloat16;
        if (!bits && type != ScalarTypeOf<T>()) throw new ArgumentException($"elements of type {type} cannot be read as {typeof(T).Name}");
        if (info.DeviceType != (int)DeviceType.CPU) throw new InvalidOperationException("the tensor is not in CPU memory: call cpu() first");
        if (info.IsContiguous == 0) throw new InvalidOperationException("the tensor is not contiguous: call contiguous() first");
        return new Span<T>(info.Data, checked((int)info.Elements));
    }

    /// <summary>A tensor over an array, without a copy: writing to one is seen in the other. The array stays pinned while libtorch holds it.</summary>
    /// <param name="shape">Row-major; its product is the length of the array. None stands for one dimension.</param>
    /// <exception cref="ArgumentException">The shape does not fit the array, or libtorch has no such element type.</exception>
    public static unsafe Tensor FromArray<T>(T[] values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ScalarType type = ScalarTypeOf<T>();
        ReadOnlySpan<long> sizes = shape.IsEmpty ? [values.Length] : shape;
        long count = 1;
        foreach (long size in sizes) count = checked(count * (size < 0 ? throw new ArgumentException($"a negative size: {size}") : size));
        if (count != values.Length) throw new ArgumentException($"an array of {values.Length} elements for a shape of {count}");
        if (count == 0) return empty(sizes.ToArray(), type);

        GCHandle pin = GCHandle.Alloc(values, GCHandleType.Pinned);
        IntPtr handle;
        fixed (long* first = sizes)
        {
            int code = Bridge.sd_tensor_from_memory((void*)pin.AddrOfPinnedObject(), first, sizes.Length, (int)type, &Unpin, GCHandle.ToIntPtr(pin), out handle);
            // A failure here means that no native memory is left for the tensor itself; the array then stays pinned.
            Bridge.Check(code);
        }
        return new Tensor(handle);
    }

    /// <summary>(N, C, H, W) with the channels of a pixel side by side in memory; the same tensor when it is so already.</summary>
    public static Tensor ToChannelsLast(this Tensor tensor) => Operators.contiguous.Call(tensor, memory_format.channels_last);

    /// <summary>Whether a tensor of four dimensions has the channels of a pixel side by side in memory.</summary>
    public static bool IsChannelsLast(this Tensor tensor) => tensor.Describe().IsChannelsLast != 0;

    internal static ScalarType ScalarTypeOf<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return ScalarType.Float32;
        if (typeof(T) == typeof(double)) return ScalarType.Float64;
        if (typeof(T) == typeof(byte)) return ScalarType.Byte;
        if (typeof(T) == typeof(long)) return ScalarType.Int64;
        if (typeof(T) == typeof(int)) return ScalarType.Int32;
        if (typeof(T) == typeof(bool)) return ScalarType.Bool;
        if (typeof(T) == typeof(short)) return ScalarType.Int16;
        if (typeof(T) == typeof(sbyte)) return ScalarType.Int8;
        if (typeof(T) == typeof(Half)) return ScalarType.Float16;
        throw new ArgumentException($"libtorch has no element type for {typeof(T).Name}");
    }

    [UnmanagedCallersOnly]
    private static void Unpin(IntPtr context) => GCHandle.FromIntPtr(context).Free();
}
