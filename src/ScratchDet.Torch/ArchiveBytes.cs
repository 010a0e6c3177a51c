using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>The bytes of a file of tensors: opened once, read at any place, every fault with the file's name.</summary>
internal sealed class ArchiveBytes : IDisposable
{
    internal const string Again = "copy or write the file again";

    /// <summary>What the native bridge describes.</summary>
    internal const int DimensionLimit = 8;

    private const int ChunkBytes = 1 << 28; // a span holds 2 GB at most, a tensor may hold more

    private readonly SafeFileHandle handle;

    private ArchiveBytes(string path, SafeFileHandle handle) => (Path, this.handle, Length) = (path, handle, RandomAccess.GetLength(handle));

    public string Path { get; }

    public long Length { get; }

    /// <exception cref="TensorArchiveException">Absent or unreadable.</exception>
    public static ArchiveBytes Open(string path)
    {
        try
        {
            return new ArchiveBytes(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            bool absent = error is FileNotFoundException or DirectoryNotFoundException;
            throw new TensorArchiveException(path, null, absent ? "there is no such file" : "it cannot be read", "check the path and its permissions", error);
        }
    }

    public TensorArchiveException Bad(string? place, string what, string whatToDo = Again) => new(Path, place, what, whatToDo);

    public void ReadExactly(Span<byte> into, long position, string? place)
    {
        while (!into.IsEmpty)
        {
            int count;
            try
            {
                count = RandomAccess.Read(handle, into, position);
            }
            catch (IOException error)
            {
                throw new TensorArchiveException(Path, place, "it cannot be read", "check the disk", error);
            }
            if (count == 0) throw Bad(place, "the file became shorter while it was read");
            into = into[count..];
            position += count;
        }
    }

    /// <summary>The first bytes of the file, as many as there are.</summary>
    public ReadOnlySpan<byte> Head(Span<byte> into)
    {
        Span<byte> head = into[..(int)Math.Min(into.Length, Length)];
        ReadExactly(head, 0, null);
        return head;
    }

    /// <summary>A tensor whose elements stand one behind the other from a place on.</summary>
    public Tensor ReadTensor(ScalarType type, ReadOnlySpan<long> shape, long position, long byteCount, string place)
    {
        Tensor tensor = empty(shape.ToArray(), type);
        try
        {
            for (long read = 0; read < byteCount; read += ChunkBytes)
            {
                Span<byte> chunk = Chunk(tensor, read, byteCount);
                ReadExactly(chunk, position + read, place);
                if (type == ScalarType.Bool && chunk.ContainsAnyExceptInRange((byte)0, (byte)1))
                    throw Bad(place, "a truth value that is neither 0 nor 1");
            }
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    public static void WriteTensor(Stream stream, Tensor contiguous, long byteCount)
    {
        for (long written = 0; written < byteCount; written += ChunkBytes) stream.Write(Chunk(contiguous, written, byteCount));
    }

    public void Dispose() => handle.Dispose();

    /// <summary>Some bytes of a contiguous tensor in CPU memory.</summary>
    private static unsafe Span<byte> Chunk(Tensor tensor, long from, long byteCount) =>
        new((byte*)tensor.Describe().Data + from, (int)Math.Min(ChunkBytes, byteCount - from));
}
