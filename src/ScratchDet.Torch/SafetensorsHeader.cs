using System.Text.Json;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>The JSON header of a safetensors file: read strictly, with every number checked against the length of the data.</summary>
internal static class SafetensorsHeader
{
    internal const string MetadataName = "__metadata__";

    /// <summary>The header limit of the format's reference implementation.</summary>
    internal const long ByteLimit = 100_000_000;

    private const string Again = ArchiveBytes.Again;
    private const int DimensionLimit = ArchiveBytes.DimensionLimit;

    /// <exception cref="TensorArchiveException">Not JSON of the right form, or sizes and places that do not fit the data.</exception>
    internal static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json, long dataBytes, string path)
    {
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Dictionary<string, string>? metadata = null;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
            Expect(ref reader, JsonTokenType.StartObject, path, "the header is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (name.Length == 0 || name.Any(char.IsControl)) throw Bad(path, Place(name), "a name that is empty or not printable");
                if (!names.Add(name)) throw Bad(path, Place(name), "the name occurs twice");
                if (name == MetadataName) metadata = ReadMetadata(ref reader, path);
                else entries.Add(ReadEntry(ref reader, name, path));
            }
            while (reader.Read())
            {
                // Only reached when something stands behind the object: the reader throws at it.
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string of the header is not UTF-8.
            throw new TensorArchiveException(path, "header", "it is not valid JSON", Again, error);
        }
        CheckPlaces(entries, dataBytes, path);
        return (entries, metadata ?? []);
    }

    private static Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader, string path)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        Expect(ref reader, JsonTokenType.StartObject, path, $"{MetadataName} is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, path, $"{MetadataName} holds a value that is not a string");
            if (!metadata.TryAdd(key, reader.GetString()!)) throw Bad(path, "header", $"{MetadataName} holds the key '{PyTorchFiles.PickleReader.Shown(key)}' twice");
        }
        return metadata;
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, string path)
    {
        string place = Place(name);
        string? typeName = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Bad(path, place, "its description is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            bool first = key switch
            {
                "dtype" => typeName is null,
                "shape" => shape is null,
                "data_offsets" => offsets is null,
                _ => throw Bad(path, place, $"its description holds '{PyTorchFiles.PickleReader.Shown(key)}', which the format does not have"),
            };
            if (!first) throw Bad(path, place, $"its description holds '{key}' twice");
            if (key == "shape") shape = ReadNumbers(ref reader, path, place, "shape");
            else if (key == "data_offsets") offsets = ReadNumbers(ref reader, path, place, "data_offsets");
            else if (reader.Read() && reader.TokenType == JsonTokenType.String) typeName = reader.GetString();
            else throw Bad(path, place, "its dtype is not a string");
        }
        if (typeName is null || shape is null || offsets is null) throw Bad(path, place, "dtype, shape or data_offsets is missing");
        if (!SafetensorsEntry.TryFind(typeName, out ScalarType type, out int elementBytes))
        {
            throw new TensorArchiveException(path, place, $"dtype '{PyTorchFiles.PickleReader.Shown(typeName)}' is not known here",
                $"convert it to one of {SafetensorsEntry.TypeNames}");
        }
        if (shape.Count > DimensionLimit) throw Bad(path, place, $"{shape.Count} dimensions are more than {DimensionLimit}");
        if (offsets.Count != 2 || offsets[1] < offsets[0]) throw Bad(path, place, "data_offsets is not a start and an end");
        long byteCount = SafetensorsEntry.CountBytes(shape, elementBytes) ?? throw Bad(path, place, $"a shape of [{string.Join(", ", shape)}] is absurd");
        if (offsets[1] - offsets[0] != byteCount)
            throw Bad(path, place, $"{offsets[1] - offsets[0]} bytes of data for {byteCount} bytes of {typeName} [{string.Join(", ", shape)}]");
        return new SafetensorsEntry(name, type, shape, offsets[0], byteCount);
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string path, string place, string key)
    {
        var numbers = new List<long>();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) throw Bad(path, place, $"its {key} is not a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Bad(path, place, $"its {key} holds something else than whole numbers from 0 to 2^63 - 1");
            numbers.Add(number);
        }
        return numbers;
    }

    /// <summary>The tensors must fill the data from its first byte to its last, without gap or overlap.</summary>
    private static void CheckPlaces(List<SafetensorsEntry> entries, long dataBytes, string path)
    {
        entries.Sort(static (left, right) => (left.Start, left.ByteCount).CompareTo((right.Start, right.ByteCount)));
        long end = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Start != end)
            {
                string what = entry.Start < end ? "its data overlap those of the tensor before" : $"{entry.Start - end} bytes before its data belong to no tensor";
                throw Bad(path, Place(entry.Name), what);
            }
            if (entry.ByteCount > dataBytes - entry.Start) throw Bad(path, Place(entry.Name), "the file ends before its data do");
            end = entry.Start + entry.ByteCount;
        }
        if (end != dataBytes) throw Bad(path, null, $"{dataBytes - end} bytes behind the last tensor belong to none");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string path, string otherwise)
    {
        if (!reader.Read() || reader.TokenType != type) throw Bad(path, "header", otherwise);
    }

    private static string Place(string name) => $"tensor {PyTorchFiles.PickleReader.Shown(name)}";

    private static TensorArchiveException Bad(string path, string? place, string what) => new(path, place, what, Again);
}
