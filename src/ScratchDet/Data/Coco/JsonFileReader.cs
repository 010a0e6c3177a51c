using System.Text.Json;
using System.Text.Unicode;

namespace ScratchDet.Data.Coco;

/// <summary>
/// Reads a JSON file of any size forward, through one buffer: the caller says which value it expects next. A
/// <see cref="Utf8JsonReader"/> does the reading; this refills its buffer, counts bytes for messages, and lets through the
/// bare words NaN, Infinity and -Infinity, which Python writes and which the caller can so name. What breaks the grammar
/// ends in a <see cref="BadInputException"/> with the byte.
/// </summary>
internal sealed partial class JsonFileReader : IDisposable
{
    private const string Rewrite = "write the file again, as JSON";
    private static readonly (string Text, JsonKind Kind)[] PythonWords =
        [("NaN", JsonKind.NotANumber), ("Infinity", JsonKind.Infinity), ("-Infinity", JsonKind.MinusInfinity)];

    private readonly Stream stream;
    private readonly CancellationToken cancellation;
    private byte[] buffer;
    private byte[] unescaped = [];
    private int position; // all before it is read
    private int end;
    private long bufferStart; // the file's byte at buffer[0]
    private JsonReaderState state;

    // The token read last; a value that the caller has only peeked at is still to be taken.
    private JsonTokenType token;
    private JsonKind kind;
    private int tokenStart;
    private int valueStart; // a text's letters begin behind its quote
    private int valueLength;
    private bool isEscaped;
    private bool isPeeked;

    // The NaN or infinity met last, and the file's byte where it stood.
    private JsonKind word;
    private long wordAt = -1;

    /// <exception cref="BadInputException">The file is absent, a folder, unreadable or empty.</exception>
    public JsonFileReader(string file, CancellationToken cancellation = default, int bufferBytes = 1 << 17)
        : this(Open(file), file, cancellation, bufferBytes)
    {
    }

    /// <param name="stream">The file's bytes; closed with the reader.</param>
    public JsonFileReader(Stream stream, string file, CancellationToken cancellation = default, int bufferBytes = 1 << 17)
    {
        (File, this.stream, this.cancellation, buffer) = (file, stream, cancellation, new byte[bufferBytes]);
        try
        {
            SkipByteOrderMark();
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public string File { get; }

    /// <summary>Where the value begins that was peeked at last; else, bytes of the file that are read already.</summary>
    public long Position => bufferStart + (isPeeked ? tokenStart : position);

    /// <summary>Bytes of the whole file; 0 for a pipe.</summary>
    public long Length => stream.CanSeek ? stream.Length : 0;

    public void Dispose() => stream.Dispose();

    /// <summary>What the next value is, without taking it.</summary>
    public JsonKind Peek()
    {
        if (!isPeeked) ReadToken();
        isPeeked = true;
        return kind;
    }

    /// <summary>Takes the opening brace of an object that <see cref="Peek"/> saw.</summary>
    public void BeginObject() => isPeeked = false;

    /// <summary>Takes the opening bracket of an array that <see cref="Peek"/> saw.</summary>
    public void BeginArray() => isPeeked = false;

    /// <summary>Goes to the next value of an array; false at its end, which is taken too.</summary>
    public bool NextItem()
    {
        ReadToken();
        isPeeked = token != JsonTokenType.EndArray;
        return isPeeked;
    }

    /// <summary>Reads the next key of an object; false at the object's end, which is taken too.</summary>
    /// <param name="key">UTF-8; valid until the next call.</param>
    public bool NextKey(out ReadOnlySpan<byte> key)
    {
        ReadToken();
        isPeeked = false;
        key = token == JsonTokenType.EndObject ? default : Unescaped();
        return token != JsonTokenType.EndObject;
    }

    /// <summary>Takes a text that <see cref="Peek"/> saw.</summary>
    /// <returns>UTF-8, escapes resolved; valid until the next call.</returns>
    public ReadOnlySpan<byte> Text()
    {
        isPeeked = false;
        return Unescaped();
    }

    /// <summary>Takes the next value, whatever it is, and forgets it.</summary>
    public void Skip()
    {
        Peek();
        isPeeked = false;
        int open = token is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0;
        while (open > 0)
        {
            if (TrySkip(ref open)) continue;
            if (!Fill()) throw CutOff();
        }
    }

    /// <summary>Makes sure that nothing follows the value read last.</summary>
    public void End()
    {
        while (!TryRead())
        {
            if (!Fill()) return;
        }
    }

    private static FileStream Open(string file)
    {
        if (Directory.Exists(file)) throw new BadInputException(file, null, "this is a folder", "give a JSON file");
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            bool isAbsent = fault is FileNotFoundException or DirectoryNotFoundException;
            throw new BadInputException(file, null, isAbsent ? "no such file" : $"cannot be read ({fault.Message})", "check the path and its permissions", fault);
        }
    }

    private void ReadToken()
    {
        while (!TryRead())
        {
            if (!Fill()) throw CutOff();
        }
    }

    /// <summary>Reads one token of the bytes at hand; false when it does not end in them.</summary>
    private bool TryRead()
    {
        while (true)
        {
            Utf8JsonReader reader = ReaderHere();
            try
            {
                if (!reader.Read()) return false;
            }
            catch (JsonException fault)
            {
                GoPast(fault, (int)reader.BytesConsumed);
                continue;
            }
            token = reader.TokenType;
            isEscaped = reader.ValueIsEscaped;
            tokenStart = position + (int)reader.TokenStartIndex;
            valueStart = token is JsonTokenType.String or JsonTokenType.PropertyName ? tokenStart + 1 : tokenStart;
            valueLength = reader.ValueSpan.Length;
            Keep(reader);
            kind = bufferStart + tokenStart == wordAt ? word : KindOf(token);
            return true;
        }
    }

    /// <summary>
    /// Passes over tokens, as many as the bytes at hand have, until no container is open: most bytes of a file are read
    /// here or in <see cref="TryNumbers"/>, where one reader serves for many tokens.
    /// </summary>
    /// <param name="open">How many objects and lists are still to be closed.</param>
    /// <returns>False when more bytes are needed.</returns>
    private bool TrySkip(ref int open)
    {
        while (true)
        {
            Utf8JsonReader reader = ReaderHere();
            int left = open;
            try
            {
                while (left > 0 && reader.Read())
                {
                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) left++;
                    else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) left--;
                }
            }
            catch (JsonException fault)
            {
                GoPast(fault, (int)reader.BytesConsumed);
                continue;
            }
            Keep(reader);
            open = left;
            return left == 0;
        }
    }

    private Utf8JsonReader ReaderHere() => new(buffer.AsSpan(position, end - position), isFinalBlock: false, state);

    /// <summary>All that the reader has read is read.</summary>
    private void Keep(in Utf8JsonReader reader)
    {
        state = reader.CurrentState;
        position += (int)reader.BytesConsumed;
    }

    /// <summary>Makes a word of Python readable; throws for what else cannot be read.</summary>
    /// <param name="consumed">The bytes from <see cref="position"/> on that the reader had read: it stands where the value begins that it cannot.</param>
    private void GoPast(JsonException fault, int consumed)
    {
        if (!ReplacePythonWord(consumed)) throw Broken(bufferStart + position + consumed, $"not JSON: {WithoutPlace(fault.Message)}", fault);
    }

    /// <summary>
    /// Where NaN, Infinity or -Infinity stands, puts a 0 and blanks in its place and keeps which it was: the grammar goes on
    /// behind it, so that the caller can say in which entry it stood.
    /// </summary>
    private bool ReplacePythonWord(int offset)
    {
        foreach ((string text, JsonKind kindOfWord) in PythonWords)
        {
            while (end - position - offset < text.Length && IsPrefix(text, offset))
            {
                if (!Fill()) throw CutOff();
            }
            if (end - position - offset < text.Length || !IsPrefix(text, offset)) continue;
            Span<byte> place = buffer.AsSpan(position + offset, text.Length);
            place.Fill((byte)' ');
            place[0] = (byte)'0';
            (word, wordAt) = (kindOfWord, bufferStart + position + offset);
            return true;
        }
        return false;
    }

    /// <summary>Whether the bytes at hand from an offset behind <see cref="position"/> agree with a word as far as both go.</summary>
    private bool IsPrefix(string text, int offset)
    {
        ReadOnlySpan<byte> rest = buffer.AsSpan(position + offset, Math.Min(text.Length, end - position - offset));
        for (int i = 0; i < rest.Length; i++)
        {
            if (rest[i] != text[i]) return false;
        }
        return true;
    }

    /// <summary>The letters of a text or a key.</summary>
    private ReadOnlySpan<byte> Unescaped()
    {
        ReadOnlySpan<byte> raw = buffer.AsSpan(valueStart, valueLength);
        if (!Utf8.IsValid(raw)) throw Broken(bufferStart + tokenStart, "the text that begins here is not UTF-8");
        if (!isEscaped) return raw;
        // Only a reader unescapes: one of the text alone. Without escapes it is never longer.
        var reader = new Utf8JsonReader(buffer.AsSpan(tokenStart, valueLength + 2));
        reader.Read();
        if (unescaped.Length < valueLength) unescaped = new byte[valueLength];
        try
        {
            return unescaped.AsSpan(0, reader.CopyString(unescaped));
        }
        catch (InvalidOperationException fault)
        {
            throw Broken(bufferStart + tokenStart, "the text that begins here has half a surrogate pair (\\uD800 to \\uDFFF)", fault);
        }
    }

    private static JsonKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => JsonKind.Object,
        JsonTokenType.StartArray => JsonKind.Array,
        JsonTokenType.String => JsonKind.Text,
        JsonTokenType.Number => JsonKind.Number,
        JsonTokenType.True => JsonKind.True,
        JsonTokenType.False => JsonKind.False,
        _ => JsonKind.Null, // and the ends and keys, which are never peeked
    };

    /// <summary>Gets more bytes behind those from <see cref="position"/> on, which move to the front; false at the file's end.</summary>
    private bool Fill()
    {
        cancellation.ThrowIfCancellationRequested();
        int rest = end - position;
        if (rest == buffer.Length)
        {
            if (buffer.Length > Array.MaxLength / 2) throw Broken(bufferStart + position, "one value has more than a thousand million bytes");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        else
        {
            Buffer.BlockCopy(buffer, position, buffer, 0, rest);
        }
        bufferStart += position;
        (position, end) = (0, rest);
        int count;
        try
        {
            count = stream.Read(buffer, end, buffer.Length - end);
        }
        catch (IOException fault)
        {
            throw new BadInputException(File, $"byte {bufferStart + end}", $"cannot be read ({fault.Message})", "check the disk", fault);
        }
        end += count;
        return count > 0;
    }

    private void SkipByteOrderMark()
    {
        while (end < 3 && Fill()) { }
        if (end == 0) throw new BadInputException(File, null, "the file is empty", "give a JSON file");
        if (buffer.AsSpan(0, end).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) position = 3;
    }

    private BadInputException CutOff() =>
        new(File, $"byte {bufferStart + end}", "the JSON is cut off: the file ends here, in the middle", "copy or write the file again, whole");

    private BadInputException Broken(long byteIndex, string what, Exception? inner = null) => new(File, $"byte {byteIndex}", what, Rewrite, inner);

    /// <summary>The reader's message without its line and column, which count from its last buffer on, and without advice for programmers.</summary>
    private static string WithoutPlace(string message)
    {
        int place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? message : message[..place]).Replace(" Change the reader options.", "", StringComparison.Ordinal).TrimEnd('.');
    }
}
