using System.Globalization;
using System.Text.Json;

namespace ScratchDet.Data.Coco;

internal sealed partial class JsonFileReader
{
    /// <summary>Fewer digits than a double holds: such a whole number is exact, and so a quotient of two of them is rounded once.</summary>
    private const int ExactDigits = 15;

    private static readonly double[] powersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

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
        ReadOnlySpan<byte> text = TakeNumber();
        number = ToDouble(text);
        return double.IsFinite(number) ? null : $"is {Shortened(text)}, more than a double holds";
    }

    /// <summary>Reads a list of finite numbers that <see cref="Peek"/> saw.</summary>
    /// <param name="into">Gets the numbers, behind those it has.</param>
    /// <param name="index">Which is the first that is none, from 0.</param>
    /// <returns>Null, or how that one is none; the list is read then all the same.</returns>
    public string? Numbers(NumberBuffer<double> into, out int index)
    {
        BeginArray();
        int begin = into.Count;
        (string? first, index) = (null, 0);
        if (TryNumbers(into)) return null;
        while (NextItem())
        {
            string? fault = Number(out double number);
            if (first is null && fault is not null) (first, index) = (fault, into.Count - begin);
            into.Add(number);
        }
        return first;
    }

    /// <summary>
    /// Reads the rest of a list with one reader for all tokens at hand. At anything but finite numbers it stops, or
    /// some numbers before: what is to come is then read number by number.
    /// </summary>
    /// <returns>Whether the list's end was reached.</returns>
    private bool TryNumbers(NumberBuffer<double> into)
    {
        while (true)
        {
            Utf8JsonReader reader = ReaderHere();
            int before = into.Count;
            bool isAllNumbers = true, isAtEnd = false;
            try
            {
                while (isAllNumbers && reader.Read())
                {
                    isAtEnd = reader.TokenType == JsonTokenType.EndArray;
                    if (isAtEnd) break;
                    double number = reader.TokenType == JsonTokenType.Number ? ToDouble(reader.ValueSpan) : double.NaN;
                    isAllNumbers = double.IsFinite(number);
                    into.Add(number);
                }
            }
            catch (JsonException)
            {
                isAllNumbers = false; // reading number by number comes to the same, and says what it is
            }
            if (!isAllNumbers)
            {
                into.Clear(before);
                return false;
            }
            Keep(reader);
            if (isAtEnd) return true;
            if (!Fill()) throw CutOff();
        }
    }

    /// <summary>Reads a whole number of 64 bits; written 5.0 or 5e0 it is 5 too, as in Python.</summary>
    /// <returns>Null, or how the value is none, which is read then all the same.</returns>
    public string? Whole(out long number)
    {
        number = 0;
        JsonKind kind = Peek();
        if (kind != JsonKind.Number) return SkipInsteadOf("a whole number", kind);
        ReadOnlySpan<byte> text = TakeNumber();
        if (!text.ContainsAny(".eE"u8))
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
            isPeeked = false;
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

    private ReadOnlySpan<byte> TakeNumber()
    {
        isPeeked = false;
        return buffer.AsSpan(valueStart, valueLength);
    }

    /// <summary>The nearest double of a number in JSON's grammar.</summary>
    private static double ToDouble(ReadOnlySpan<byte> text)
    {
        long digits = 0;
        int point = -1;
        int sign = text[0] == '-' ? 1 : 0;
        // Most numbers of a file are as short as 510.66: those are quotients of two exact numbers.
        if (text.Length - sign <= ExactDigits + 1)
        {
            for (int i = sign; i < text.Length; i++)
            {
                uint digit = (uint)text[i] - '0';
                if (digit < 10) digits = (digits * 10) + digit;
                else if (text[i] == '.') point = i;
                else return double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            }
            int decimals = point < 0 ? 0 : text.Length - point - 1;
            if (text.Length - sign - (point < 0 ? 0 : 1) <= ExactDigits)
                return sign == 0 ? digits / powersOfTen[decimals] : -(digits / powersOfTen[decimals]);
        }
        return double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static string Shortened(ReadOnlySpan<byte> text) =>
        System.Text.Encoding.ASCII.GetString(text.Length <= 24 ? text : text[..24]) + (text.Length <= 24 ? "" : "...");
}
