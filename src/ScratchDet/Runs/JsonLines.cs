using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ScratchDet.Runs;

/// <summary>
/// Files of one JSON record a line. A line counts once its line feed is there: what follows the last line feed was torn
/// by a crash and is ignored.
/// </summary>
internal static class JsonLines
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>The whole records; empty for a file that is missing. Safe while another process appends.</summary>
    /// <exception cref="BadInputException">A whole line is not such a record.</exception>
    public static List<TRecord> Read<TRecord>(string file, JsonTypeInfo<TRecord> type)
        where TRecord : class
    {
        var records = new List<TRecord>();
        byte[] bytes = ReadAll(file);
        int start = 0;
        for (int line = 1; NextLine(bytes, start) is var end && end >= 0; line++, start = end + 1)
            records.Add(Parse(bytes.AsSpan(start, end - start), file, line, type));
        return records;
    }

    /// <summary>
    /// Cuts off the torn end and everything from the first record after <paramref name="lastStep"/> on; gives what stays.
    /// The file is replaced as a whole, or left alone when nothing is to be cut.
    /// </summary>
    public static List<TRecord> CutAfter<TRecord>(string file, long lastStep, JsonTypeInfo<TRecord> type)
        where TRecord : class, IStepped
    {
        byte[] bytes = ReadAll(file);
        var records = new List<TRecord>();
        int kept = 0;
        for (int line = 1; NextLine(bytes, kept) is var end && end >= 0; line++, kept = end + 1)
        {
            TRecord record = Parse(bytes.AsSpan(kept, end - kept), file, line, type);
            if (record.Step > lastStep) break;
            records.Add(record);
        }
        if (kept < bytes.Length)
            AtomicFile.Write(file, bytes.AsMemory(0, kept));
        return records;
    }

    private static int NextLine(byte[] bytes, int start)
    {
        int length = bytes.AsSpan(start).IndexOf(LineFeed);
        return length < 0 ? -1 : start + length;
    }

    private static TRecord Parse<TRecord>(ReadOnlySpan<byte> line, string file, int number, JsonTypeInfo<TRecord> type)
        where TRecord : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw new JsonException("null");
        }
        catch (JsonException wrong)
        {
            throw new BadInputException(file, $"line {number}", $"not a {typeof(TRecord).Name}", "remove the line, or delete the run's folder and train it again", wrong);
        }
    }

    private static byte[] ReadAll(string file)
    {
        if (!File.Exists(file)) return [];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }
}

/// <summary>Appends records to a file of JSON lines; buffered, and passed on to the system about once a second.</summary>
internal sealed class JsonLinesWriter<TRecord> : IDisposable
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(1);
    private static readonly byte[] LineFeed = [(byte)'\n'];
    private readonly FileStream stream;
    private readonly Utf8JsonWriter json;
    private readonly JsonTypeInfo<TRecord> type;
    private readonly TimeProvider clock;
    private long lastFlush;

    public JsonLinesWriter(string file, JsonTypeInfo<TRecord> type, TimeProvider clock)
    {
        // Readers may look while the run goes on; other writers are kept out by the run's lock.
        stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16);
        json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = type.Options.Encoder });
        this.type = type;
        this.clock = clock;
        lastFlush = clock.GetTimestamp();
    }

    public void Append(TRecord record)
    {
        json.Reset(stream);
        JsonSerializer.Serialize(json, record, type);
        json.Flush();
        stream.Write(LineFeed);
        if (clock.GetElapsedTime(lastFlush) >= FlushEvery)
            Flush(toDisk: false);
    }

    public void Flush(bool toDisk)
    {
        stream.Flush(toDisk);
        lastFlush = clock.GetTimestamp();
    }

    public void Dispose()
    {
        // Where the disk is full, letting go of what is buffered fails; the file must be closed all the same.
        using (stream) json.Dispose();
    }
}
