using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Outputs as the content of messages.</summary>
internal static class MimeBundleJson
{
    /// <summary>The fields <c>data</c> and <c>metadata</c>.</summary>
    public static void Write(Utf8JsonWriter writer, MimeBundle content)
    {
        writer.WriteStartObject("data");
        foreach ((string mimeType, JsonNode form) in content.Forms)
        {
            writer.WritePropertyName(mimeType);
            form.WriteTo(writer);
        }
        writer.WriteEndObject();
        WriteEmpty(writer, "metadata");
    }

    /// <summary>About how long it will be, so that long outputs are not copied from buffer to buffer.</summary>
    public static int EstimateBytes(MimeBundle content)
    {
        long bytes = 256;
        foreach ((_, JsonNode form) in content.Forms)
            bytes += form is JsonValue value && value.TryGetValue(out string? text) ? text.Length + (text.Length / 16) : 1024;
        return (int)Math.Min(bytes, 256L << 20);
    }

    /// <summary>The fields of an error. Clients show the traceback alone, so it begins with the message.</summary>
    public static void Write(this CellError error, Utf8JsonWriter writer)
    {
        writer.WriteString("ename", error.Name);
        writer.WriteString("evalue", error.Message);
        writer.WriteStartArray("traceback");
        writer.WriteStringValue(error.Name == CellError.Compilation ? error.Message : $"{error.Name}: {error.Message}");
        foreach (string frame in error.Traceback) writer.WriteStringValue(frame);
        writer.WriteEndArray();
    }

    public static void WriteEmpty(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject(name);
        writer.WriteEndObject();
    }
}
