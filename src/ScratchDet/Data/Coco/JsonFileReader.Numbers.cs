using System.Globalization;

namespace ScratchDet.Data.Coco;

internal sealed partial class JsonFileReader
{
    /// <summary>Up to here every whole number is a double, and so a quotient of two of them is rounded once, rightly.</summary>
    private const ulong LargestExactWhole = 1UL << 53;

    private static readonly double[] powersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads a finite number.</summary>
    /// <param name="number">The nearest double.</param>
    /// <returns>Null, or how the value is none ("is NaN"), which is read then all the same.</returns>
    public string? Number(out double number)
    {
        JsonKind kind = Peek();
        if (kind != JsonKind.Number)
        {
            number = 0;
            return SkipInsteadOf("a number", kind);
        }
        ReadOnlySpan<byte> text = NumberText(out ulong digits, out int digitCount, out int decimals, out bool hasExponent);
        if (!hasExponent && digitCount < 20 && digits <= LargestExactWhole && decimals < powersOfTen.Length)
        {
            number = digits / powersOfTen[decimals];
            if (text[0] == '-') number = -number;
        }
        else
        {
            number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (!double.IsFinite(number)) return $"is {Shortened(text)}, more than a double holds";
        }
        return null;
    }

    /// <summary>Reads a whole number of 64 bits; written 5.0 or 5e0 it is 5 too, as in Python.</summary>
    /// <returns>Null, or how the value is none, which is read then all the same.</returns>
    public string? Whole(out long number)
    {
        number = 0;
        JsonKind kind = Peek();
        if (kind != JsonKind.Number) return SkipInsteadOf("a whole number", kind);
        ReadOnlySpan<byte> text = NumberText(out _, out _, out int decimals, out bool hasExponent);
        if (!hasExponent && decimals == 0)
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
                ? null
                : $"is {Shortened(text)}, more than 64 bits hold";
        }
        double real = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (Math.Floor(real) != real) return $"is {Shortened(text)}, not a whole number";
        if (Math.Abs(real) >= 9.2233720368547758e18) return $"is {Shortened(text)}, more than 64 bits hold";
        number = (long)real;
        return null;
    }

    /// <summary>Reads 0, 1, true or false; null counts as 0.</summary>
    /// <returns>Null, or how the value is none, which is read then all the same.</returns>
    public string? Flag(out bool flag)
    {
        JsonKind kind = Peek();
        flag = kind == JsonKind.True;
        if (kind is JsonKind.True or JsonKind.False or JsonKind.Null)
        {
            Word();
            return null;
        }
        if (Number(out double number) is { } fault) return fault;
        flag = number == 1;
        return number is 0 or 1 ? null : string.Create(CultureInfo.InvariantCulture, $"is {number}, neither 0 nor 1");
    }

    /// <summary>Reads the value all the same, and says how it is not what was expected.</summary>
    public string SkipInsteadOf(string expected, JsonKind kind)
    {
        Skip();
        return kind switch
        {
            JsonKind.NotANumber => "is NaN",
            JsonKind.Infinity => "is infinite",
            JsonKind.MinusInfinity => "is minus infinite",
            JsonKind.Object => $"is an object, not {expected}",
            JsonKind.Array => $"is a list, not {expected}",
            JsonKind.Text => $"is text, not {expected}",
            JsonKind.Null => $"is null, not {expected}",
            JsonKind.Number => $"is a number, not {expected}",
            _ => $"is true or false, not {expected}",
        };
    }

    private void SkipNumber() => NumberText(out _, out _, out _, out _);

    /// <summary>Reads the letters of a number and checks their grammar.</summary>
    /// <param name="digits">Its digits without sign, point and exponent, when they are fewer than 20.</param>
    /// <param name="decimals">How many of them stand behind the point.</param>
    /// <returns>Valid until the next call.</returns>
    private ReadOnlySpan<byte> NumberText(out ulong digits, out int digitCount, out int decimals, out bool hasExponent)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(position, end - position);
            int length = ScanNumber(rest, out digits, out digitCount, out decimals, out hasExponent);
            if (length < 0) throw Unexpected(position + ~length, "a digit of a number");
            // At the buffer's end the number may go on in the next bytes; no JSON ends with a number here.
            if (length < rest.Length)
            {
                position += length;
                atContainerStart = false;
                return rest[..length];
            }
            if (!Fill()) throw CutOff();
        }
    }

    /// <returns>The number's length, or the whole length when more letters may follow; the complement of the index of a wrong letter.</returns>
    private static int ScanNumber(ReadOnlySpan<byte> text, out ulong digits, out int digitCount, out int decimals, out bool hasExponent)
    {
        (digits, decimals, hasExponent) = (0, 0, false);
        int i = text[0] == '-' ? 1 : 0;
        int first = i;
        uint digit = 0;
        while (i < text.Length && (digit = (uint)text[i] - '0') < 10)
        {
            digits = unchecked(digits * 10 + digit);
            i++;
        }
        digitCount = i - first;
        if (i == text.Length) return i;
        if (digitCount == 0) return ~i;
        if (digitCount > 1 && text[first] == '0') return ~(first + 1);
        if (text[i] == '.')
        {
            int point = i++;
            while (i < text.Length && (digit = (uint)text[i] - '0') < 10)
            {
                digits = unchecked(digits * 10 + digit);
                i++;
            }
            decimals = i - point - 1;
            digitCount += decimals;
            if (i == text.Length) return i;
            if (decimals == 0) return ~i;
        }
        if ((text[i] | 0x20) != 'e') return i;
        hasExponent = true;
        i++;
        if (i < text.Length && text[i] is (byte)'+' or (byte)'-') i++;
        int exponent = i;
        while (i < text.Length && (uint)text[i] - '0' < 10) i++;
        return i == text.Length || i > exponent ? i : ~i;
    }

    private static string Shortened(ReadOnlySpan<byte> text) =>
        System.Text.Encoding.ASCII.GetString(text.Length <= 24 ? text : text[..24]) + (text.Length <= 24 ? "" : "...");
}
