namespace ScratchDet.Data.Coco;

/// <summary>
/// Reads a JSON file of any size forward, through one buffer: the caller says which value it expects next. Strict
/// (RFC 8259), but for a byte order mark in front and for the bare words NaN, Infinity and -Infinity, which Python
/// writes and which the caller can so name. What breaks the grammar ends in a <see cref="BadInputException"/> with the byte.
/// </summary>
internal sealed partial class JsonFileReader : IDisposable
{
    /// <summary>Values nested deeper are refused; COCO files have five levels.</summary>
    private const int DeepestLevel = 200;

    private const string Rewrite = "write the file again, as JSON";
    private readonly FileStream stream;
    private readonly CancellationToken cancellation;
    private byte[] buffer;
    private int position;
    private int end;
    private long bufferStart; // the file's byte at buffer[0]
    private bool atContainerStart;

    /// <exception cref="BadInputException">The file is absent, a folder, unreadable or empty.</exception>
    public JsonFileReader(string file, CancellationToken cancellation = default, int bufferBytes = 1 << 17)
    {
        File = file;
        this.cancellation = cancellation;
        buffer = new byte[bufferBytes];
        if (Directory.Exists(file)) throw new BadInputException(file, null, "this is a folder", "give a JSON file");
        try
        {
            stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            bool absent = fault is FileNotFoundException or DirectoryNotFoundException;
            throw new BadInputException(file, null, absent ? "no such file" : $"cannot be read ({fault.Message})", "check the path and its permissions", fault);
        }
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

    /// <summary>Bytes of the file that are read already.</summary>
    public long Position => bufferStart + position;

    /// <summary>Bytes of the whole file; 0 for a pipe.</summary>
    public long Length => stream.CanSeek ? stream.Length : 0;

    public void Dispose() => stream.Dispose();

    /// <summary>What the next value is, without reading it.</summary>
    public JsonKind Peek()
    {
        byte letter = NextLetter();
        switch (letter)
        {
            case (byte)'{': return JsonKind.Object;
            case (byte)'[': return JsonKind.Array;
            case (byte)'"': return JsonKind.Text;
            case >= (byte)'0' and <= (byte)'9': return JsonKind.Number;
            case (byte)'-':
                if (position + 1 == end && !Fill()) throw CutOff();
                return buffer[position + 1] == 'I' ? JsonKind.MinusInfinity : JsonKind.Number;
            case (byte)'t': return JsonKind.True;
            case (byte)'f': return JsonKind.False;
            case (byte)'n': return JsonKind.Null;
            case (byte)'N': return JsonKind.NotANumber;
            case (byte)'I': return JsonKind.Infinity;
            default: throw Unexpected(position, "a value");
        }
    }

    /// <summary>Reads the opening brace of an object that <see cref="Peek"/> saw.</summary>
    public void BeginObject() => Begin();

    /// <summary>Reads the opening bracket of an array that <see cref="Peek"/> saw.</summary>
    public void BeginArray() => Begin();

    /// <summary>Reads up to the next value of an array; false at its end, which is read too.</summary>
    public bool NextItem()
    {
        byte letter = NextLetter();
        if (letter == ']')
        {
            position++;
            atContainerStart = false;
            return false;
        }
        if (atContainerStart)
        {
            atContainerStart = false;
            return true;
        }
        if (letter != ',') throw Unexpected(position, "a comma or the list's end");
        position++;
        return true;
    }

    /// <summary>Reads the next key of an object and its colon; false at the object's end, which is read too.</summary>
    /// <param name="key">UTF-8; valid until the next call.</param>
    public bool NextKey(out ReadOnlySpan<byte> key)
    {
        byte letter = NextLetter();
        if (letter == '}')
        {
            position++;
            atContainerStart = false;
            key = default;
            return false;
        }
        if (!atContainerStart)
        {
            if (letter != ',') throw Unexpected(position, "a comma or the object's end");
            position++;
            letter = NextLetter();
        }
        if (letter != '"') throw Unexpected(position, "a key in quotes");
        key = Text();
        // Looking for the colon may move the buffer's bytes: the key is safe in there only when the colon follows at once.
        if (position < end && buffer[position] == ':')
        {
            position++;
            return true;
        }
        key = Keep(key);
        if (NextLetter() != ':') throw Unexpected(position, "a colon");
        position++;
        return true;
    }

    /// <summary>Reads the next value, whatever it is, and forgets it.</summary>
    public void Skip() => Skip(1);

    /// <summary>Makes sure that nothing follows the value read last.</summary>
    public void End()
    {
        SkipBlanks();
        if (position < end || Fill()) throw Broken(Position, $"{Shown(buffer[position])} follows the end of the JSON");
    }

    private void Begin()
    {
        position++;
        atContainerStart = true;
    }

    private void Skip(int level)
    {
        switch (Peek())
        {
            case JsonKind.Object:
                CheckLevel(level);
                BeginObject();
                while (NextKey(out _)) Skip(level + 1);
                break;
            case JsonKind.Array:
                CheckLevel(level);
                BeginArray();
                while (NextItem()) Skip(level + 1);
                break;
            case JsonKind.Text:
                Text();
                break;
            case JsonKind.Number:
                SkipNumber();
                break;
            default:
                Word();
                break;
        }
    }

    private void CheckLevel(int level)
    {
        if (level > DeepestLevel) throw Broken(Position, $"values are nested more than {DeepestLevel} deep");
    }

    /// <summary>Reads true, false, null, NaN, Infinity or -Infinity.</summary>
    private void Word()
    {
        ReadOnlySpan<byte> word = Peek() switch
        {
            JsonKind.True => "true"u8,
            JsonKind.False => "false"u8,
            JsonKind.Null => "null"u8,
            JsonKind.NotANumber => "NaN"u8,
            JsonKind.Infinity => "Infinity"u8,
            _ => "-Infinity"u8,
        };
        for (int i = 0; i < word.Length; i++)
        {
            if (position + i == end && !Fill()) throw CutOff();
            if (buffer[position + i] != word[i]) throw Unexpected(position + i, "a value");
        }
        position += word.Length;
        atContainerStart = false;
    }

    private byte NextLetter()
    {
        SkipBlanks();
        if (position == end) throw CutOff();
        return buffer[position];
    }

    private void SkipBlanks()
    {
        do
        {
            while (position < end)
            {
                byte letter = buffer[position];
                if (letter > ' ' || (letter != ' ' && letter != '\n' && letter != '\r' && letter != '\t')) return;
                position++;
            }
        }
        while (Fill());
    }

    /// <summary>Gets more bytes behind those from <see cref="position"/> on, which move to the front; false at the file's end.</summary>
    private bool Fill()
    {
        cancellation.ThrowIfCancellationRequested();
        int rest = end - position;
        if (rest == buffer.Length)
        {
            if (buffer.Length > Array.MaxLength / 2) throw Broken(Position, "one value has more than a thousand million bytes");
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

    private BadInputException Unexpected(int index, string expected) =>
        Broken(bufferStart + index, $"not JSON: {Shown(buffer[index])} stands where {expected} should be");

    private BadInputException Broken(long byteIndex, string what) => new(File, $"byte {byteIndex}", what, Rewrite);

    private static string Shown(byte letter) => letter is > (byte)' ' and < 0x7F ? $"'{(char)letter}'" : $"the byte 0x{letter:X2}";
}
