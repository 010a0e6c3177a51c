using System.Numerics;

namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>Where the numbers of a storage lie.</summary>
/// <param name="Checksum">CRC-32 of all its bytes; null where the format has none.</param>
internal sealed record StoragePlace(long Start, long ByteCount, uint? Checksum);

/// <summary>The object of a file, and where the storages lie that it refers to.</summary>
internal sealed record PickledFile(object? Root, IReadOnlyDictionary<string, StoragePlace> Places);

/// <summary>The zip form of torch.save, since PyTorch 1.6: ROOT/data.pkl describes, ROOT/data/KEY holds numbers.</summary>
internal static class PyTorchZip
{
    private const string PickleName = "data.pkl";

    public static PickledFile Read(ArchiveBytes file)
    {
        Dictionary<string, ZipRecord> records = ZipDirectory.Read(file).ToDictionary(record => record.Name, StringComparer.Ordinal);
        ZipRecord pickle = FindPickle(file, records.Values);
        string root = pickle.Name[..^PickleName.Length];
        if (records.ContainsKey($"{root}constants.pkl") || records.Keys.Any(name => name.StartsWith($"{root}code/", StringComparison.Ordinal)))
            throw file.Bad(null, "a TorchScript archive, which holds a program", "save its numbers in Python: torch.save(torch.jit.load(FILE).state_dict(), OTHER)");
        if (records.Values.FirstOrDefault(record => record.Method != 0) is { } compressed)
        {
            throw file.Bad($"record {PickleReader.Shown(compressed.Name)}", $"it is compressed (method {compressed.Method}), which torch.save never does",
                "unpack the archive and pack it again without compression, or save it again in Python");
        }
        if (records.TryGetValue($"{root}byteorder", out ZipRecord? order))
        {
            Span<byte> little = stackalloc byte[6];
            if (order.ByteCount != little.Length) throw BigEndian(file);
            file.ReadExactly(little, order.Start, "byteorder");
            if (!little.SequenceEqual("little"u8)) throw BigEndian(file);
        }
        if (pickle.ByteCount > PickleInput.ByteLimit) throw file.Bad(PickleName, $"{pickle.ByteCount} bytes are more than {PickleInput.ByteLimit}");
        Check(file, pickle.Start, pickle.ByteCount, pickle.Checksum, PickleName);

        var objects = new PyTorchObjects();
        var input = new PickleInput(file, pickle.Start, pickle.Start + pickle.ByteCount, PickleName);
        object? value = new PickleReader(input, objects).Read();
        if (input.Remaining > 0) throw input.Bad(input.Offset, $"{input.Remaining} bytes behind the end of the pickle");
        var places = new Dictionary<string, StoragePlace>(StringComparer.Ordinal);
        foreach (TensorStorage storage in objects.Storages.Values)
        {
            string place = $"storage {PickleReader.Shown(storage.Key)}";
            if (!records.TryGetValue($"{root}data/{storage.Key}", out ZipRecord? record)) throw file.Bad(place, "the archive does not hold its numbers");
            if (record.ByteCount != storage.ByteCount) throw file.Bad(place, $"{record.ByteCount} bytes for {storage.Elements} numbers, which take {storage.ByteCount}");
            places.Add(storage.Key, new StoragePlace(record.Start, record.ByteCount, record.Checksum));
        }
        return new PickledFile(value, places);
    }

    /// <exception cref="TensorArchiveException">The bytes have another checksum.</exception>
    public static void Check(ArchiveBytes file, long start, long byteCount, uint checksum, string place)
    {
        byte[] buffer = new byte[(int)Math.Min(byteCount, 1 << 20)];
        uint sum = 0;
        for (long read = 0; read < byteCount;)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, byteCount - read));
            file.ReadExactly(chunk, start + read, place);
            sum = Crc32.Continue(sum, chunk);
            read += chunk.Length;
        }
        if (sum != checksum) throw file.Bad(place, "its bytes do not have the checksum of the directory: the file is damaged", "download or copy the file again");
    }

    private static ZipRecord FindPickle(ArchiveBytes file, IEnumerable<ZipRecord> records)
    {
        ZipRecord[] found = [.. records.Where(record => record.Name.EndsWith($"/{PickleName}", StringComparison.Ordinal) && record.Name.IndexOf('/') == record.Name.Length - PickleName.Length - 1)];
        return found.Length switch
        {
            1 => found[0],
            0 => throw file.Bad(null, "a zip archive without data.pkl: not a file that torch.save wrote", "give a safetensors file or one that torch.save wrote"),
            _ => throw file.Bad(null, $"a zip archive with {found.Length} times data.pkl"),
        };
    }

    private static TensorArchiveException BigEndian(ArchiveBytes file) =>
        file.Bad("byteorder", "its numbers are big-endian", "save it again on a little-endian machine");
}

/// <summary>
/// The form of torch.save before PyTorch 1.6: pickles of a magic number, the protocol, the machine, the object and the
/// keys of the storages, then each storage as its number of elements (8 bytes) and their bytes.
/// </summary>
internal static class PyTorchLegacy
{
    private const long Protocol = 1001;
    private const int CountBytes = 8;
    private const string NotOfTorch = "a pickle, but not one that torch.save wrote";

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    public static PickledFile Read(ArchiveBytes file)
    {
        var input = new PickleInput(file, 0, Math.Min(file.Length, PickleInput.ByteLimit), null);
        var objects = new PyTorchObjects();
        if (Next() is not BigInteger magic || magic != Magic) throw file.Bad(null, NotOfTorch, "give a safetensors file or one that torch.save wrote");
        if (Next() is not Protocol) throw file.Bad(null, "a protocol of torch.save that is not 1001");
        if (Next() is not PickleDictionary machine) throw file.Bad(null, NotOfTorch);
        if (!machine.Items.Any(pair => pair is ("little_endian", true))) throw file.Bad(null, "its numbers are big-endian", "save it again on a little-endian machine");
        object? root = Next();
        if (Next() is not PickleList keys) throw input.Bad(input.Offset, "the list of storages is missing");

        var places = new Dictionary<string, StoragePlace>(StringComparer.Ordinal);
        Span<byte> count = stackalloc byte[CountBytes];
        long position = input.Position;
        foreach (object? key in keys.Items)
        {
            if (key is not string name || !objects.Storages.TryGetValue(name, out TensorStorage? storage)) throw input.Bad(input.Offset, "a storage that no tensor refers to");
            string place = $"storage {PickleReader.Shown(name)}";
            if (CountBytes > file.Length - position) throw file.Bad(place, "the file ends before its numbers do");
            file.ReadExactly(count, position, place);
            long elements = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(count);
            if (elements != storage.Elements) throw file.Bad(place, $"{elements} numbers follow, {storage.Elements} are described");
            position += CountBytes;
            if (storage.ByteCount > file.Length - position) throw file.Bad(place, "the file ends before its numbers do");
            if (!places.TryAdd(name, new StoragePlace(position, storage.ByteCount, null))) throw file.Bad(place, "the file holds it twice");
            position += storage.ByteCount;
        }
        if (position != file.Length) throw file.Bad(null, $"{file.Length - position} bytes behind the last storage belong to none");
        foreach (string name in objects.Storages.Keys)
        {
            if (!places.ContainsKey(name)) throw file.Bad($"storage {PickleReader.Shown(name)}", "the file does not hold its numbers");
        }
        return new PickledFile(root, places);

        object? Next() => new PickleReader(input, objects).Read();
    }
}
