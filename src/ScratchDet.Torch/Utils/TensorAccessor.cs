using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ScratchDet.Torch.Interop;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the elements of a tensor in CPU memory, whatever its strides; valid while the tensor lives.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly bool contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        TensorInfo info = tensor.Describe();
        if (info.DeviceType != 0) throw new InvalidOperationException("the tensor is not in CPU memory: call cpu() first");
        if (info.ElementBytes != Unsafe.SizeOf<T>())
            throw new ArgumentException($"elements of {info.ElementBytes} bytes ({(torch.ScalarType)info.ScalarType}) cannot be read as {typeof(T).Name}");
        (this.tensor, shape, strides, contiguous) = (tensor, tensor.shape, tensor.stride(), info.IsContiguous != 0);
        Count = info.Elements;
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => At(Offset(indices));
        set => At(Offset(indices)) = value;
    }

    /// <summary>The elements in row-major order.</summary>
    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int count = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        if (contiguous)
        {
            MemoryMarshal.CreateReadOnlySpan(ref At(tensorIndex), count).CopyTo(array[arrayIndex..]);
            GC.KeepAlive(tensor);
            return;
        }
        for (int i = 0; i < count; i++) array[arrayIndex + i] = At(Place(tensorIndex + i));
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int count = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        if (contiguous)
        {
            array.Slice(arrayIndex, count).CopyTo(MemoryMarshal.CreateSpan(ref At(tensorIndex), count));
            GC.KeepAlive(tensor);
            return;
        }
        for (int i = 0; i < count; i++) At(Place(tensorIndex + i)) = array[arrayIndex + i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return At(contiguous ? i : Place(i));
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing native belongs to the accessor.</summary>
    public void Dispose() => GC.SuppressFinalize(this);

    private unsafe ref T At(long offset) => ref Unsafe.AsRef<T>((T*)tensor.Describe().Data + offset);

    private long Offset(long[] indices)
    {
        if (indices.Length == 1 && shape.Length != 1) return contiguous ? indices[0] : Place(indices[0]);
        if (indices.Length != shape.Length) throw new ArgumentException($"{indices.Length} indices for {shape.Length} dimensions");
        long offset = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            long index = indices[i] < 0 ? indices[i] + shape[i] : indices[i];
            if (index < 0 || index >= shape[i]) throw new IndexOutOfRangeException($"index {indices[i]} in dimension {i} of size {shape[i]}");
            offset += index * strides[i];
        }
        return offset;
    }

    /// <summary>Memory offset of the element with a row-major number.</summary>
    private long Place(long number)
    {
        long offset = 0;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            offset += number % shape[i] * strides[i];
            number /= shape[i];
        }
        return offset;
    }
}
