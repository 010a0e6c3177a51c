using static TorchSharp.torch;

namespace ScratchDet.Torch.Interop;

/// <summary>
/// TorchSharp's file format for tensors: numbers as LEB128; a tensor is its type, rank, sizes and bytes in row-major
/// order; a state is a count and then a name (BinaryWriter's string) and a tensor for each.
/// </summary>
internal static class TensorFile
{
    private const int MaximumDimensions = 8;

    internal static void WriteNumber(BinaryWriter writer, long value) => writer.Write7BitEncodedInt64(value);

    internal static void Write(BinaryWriter writer, Tensor tensor)
    {
        WriteNumber(writer, (long)tensor.dtype);
        long[] shape = tensor.shape;
        WriteNumber(writer, shape.Length);
        foreach (long size in shape) WriteNumber(writer, size);
        using Tensor plain = tensor.detach();
        using Tensor near = plain.cpu();
        using Tensor dense = near.contiguous();
        writer.Write(dense.bytes);
    }

    /// <exception cref="InvalidDataException">The stream ends early, holds no state, or a tensor of more than 2 GiB.</exception>
    internal static Dictionary<string, Tensor> ReadState(BinaryReader reader)
    {
        string place = "the count of tensors";
        try
        {
            long count = reader.Read7BitEncodedInt64();
            if (count < 0) throw new InvalidDataException($"{count} tensors");
            Dictionary<string, Tensor> state = [];
            for (long i = 0; i < count; i++)
            {
                place = $"the name of tensor {i + 1} of {count}";
                string name = reader.ReadString();
                place = $"tensor {i + 1} of {count} ('{name}')";
                if (!state.TryAdd(name, Read(reader))) throw new InvalidDataException("the name occurs twice");
            }
            return state;
        }
        catch (Exception error) when (error is EndOfStreamException or FormatException or InvalidDataException)
        {
            throw new InvalidDataException($"not a file of tensors, or damaged, at {place}: {error.Message}", error);
        }
    }

    private static Tensor Read(BinaryReader reader)
    {
        long type = reader.Read7BitEncodedInt64();
        if (type is < 0 or > sbyte.MaxValue || !Enum.IsDefined((ScalarType)type)) throw new InvalidDataException($"there is no element type {type}");
        long rank = reader.Read7BitEncodedInt64();
        if (rank is < 0 or > MaximumDimensions) throw new InvalidDataException($"{rank} dimensions");
        var shape = new long[rank];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = reader.Read7BitEncodedInt64();
            if (shape[i] < 0) throw new InvalidDataException($"a size of {shape[i]}");
        }
        RequireRoom(reader.BaseStream, shape, (ScalarType)type);
        Tensor tensor = empty(shape, (ScalarType)type, CPU);
        reader.BaseStream.ReadExactly(tensor.bytes);
        return tensor;
    }

    /// <summary>Refuses a shape that the rest of the stream cannot fill, before memory is taken for it.</summary>
    private static void RequireRoom(Stream stream, long[] shape, ScalarType type)
    {
        using Tensor one = empty(1, type, CPU);
        long bytes = shape.Contains(0) ? 0 : one.ElementSize;
        long most = stream.CanSeek ? Math.Min(stream.Length - stream.Position, int.MaxValue) : int.MaxValue;
        bool fits = bytes <= most;
        foreach (long size in shape)
        {
            fits = fits && (bytes == 0 || bytes <= most / size);
            if (fits) bytes *= size;
        }
        if (!fits) throw new InvalidDataException($"a shape of [{string.Join(", ", shape)}] where {most} bytes are left");
    }
}
