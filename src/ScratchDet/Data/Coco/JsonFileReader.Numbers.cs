using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace ScratchDet.Data.Coco;

internal sealed partial class JsonFileReader
{
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
        if (!Utf8Parser.TryParse(text, out number, out int length) || length != text.Length) throw new InvalidOperationException("the JSON reader took something for a number");
        return double.IsFinite(number) ? null : $"is {Shortened(text)}, more than a double holds";
    }

    /// <summary>
    /// Takes the finite numbers of an array that follow each other: most bytes of COCO files are polygons, and one reader for
    /// many numbers is several times faster than one for each.
    /// </summary>
    /// <returns>True when the array's end was taken too; else an item follows that is something else.</returns>
    public bool TakeNumbers(NumberBuffer<double> into)
    {
        while (true)
        {
            int before = into.Count;
            var reader = new Utf8JsonReader(buffer.AsSpan(position, end - position), isFinalBlock: false, state);
            bool atEnd = false;
            try
            {
                while (!atEnd && reader.Read())
                {
                    if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double number) && double.IsFinite(number))
                    {
                        into.Add(number);
                        continue;
                    }
                    atEnd = reader.TokenType == JsonTokenType.EndArray;
                    if (!atEnd) return ReadAgain(into, before);
                }
            }
            catch (JsonException)
            {
                return ReadAgain(into, before); // one by one, where what is wrong is met again and said
            }
            state = reader.CurrentState;
            position += (int)reader.BytesConsumed;
            if (atEnd) return true;
            if (!Fill()) throw CutOff();
        }
    }

    private static bool ReadAgain(NumberBuffer<double> numbers, int before)
    {
        numbers.Clear(before);
        return false;
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

    private static string Shortened(ReadOnlySpan<byte> text) =>
        System.Text.Encoding.ASCII.GetString(text.Length <= 24 ? text : text[..24]) + (text.Length <= 24 ? "" : "...");
}
