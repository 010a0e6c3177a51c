namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of one parameter between steps.</summary>
public abstract class OptimizerState(Parameter parameter)
{
    public readonly Parameter _parameter = parameter;

    /// <summary>Sets the state to that before the first step.</summary>
    public virtual void Initialize(OptimizerOptions options)
    {
    }

    public abstract void LoadStateDict(OptimizerState source);

    public abstract void LoadStateDict(BinaryReader reader);

    public abstract void SaveStateDict(BinaryWriter writer);

    /// <summary>Moves the state's tensors to where the parameter went.</summary>
    public abstract void to(torch.Device device);

    public abstract bool ApproximatelyEquals(OptimizerState other);

    /// <summary>Writes whether there is a tensor, and its numbers.</summary>
    private protected static void WriteTensor(BinaryWriter writer, torch.Tensor? tensor)
    {
        writer.Write(tensor is not null);
        if (tensor is null) return;
        using torch.Tensor onCpu = tensor.cpu();
        using torch.Tensor contiguous = onCpu.contiguous();
        writer.Write((int)contiguous.dtype);
        writer.Write((long)contiguous.bytes.Length);
        writer.Write(contiguous.bytes);
    }

    /// <summary>Reads what <see cref="WriteTensor"/> wrote, for a tensor of the parameter's shape, to the parameter's device.</summary>
    /// <exception cref="InvalidDataException">The numbers are not those of a tensor of the parameter's type and shape.</exception>
    private protected torch.Tensor? ReadTensor(BinaryReader reader)
    {
        if (!reader.ReadBoolean()) return null;
        var type = (torch.ScalarType)reader.ReadInt32();
        long byteCount = reader.ReadInt64();
        if (type != _parameter.dtype || byteCount != _parameter.numel() * _parameter.ElementSize)
            throw new InvalidDataException($"a state of {byteCount} bytes of type {type} for a parameter {_parameter}");
        using torch.Tensor loaded = torch.empty(_parameter.shape, type);
        reader.BaseStream.ReadExactly(loaded.bytes);
        return LikeParameter(loaded);
    }

    /// <summary>A copy of a tensor on the parameter's device and in its layout that no scope disposes.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    private protected torch.Tensor LikeParameter(torch.Tensor source)
    {
        if (!source.shape.AsSpan().SequenceEqual(_parameter.shape))
            throw new ArgumentException($"a state of shape [{string.Join(", ", source.shape)}] for a parameter {_parameter}");
        using IDisposable withoutGradients = torch.no_grad();
        return torch.empty_like(_parameter).copy_(source).DetachFromDisposeScope();
    }
}
