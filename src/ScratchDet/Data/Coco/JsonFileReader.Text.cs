using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace ScratchDet.Data.Coco;

internal sealed partial class JsonFileReader
{
    // What ends a plain stretch of text: the quote, an escape, or a control character, which JSON forbids in text.
    private static readonly SearchValues<byte> textStops = SearchValues.Create(
    [
        (byte)'"', (byte)'\\', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
    ]);

    private byte[] scratch = new byte[256];

    /// <summary>Reads a text that <see cref="Peek"/> saw.</summary>
    /// <returns>UTF-8, escapes resolved; valid until the next call.</returns>
    public ReadOnlySpan<byte> Text()
    {
        int scanned = 1;
        bool hasEscapes = false;
        while (true)
        {
            int stop = buffer.AsSpan(position + scanned, end - position - scanned).IndexOfAny(textStops);
            if (stop < 0)
            {
                scanned = end - position;
                if (!Fill()) throw CutOff();
                continue;
            }
            scanned += stop;
            byte letter = buffer[position + scanned];
            if (letter == '"') break;
            if (letter != '\\') throw Broken(Position + scanned, $"not JSON: {Shown(letter)} stands in a text, where it must be escaped");
            hasEscapes = true;
            scanned += EscapeLength(scanned);
        }
        ReadOnlySpan<byte> raw = buffer.AsSpan(position + 1, scanned - 1);
        if (!Utf8.IsValid(raw)) throw Broken(Position, "the text that begins here is not UTF-8");
        position += scanned + 1;
        atContainerStart = false;
        return hasEscapes ? Unescape(raw) : raw;
    }

    /// <summary>Checks the escape at an offset from <see cref="position"/>; its length.</summary>
    private int EscapeLength(int offset)
    {
        byte letter = LetterAt(offset + 1);
        if (letter != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(letter) ? 2 : throw Broken(Position + offset, $"not JSON: {Shown(letter)} after a backslash");
        }
        for (int i = 2; i < 6; i++)
        {
            if (!char.IsAsciiHexDigit((char)LetterAt(offset + i)))
                throw Broken(Position + offset, "not JSON: \\u without four hexadecimal digits");
        }
        return 6;
    }

    private byte LetterAt(int offset)
    {
        while (position + offset >= end)
        {
            if (!Fill()) throw CutOff();
        }
        return buffer[position + offset];
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> raw)
    {
        if (scratch.Length < raw.Length) scratch = new byte[raw.Length];
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                scratch[length++] = raw[i];
                continue;
            }
            byte letter = raw[++i];
            if (letter != 'u')
            {
                scratch[length++] = letter switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    _ => letter,
                };
                continue;
            }
            char unit = CodeUnit(raw[(i + 1)..]);
            i += 4;
            Rune rune = Rune.ReplacementChar; // half a surrogate pair is no character
            if (!Rune.TryCreate(unit, out Rune plain))
            {
                if (raw[(i + 1)..].StartsWith("\\u"u8) && Rune.TryCreate(unit, CodeUnit(raw[(i + 3)..]), out Rune pair))
                {
                    rune = pair;
                    i += 6;
                }
            }
            else
            {
                rune = plain;
            }
            length += rune.EncodeToUtf8(scratch.AsSpan(length));
        }
        return scratch.AsSpan(0, length);
    }

    private static char CodeUnit(ReadOnlySpan<byte> digits) =>
        (char)ushort.Parse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private ReadOnlySpan<byte> Keep(ReadOnlySpan<byte> text)
    {
        if (scratch.Length < text.Length) scratch = new byte[text.Length];
        text.CopyTo(scratch); // may be there already: CopyTo is safe for overlap
        return scratch.AsSpan(0, text.Length);
    }
}
