using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using ScratchDet.Torch.Interop;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>
/// Named tensors in one file: eight bytes with the length of a JSON header, the header, the numbers (the safetensors
/// format, little-endian). Reading executes nothing and takes no memory before everything has been checked.
/// </summary>
public sealed class SafetensorsFile : TensorArchive
{
    private const int LengthBytes = 8;
    private const int Alignment = 8;

    private readonly ArchiveBytes file;
    private readonly long dataStart;
    private readonly Dictionary<string, SafetensorsEntry> byName;

    /// <summary>Takes the file over where it is in the format.</summary>
    internal SafetensorsFile(ArchiveBytes file)
    {
        this.file = file;
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        if (file.Length < LengthBytes) throw file.Bad(null, $"{file.Length} bytes are too few for a safetensors file");
        file.ReadExactly(lengthBytes, 0, "header");
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (headerBytes > SafetensorsHeader.ByteLimit)
            throw file.Bad("header", $"a length of {headerBytes} bytes is more than {SafetensorsHeader.ByteLimit}", "check that it is a safetensors file or one that torch.save wrote");
        if ((long)headerBytes > file.Length - LengthBytes)
            throw file.Bad("header", $"{headerBytes} bytes announced, {file.Length - LengthBytes} present");

        byte[] json = ArrayPool<byte>.Shared.Rent((int)headerBytes);
        try
        {
            Span<byte> header = json.AsSpan(0, (int)headerBytes);
            file.ReadExactly(header, LengthBytes, "header");
            dataStart = LengthBytes + (long)headerBytes;
            (List<SafetensorsEntry> entries, Dictionary<string, string> metadata) = SafetensorsHeader.Parse(header, file.Length - dataStart, file.Path);
            (Entries, Metadata) = (entries, metadata);
            byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(json);
        }
    }

    public override string Format => "safetensors";

    /// <summary>What the writer noted beside the tensors.</summary>
    public override IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors in the order of their data.</summary>
    public override IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Opens a file and checks its header; the numbers are read by <see cref="Load"/>. Keeps the file open until disposed.</summary>
    /// <exception cref="TensorArchiveException">Absent, unreadable, cut off, or not in the format.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArchiveBytes file = ArchiveBytes.Open(path);
        try
        {
            return new SafetensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes tensors; the same tensors and metadata give the same bytes whatever their order. As in the format's
    /// reference implementation, data are laid out by type, widest first, then by name, so that all are aligned.
    /// </summary>
    /// <param name="stream">Written from its present position; neither flushed nor closed.</param>
    /// <param name="tensors">On any device and in any layout; each name once.</param>
    /// <param name="metadata">Strings beside the tensors, or null.</param>
    /// <exception cref="ArgumentException">A name twice or reserved, or an element type that the format does not have.</exception>
    public static void Write(Stream stream, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        List<(SafetensorsEntry Entry, Tensor Tensor)> placed = Place(tensors);
        byte[] header = Header(placed, metadata);
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((SafetensorsEntry entry, Tensor tensor) in placed)
        {
            using Tensor plain = tensor.detach();
            using Tensor onCpu = plain.cpu();
            using Tensor contiguous = onCpu.contiguous();
            ArchiveBytes.WriteTensor(stream, contiguous, entry.ByteCount);
        }
    }

    public override Tensor Load(string name) => byName.TryGetValue(name, out SafetensorsEntry? entry)
        ? file.ReadTensor(entry.Type, [.. entry.Shape], dataStart + entry.Start, entry.ByteCount, $"tensor {name}")
        : throw file.Bad($"tensor {name}", "there is no such tensor", "check that the file belongs to this model");

    protected override void Dispose(bool disposing) => file.Dispose();

    private static List<(SafetensorsEntry Entry, Tensor Tensor)> Place(IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var described = new List<(string Name, Tensor Tensor, TensorInfo Info, int Rank)>();
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (name == SafetensorsHeader.MetadataName) throw new ArgumentException($"no tensor can be named {name}", nameof(tensors));
            if (!names.Add(name)) throw new ArgumentException($"two tensors are named {name}", nameof(tensors));
            TensorInfo info = tensor.Describe();
            int rank = SafetensorsEntry.Rank((ScalarType)info.ScalarType);
            if (rank < 0) throw new ArgumentException($"tensor {name} is of type {(ScalarType)info.ScalarType}, which safetensors does not have", nameof(tensors));
            described.Add((name, tensor, info, rank));
        }
        described.Sort(static (left, right) => left.Rank != right.Rank ? right.Rank.CompareTo(left.Rank) : string.CompareOrdinal(left.Name, right.Name));

        var placed = new List<(SafetensorsEntry, Tensor)>(described.Count);
        long start = 0;
        foreach ((string name, Tensor tensor, TensorInfo info, _) in described)
        {
            long byteCount = info.Elements * info.ElementBytes;
            placed.Add((new SafetensorsEntry(name, (ScalarType)info.ScalarType, tensor.shape, start, byteCount), tensor));
            start += byteCount;
        }
        return placed;
    }

    private static byte[] Header(List<(SafetensorsEntry Entry, Tensor Tensor)> placed, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) writer.WriteString(key, value);
                writer.WriteEndObject();
            }
            foreach ((SafetensorsEntry entry, _) in placed) WriteEntry(writer, entry);
            writer.WriteEndObject();
        }
        int padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        if (buffer.WrittenCount > SafetensorsHeader.ByteLimit) throw new ArgumentException("names and metadata are longer than the format allows");
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter writer, SafetensorsEntry entry)
    {
        writer.WriteStartObject(entry.Name);
        writer.WriteString("dtype", entry.TypeName);
        writer.WriteStartArray("shape");
        foreach (long size in entry.Shape) writer.WriteNumberValue(size);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(entry.Start);
        writer.WriteNumberValue(entry.Start + entry.ByteCount);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
