using System.Text.Encodings.Web;
using System.Text.Json;

namespace ScratchDet.Data.Coco;

/// <summary>What annotations and results write alike.</summary>
internal static class CocoJson
{
    /// <summary>Compressed counts use characters that are escaped for web pages by default.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int FlushedBytes = 1 << 16;

    /// <summary>A writer keeps all it was given until it is flushed.</summary>
    public static void FlushNowAndThen(Utf8JsonWriter json)
    {
        if (json.BytesPending > FlushedBytes) json.Flush();
    }

    public static void WriteBox(Utf8JsonWriter json, in CocoBox box) => WriteNumbers(json, "bbox"u8, [box.X, box.Y, box.Width, box.Height]);

    public static void WriteNumbers(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (double number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    /// <param name="asList">Writes runs as a list of numbers, not as compressed text.</param>
    public static void WriteMask(Utf8JsonWriter json, CocoMasks masks, int item, bool asList)
    {
        if (masks.TryPolygons(item, out ReadOnlySpan<double> coordinates, out ReadOnlySpan<int> lengths))
        {
            json.WriteStartArray("segmentation"u8);
            foreach (int length in lengths)
            {
                json.WriteStartArray();
                foreach (double number in coordinates[..length]) json.WriteNumberValue(number);
                json.WriteEndArray();
                coordinates = coordinates[length..];
            }
            json.WriteEndArray();
            return;
        }
        if (asList)
        {
            WriteRuns(json, masks.Of(item));
            return;
        }
        (int height, int width) = masks.SizeOf(item);
        json.WriteStartObject("segmentation"u8);
        WriteNumbers(json, "size"u8, [height, width]);
        json.WriteString("counts"u8, masks.CompressedCounts(item));
        json.WriteEndObject();
    }

    /// <summary>A mask as a list of runs.</summary>
    public static void WriteRuns(Utf8JsonWriter json, RunLengthMask mask)
    {
        json.WriteStartObject("segmentation"u8);
        WriteNumbers(json, "size"u8, [mask.Height, mask.Width]);
        json.WriteStartArray("counts"u8);
        foreach (uint run in mask.Runs) json.WriteNumberValue(run);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
