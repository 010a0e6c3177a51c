using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace ScratchDet.Torch.PyTorchFiles;

internal sealed partial class PickleReader
{
    /// <summary>Bytes of a whole number; torch.save's magic number has ten.</summary>
    private const int IntegerBytesLimit = 255;

    private const int HighestProtocol = 5;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private bool ReadScalar(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Protocol:
                if (input.Byte() is var protocol and > HighestProtocol) throw Bad($"protocol {protocol} is newer than {HighestProtocol}");
                return true;
            case PickleOpcode.Frame:
                ulong frame = BinaryPrimitives.ReadUInt64LittleEndian(input.Take(8));
                if (frame > (ulong)input.Remaining) throw Bad($"a frame of {frame} bytes, {input.Remaining} present");
                return true;
            case PickleOpcode.None:
                Push(null);
                return true;
            case PickleOpcode.True or PickleOpcode.False:
                Push(code == PickleOpcode.True);
                return true;
            case PickleOpcode.Integer1:
                Push((long)input.Byte());
                return true;
            case PickleOpcode.Integer2:
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(input.Take(2)));
                return true;
            case PickleOpcode.Integer4:
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(input.Take(4)));
                return true;
            case PickleOpcode.IntegerText:
                string line = input.Line();
                Push(line switch { "01" => true, "00" => false, _ => Number(line) });
                return true;
            case PickleOpcode.LongText:
                PushInteger(input.Line().TrimEnd('L'));
                return true;
            case PickleOpcode.Long1:
                PushInteger(input.Byte());
                return true;
            case PickleOpcode.Long4:
                PushInteger(BinaryPrimitives.ReadUInt32LittleEndian(input.Take(4)));
                return true;
            case PickleOpcode.Float8:
                Push(BinaryPrimitives.ReadDoubleBigEndian(input.Take(8)));
                return true;
            case PickleOpcode.FloatText:
                Push(double.TryParse(input.Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Bad("a number that is none"));
                return true;
            case PickleOpcode.StringText:
                Push(input.Line().Trim('\'', '"'));
                return true;
            case PickleOpcode.UnicodeText:
                Push(input.Line());
                return true;
            case PickleOpcode.String1:
                Push(TextOfPython2(input.Take(input.Byte())));
                return true;
            case PickleOpcode.String4:
                Push(TextOfPython2(input.Take(Length4())));
                return true;
            case PickleOpcode.Unicode1:
                Push(Text(input.Take(input.Byte())));
                return true;
            case PickleOpcode.Unicode4:
                Push(Text(input.Take(Length4())));
                return true;
            case PickleOpcode.Unicode8:
                Push(Text(input.Take(Length8())));
                return true;
            case PickleOpcode.Bytes1:
                Push(input.Take(input.Byte()).ToArray());
                return true;
            case PickleOpcode.Bytes4:
                Push(input.Take(Length4()).ToArray());
                return true;
            case PickleOpcode.Bytes8 or PickleOpcode.ByteArray8:
                Push(input.Take(Length8()).ToArray());
                return true;
            default:
                return false;
        }
    }

    private ulong Length4() => BinaryPrimitives.ReadUInt32LittleEndian(input.Take(4));

    private ulong Length8() => BinaryPrimitives.ReadUInt64LittleEndian(input.Take(8));

    private string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // Python writes lone surrogates as well; names of tensors have none.
            throw Bad("a text that is not UTF-8");
        }
    }

    /// <summary>A string of Python 2 is bytes; names of tensors are ASCII, which is the same either way.</summary>
    private static string TextOfPython2(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private long Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw Bad("a whole number that is none");

    private void PushInteger(string digits)
    {
        if (digits.Length > IntegerBytesLimit || !BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number))
            throw Bad("a whole number that is none, or has too many digits");
        PushInteger(number);
    }

    private void PushInteger(uint byteCount)
    {
        if (byteCount > IntegerBytesLimit) throw Bad($"a whole number of {byteCount} bytes");
        PushInteger(new BigInteger(input.Take(byteCount)));
    }

    private void PushInteger(BigInteger number) => Push(number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number);
}
