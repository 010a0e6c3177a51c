using System.Globalization;
using System.Text;
using ScratchDet.Data.Coco;

namespace ScratchDet.Tests.Data.Coco;

public sealed class JsonFileReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Numbers_are_the_nearest_doubles_whatever_their_length_and_wherever_the_buffer_ends()
    {
        var random = new Random(5);
        List<string> numbers = ["0", "-0", "5", "5.0", "1e22", "1E-5", "9007199254740993", "0.1", "123456789012345678901234567890", "4.9e-324", "1.7976931348623157e308"];
        for (int i = 0; i < 2000; i++)
        {
            numbers.Add(random.NextDouble().ToString("R", CultureInfo.InvariantCulture));
            numbers.Add((random.NextDouble() * Math.Pow(10, random.Next(-30, 30))).ToString("R", CultureInfo.InvariantCulture));
            numbers.Add((random.Next() / 100.0).ToString("F2", CultureInfo.InvariantCulture));
        }
        foreach (int bufferBytes in (int[])[3, 16, 1 << 17])
        {
            using JsonFileReader json = Reader($"[{string.Join(" ,\n", numbers)}]", bufferBytes);
            json.Peek();
            json.BeginArray();
            foreach (string number in numbers)
            {
                Assert.True(json.NextItem());
                Assert.Null(json.Number(out double read));
                Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(number, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(read));
            }
            Assert.False(json.NextItem());
            json.End();
        }
    }

    [Theory]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("5.0", 5)]
    [InlineData("-5e3", -5000)]
    [InlineData("0.0", 0)]
    public void Whole_numbers_may_be_written_as_floating_point(string text, long expected)
    {
        using JsonFileReader json = Reader($"[{text}]");
        json.Peek();
        json.BeginArray();
        Assert.True(json.NextItem());
        Assert.Null(json.Whole(out long number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("9223372036854775808", "is 9223372036854775808, more than 64 bits hold")]
    [InlineData("1e19", "is 1e19, more than 64 bits hold")]
    [InlineData("0.5", "is 0.5, not a whole number")]
    [InlineData("\"5\"", "is text, not a whole number")]
    [InlineData("null", "is null, not a whole number")]
    [InlineData("true", "is true or false, not a whole number")]
    [InlineData("[[1, {}], {\"a\": []}]", "is a list, not a whole number")]
    [InlineData("NaN", "is NaN")]
    [InlineData("-Infinity", "is minus infinite")]
    public void What_is_no_whole_number_is_named_and_read_all_the_same(string text, string expected)
    {
        using JsonFileReader json = Reader($"[{text}]");
        json.Peek();
        json.BeginArray();
        Assert.True(json.NextItem());
        Assert.Equal(expected, json.Whole(out _));
        Assert.False(json.NextItem());
        json.End();
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"plain\"", "plain")]
    [InlineData("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t")]
    [InlineData("\"gr\\u00fcn \\uD83D\\uDE00 ü😀\"", "grün 😀 ü😀")]
    public void Texts_are_unescaped_wherever_the_buffer_ends(string text, string expected)
    {
        foreach (int bufferBytes in (int[])[3, 5, 1 << 17])
        {
            using JsonFileReader json = Reader($"{{{text} : {text}}}", bufferBytes);
            json.Peek();
            json.BeginObject();
            Assert.True(json.NextKey(out ReadOnlySpan<byte> key));
            Assert.Equal(expected, Encoding.UTF8.GetString(key));
            Assert.Equal(JsonKind.Text, json.Peek());
            Assert.Equal(expected, Encoding.UTF8.GetString(json.Text()));
            Assert.False(json.NextKey(out _));
        }
    }

    [Theory]
    [InlineData("<html>", 0)]
    [InlineData("[1 2]", 3)]
    [InlineData("[1,]", 3)]
    [InlineData("[,1]", 1)]
    [InlineData("{\"a\" 1}", 5)]
    [InlineData("{a: 1}", 1)]
    [InlineData("{\"a\": 1,}", 8)]
    [InlineData("[01]", 1)]
    [InlineData("[1.]", 1)]
    [InlineData("[-]", 1)]
    [InlineData("[1e+]", 1)]
    [InlineData("[+1]", 1)]
    [InlineData("[nul]", 1)]
    [InlineData("[\"a\tb\"]", 1)]
    [InlineData("[\"\\x\"]", 1)]
    [InlineData("[\"\\u12g4\"]", 1)]
    [InlineData("[1}", 2)]
    [InlineData("[] []", 3)]
    public void Broken_grammar_is_named_with_the_byte_where_the_value_begins(string text, int expectedByte)
    {
        foreach (int bufferBytes in (int[])[3, 1 << 17])
        {
            BadInputException fault = SkipAll(text, bufferBytes);
            Assert.Equal($"byte {expectedByte}", fault.Place);
            Assert.StartsWith("not JSON: ", fault.What);
            Assert.DoesNotContain("LineNumber", fault.What);
        }
    }

    [Theory]
    [InlineData("[1")]
    [InlineData("[\"a")]
    [InlineData("[\"a\\u00")]
    [InlineData("[1.")]
    [InlineData("[Infi")]
    [InlineData("[-")]
    [InlineData("{\"a\"")]
    [InlineData("  ")]
    public void A_file_that_ends_too_early_is_named_with_its_length(string text)
    {
        foreach (int bufferBytes in (int[])[3, 1 << 17])
        {
            BadInputException fault = SkipAll(text, bufferBytes);
            Assert.Equal($"byte {text.Length}", fault.Place);
            Assert.Equal("the JSON is cut off: the file ends here, in the middle", fault.What);
        }
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused_and_a_byte_order_mark_is_not()
    {
        string latin = folder.Write("latin.json", [(byte)'"', 0xE9, (byte)'"', (byte)' ']);
        BadInputException fault = Assert.Throws<BadInputException>(() =>
        {
            using var json = new JsonFileReader(latin);
            json.Peek();
            json.Text();
        });
        Assert.Equal("the text that begins here is not UTF-8", fault.What);

        using var marked = new JsonFileReader(folder.Write("marked.json", [0xEF, 0xBB, 0xBF, (byte)'4', (byte)'\n']));
        Assert.Null(marked.Number(out double number));
        Assert.Equal(4, number);
    }

    [Fact]
    public void Endless_nesting_is_refused()
    {
        BadInputException fault = SkipAll(new string('[', 100_000));
        Assert.Equal("byte 64", fault.Place);
    }

    [Fact]
    public void Absent_empty_and_folder_are_told_apart()
    {
        Assert.Equal("no such file", Assert.Throws<BadInputException>(() => new JsonFileReader(folder.At("absent.json"))).What);
        Assert.Equal("this is a folder", Assert.Throws<BadInputException>(() => new JsonFileReader(folder.Path)).What);
        Assert.Equal("the file is empty", Assert.Throws<BadInputException>(() => new JsonFileReader(folder.Write("empty.json", ""))).What);
    }

    [Fact]
    public void Reading_stops_when_told()
    {
        using var stop = new CancellationTokenSource();
        using var json = new JsonFileReader(folder.Write("long.json", $"[{new string(' ', 1000)}1]"), stop.Token, bufferBytes: 16);
        json.Peek();
        json.BeginArray();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => json.NextItem());
    }

    private BadInputException SkipAll(string text, int bufferBytes = 1 << 17) => Assert.Throws<BadInputException>(() =>
    {
        using JsonFileReader json = Reader(text, bufferBytes);
        json.Skip();
        json.End();
    });

    private JsonFileReader Reader(string text, int bufferBytes = 1 << 17) =>
        new(folder.Write("text.json", text), TestContext.Current.CancellationToken, bufferBytes);
}
