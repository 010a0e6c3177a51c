using System.Buffers.Binary;

namespace ScratchDet.Torch.Vision;

public enum ImageFormat
{
    Jpeg,
    Png,
}

/// <summary>What an encoded image says of itself, read without decoding a pixel.</summary>
/// <param name="Width">Pixels, at least 1.</param>
/// <param name="Height">Pixels, at least 1.</param>
/// <param name="ChannelCount">Colour channels as stored: 1 grey or palette, 2 grey with alpha, 3, or 4.</param>
/// <param name="BitsPerChannel">8 almost always.</param>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height, int ChannelCount, int BitsPerChannel)
{
    private const string Again = "fetch or export the image again";

    public long PixelCount => (long)Width * Height;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Tells the format by its first bytes, reads the header and checks that the file goes on to its end marker.</summary>
    /// <param name="verifySums">Also holds every chunk of a PNG against its check sum, as the decoder does; a JPEG has none.</param>
    /// <exception cref="ImageDecodeException">Empty, not JPEG or PNG, damaged, or cut off.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> encoded, bool verifySums = false)
    {
        if (encoded.IsEmpty) throw new ImageDecodeException("the file is empty", Again);
        if (encoded.StartsWith(PngSignature)) return ReadPng(encoded, verifySums);
        if (encoded.Length >= 2 && encoded[0] == 0xFF && encoded[1] == 0xD8) return ReadJpeg(encoded);
        throw new ImageDecodeException($"not a JPEG or PNG image ({Describe(encoded)})", "convert it to PNG or JPEG");
    }

    /// <summary>Walks the segments (ITU T.81, annex B): the frame header tells the size, the end marker that nothing is cut off.</summary>
    private static ImageHeader ReadJpeg(ReadOnlySpan<byte> encoded)
    {
        ImageHeader? header = null;
        bool hasScan = false;
        int position = 2;
        while (true)
        {
            if (position + 1 >= encoded.Length) throw CutOff("JPEG", "the end marker is missing");
            if (encoded[position] != 0xFF)
            {
                // Bytes between segments belong to no marker; the decoder skips them too.
                position = NextMarker(encoded, position);
                continue;
            }
            byte marker = encoded[position + 1];
            if (marker == 0xFF)
            {
                position++;
                continue;
            }
            position += 2;
            if (marker == 0xD9) break;
            if (marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xD8)) continue;
            if (position + 2 > encoded.Length) throw CutOff("JPEG", "a segment has no length");
            int length = BinaryPrimitives.ReadUInt16BigEndian(encoded[position..]);
            if (length < 2) throw new ImageDecodeException($"damaged JPEG: a segment of length {length} at byte {position}", Again);
            if (position + length > encoded.Length) throw CutOff("JPEG", $"a segment at byte {position} runs past the end");
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC)) header ??= ReadFrame(encoded.Slice(position + 2, length - 2));
            position += length;
            if (marker != 0xDA) continue;
            hasScan = true;
            position = NextMarker(encoded, position);
        }
        if (header is null || !hasScan) throw new ImageDecodeException("damaged JPEG: it has no picture before its end marker", Again);
        return header.Value;
    }

    private static ImageHeader ReadFrame(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 6) throw new ImageDecodeException("damaged JPEG: the frame header is too short", Again);
        int height = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]);
        if (height == 0 || width == 0) throw new ImageDecodeException($"damaged JPEG: a size of {width} x {height}", Again);
        return new ImageHeader(ImageFormat.Jpeg, width, height, frame[5], frame[0]);
    }

    /// <summary>The next marker at or after a position: past compressed data, stuffed zeros and restart markers.</summary>
    private static int NextMarker(ReadOnlySpan<byte> encoded, int position)
    {
        while (true)
        {
            int found = encoded[position..].IndexOf((byte)0xFF);
            if (found < 0 || position + found + 1 >= encoded.Length) throw CutOff("JPEG", "the end marker is missing");
            position += found;
            if (encoded[position + 1] is not (0x00 or (>= 0xD0 and <= 0xD7))) return position;
            position += 2;
        }
    }

    /// <summary>Walks the chunks (PNG specification, section 5).</summary>
    private static ImageHeader ReadPng(ReadOnlySpan<byte> encoded, bool verifySums)
    {
        const int ChunkFrame = 12; // length, name, sum
        ImageHeader? header = null;
        bool hasPicture = false;
        int position = PngSignature.Length;
        while (true)
        {
            if (position + ChunkFrame > encoded.Length) throw CutOff("PNG", "the end chunk is missing");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(encoded[position..]);
            uint name = BinaryPrimitives.ReadUInt32BigEndian(encoded[(position + 4)..]);
            if (length > encoded.Length - position - ChunkFrame) throw CutOff("PNG", $"a chunk at byte {position} runs past the end");
            ReadOnlySpan<byte> content = encoded.Slice(position + 8, (int)length);
            if (verifySums && Crc32.Of(encoded.Slice(position + 4, (int)length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(encoded[(position + 8 + (int)length)..]))
                throw new ImageDecodeException($"damaged PNG: the check sum of the chunk at byte {position} is wrong", Again);
            if (name == 0x49484452) header ??= ReadImageHeaderChunk(content); // IHDR
            else if (header is null) throw new ImageDecodeException("damaged PNG: the header chunk does not come first", Again);
            if (name == 0x49444154) hasPicture = true; // IDAT
            if (name == 0x49454E44) break; // IEND
            position += ChunkFrame + (int)length;
        }
        if (header is null || !hasPicture) throw new ImageDecodeException("damaged PNG: it has no picture before its end chunk", Again);
        return header.Value;
    }

    private static ImageHeader ReadImageHeaderChunk(ReadOnlySpan<byte> content)
    {
        if (content.Length != 13) throw new ImageDecodeException("damaged PNG: the header chunk has a wrong length", Again);
        uint width = BinaryPrimitives.ReadUInt32BigEndian(content);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(content[4..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            throw new ImageDecodeException($"damaged PNG: a size of {width} x {height}", Again);
        int channelCount = content[9] switch
        {
            0 or 3 => 1,
            4 => 2,
            2 => 3,
            6 => 4,
            byte type => throw new ImageDecodeException($"damaged PNG: colour type {type}", Again),
        };
        return new ImageHeader(ImageFormat.Png, (int)width, (int)height, channelCount, content[8]);
    }

    private static ImageDecodeException CutOff(string format, string what) => new($"cut off or damaged {format}: {what}", Again);

    private static string Describe(ReadOnlySpan<byte> encoded)
    {
        if (encoded.StartsWith("GIF8"u8)) return "it is a GIF";
        if (encoded.StartsWith("BM"u8)) return "it looks like a BMP";
        if (encoded.StartsWith("II*\0"u8) || encoded.StartsWith("MM\0*"u8)) return "it is a TIFF";
        if (encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8)) return "it is a WebP";
        return "first bytes " + Convert.ToHexString(encoded[..Math.Min(8, encoded.Length)]);
    }
}
