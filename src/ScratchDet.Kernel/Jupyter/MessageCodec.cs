using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>
/// Messages as frames, signed and verified: identities, delimiter, signature, header, parent header, metadata, content,
/// buffers (Jupyter's messaging protocol 5.3, "The wire protocol"). May be used from any thread.
/// </summary>
internal sealed class MessageCodec
{
    public const string ProtocolVersion = "5.3";
    private const int SignedFrames = 4;
    private const int SignatureBytes = 32;
    private const int RememberedSignatures = 1 << 16;
    private const int MostIdText = 256;

    private static readonly byte[] EmptyObject = "{}"u8.ToArray();
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly byte[] key;
    private readonly TimeProvider clock;
    private readonly ConcurrentBag<IncrementalHash> hashes = [];
    private readonly HashSet<UInt128> seen = [];
    private readonly Queue<UInt128> seenInOrder = [];
    private long lastId;

    /// <param name="key">Empty: nothing is signed and nothing verified.</param>
    /// <param name="session">Names this life of the kernel in every header.</param>
    public MessageCodec(string key, string session, TimeProvider clock) =>
        (this.key, Session, this.clock) = (Encoding.UTF8.GetBytes(key), session, clock);

    public string Session { get; }

    /// <exception cref="MessageRefusedException">It is malformed, its signature is not ours, or it came before.</exception>
    public JupyterMessage Decode(RoutedMessage routed)
    {
        ReadOnlyMemory<byte>[] frames = routed.Frames;
        int delimiter = Array.FindIndex(frames, frame => frame.Span.SequenceEqual(Delimiter));
        if (delimiter < 0 || frames.Length < delimiter + 2 + SignedFrames)
            throw new MessageRefusedException("a message without delimiter, signature and four parts is dropped");
        ReadOnlySpan<ReadOnlyMemory<byte>> signed = frames.AsSpan(delimiter + 2, SignedFrames);
        if (key.Length > 0) Verify(frames[delimiter + 1].Span, signed);
        try
        {
            JsonElement header = Parse(signed[0]);
            Parse(signed[1]);
            return new JupyterMessage(routed, frames[..delimiter], signed[0], Name(header, "msg_type"), Name(header, "msg_id"), Parse(signed[2]), Parse(signed[3]));
        }
        catch (JsonException wrong)
        {
            throw new MessageRefusedException($"a message that is not JSON is dropped ({wrong.Message})");
        }
    }

    /// <param name="before">The frames before the delimiter: identities, or a topic.</param>
    /// <param name="parentHeader">The header of the request that this answers, as it came; empty for none.</param>
    /// <param name="content">Writes the fields of the content object.</param>
    /// <param name="contentBytes">About how long the content will be.</param>
    public ReadOnlyMemory<byte>[] Encode(ReadOnlySpan<ReadOnlyMemory<byte>> before, string type, ReadOnlyMemory<byte> parentHeader, Action<Utf8JsonWriter> content, int contentBytes = 256)
    {
        var frames = new ReadOnlyMemory<byte>[before.Length + 2 + SignedFrames];
        before.CopyTo(frames);
        int next = before.Length;
        frames[next] = Delimiter;
        frames[next + 2] = Json(256, writer =>
        {
            writer.WriteString("msg_id", $"{Session}_{Interlocked.Increment(ref lastId).ToString(CultureInfo.InvariantCulture)}");
            writer.WriteString("msg_type", type);
            writer.WriteString("username", "kernel");
            writer.WriteString("session", Session);
            writer.WriteString("date", clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("version", ProtocolVersion);
        });
        frames[next + 3] = parentHeader.Length == 0 ? EmptyObject : parentHeader;
        frames[next + 4] = EmptyObject;
        frames[next + 5] = Json(contentBytes, content);
        frames[next + 1] = key.Length == 0 ? ReadOnlyMemory<byte>.Empty : SignatureText(frames.AsSpan(next + 2, SignedFrames));
        return frames;
    }

    private static ReadOnlyMemory<byte> Json(int bytes, Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(bytes);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        // Not disposed: the element lives as long as its message does.
        JsonElement root = JsonDocument.Parse(json).RootElement;
        return root.ValueKind == JsonValueKind.Object ? root : throw new MessageRefusedException("a message with a part that is not a JSON object is dropped");
    }

    private static string Name(JsonElement header, string field) =>
        header.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= MostIdText } text
            ? text
            : throw new MessageRefusedException($"a message without {field} in its header is dropped");

    private void Verify(ReadOnlySpan<byte> text, ReadOnlySpan<ReadOnlyMemory<byte>> signed)
    {
        Span<byte> given = stackalloc byte[SignatureBytes];
        Span<byte> right = stackalloc byte[SignatureBytes];
        Sign(signed, right);
        bool isHex = Convert.FromHexString(text, given, out _, out int written) == OperationStatus.Done && written == SignatureBytes;
        if (!isHex || !CryptographicOperations.FixedTimeEquals(given, right))
            throw new MessageRefusedException("a message with a wrong signature is dropped");
        // Half of the signature names the message well enough.
        UInt128 name = BitConverter.ToUInt128(right);
        lock (seen)
        {
            if (!seen.Add(name)) throw new MessageRefusedException("a message that came before is dropped");
            seenInOrder.Enqueue(name);
            if (seenInOrder.Count > RememberedSignatures) seen.Remove(seenInOrder.Dequeue());
        }
    }

    private byte[] SignatureText(ReadOnlySpan<ReadOnlyMemory<byte>> signed)
    {
        Span<byte> signature = stackalloc byte[SignatureBytes];
        Sign(signed, signature);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(signature));
    }

    private void Sign(ReadOnlySpan<ReadOnlyMemory<byte>> parts, Span<byte> signature)
    {
        if (!hashes.TryTake(out IncrementalHash? hash)) hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (ReadOnlyMemory<byte> part in parts) hash.AppendData(part.Span);
        hash.GetHashAndReset(signature);
        hashes.Add(hash);
    }
}
