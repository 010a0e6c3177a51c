using System.Buffers.Binary;

namespace ScratchDet.Data;

public enum ImageFormat
{
    Jpeg,
    Png,
}

/// <summary>
/// Format and size of an image, read from its first bytes without decoding it. The format is told by content, not by
/// the file's extension.
/// </summary>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height)
{
    /// <summary>Larger images are refused before anything is allocated: 100 megapixels are 300 MB decoded.</summary>
    public const long MaximumPixels = 100_000_000;

    private const int TailBytes = 64 * 1024;
    private const string Replace = "replace the file or take it out of the image set";

    /// <summary>Reads the header, and looks for the end marker so that a cut-off file is known before it is trained on.</summary>
    /// <exception cref="BadInputException">No such file, empty, neither JPEG nor PNG, cut off, or absurdly large.</exception>
    public static ImageHeader Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 4096);
            return Read(stream, path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, null, "the image does not exist", "add it or take it out of the image set", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, null, $"the image cannot be read ({exception.Message})", "check the file and its permissions", exception);
        }
    }

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="stream">Seekable, at the start of the image.</param>
    internal static ImageHeader Read(Stream stream, string path)
    {
        if (stream.Length == 0)
            throw new BadInputException(path, null, "the image file is empty (0 bytes)", Replace);
        Span<byte> start = stackalloc byte[8];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> head = start[..count];
        if (head.StartsWith(PngSignature))
            return ReadPng(stream, path);
        if (head.StartsWith(JpegSignature))
            return ReadJpeg(stream, path);
        throw new BadInputException(path, null, "neither a JPEG nor a PNG image", "convert it to JPEG or PNG, or take it out of the image set");
    }

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegSignature => [0xFF, 0xD8, 0xFF];

    private static ImageHeader ReadPng(Stream stream, string path)
    {
        Span<byte> chunk = stackalloc byte[16];   // length, "IHDR", width, height
        Fill(stream, chunk, path);
        if (!chunk[4..8].SequenceEqual("IHDR"u8) || BinaryPrimitives.ReadUInt32BigEndian(chunk) != 13)
            throw new BadInputException(path, "byte 8", "a PNG without its header chunk", Replace);
        long width = BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]);
        long height = BinaryPrimitives.ReadUInt32BigEndian(chunk[12..]);
        ImageHeader header = Checked(ImageFormat.Png, width, height, path);
        RequireEnd(stream, "IEND"u8, "a PNG without its end chunk: the file is cut off", path);
        return header;
    }

    private static ImageHeader ReadJpeg(Stream stream, string path)
    {
        stream.Position = 2;
        Span<byte> buffer = stackalloc byte[5];
        while (true)
        {
            long place = stream.Position;
            if (ReadByte(stream, path) != 0xFF)
                throw new BadInputException(path, $"byte {place}", "a JPEG segment does not start with its marker: the file is damaged", Replace);
            int marker;
            do
                marker = ReadByte(stream, path);   // any number of FF bytes may stand before a marker
            while (marker == 0xFF);
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7)) continue;   // these have no length
            if (marker is 0xD8 or 0xD9 or 0xDA or 0x00)
                throw new BadInputException(path, $"byte {place}", "a JPEG without a frame header before its pixels", Replace);

            Fill(stream, buffer[..2], path);
            int length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            if (length < 2)
                throw new BadInputException(path, $"byte {place}", $"a JPEG segment of length {length}", Replace);
            // C0-CF are the frame headers but for DHT (C4), JPG (C8) and DAC (CC).
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                Fill(stream, buffer, path);   // precision, height, width
                long height = BinaryPrimitives.ReadUInt16BigEndian(buffer[1..]);
                long width = BinaryPrimitives.ReadUInt16BigEndian(buffer[3..]);
                ImageHeader header = Checked(ImageFormat.Jpeg, width, height, path);
                RequireEnd(stream, [0xFF, 0xD9], "a JPEG without its end marker: the file is cut off", path);
                return header;
            }
            stream.Seek(length - 2, SeekOrigin.Current);
        }
    }

    private static ImageHeader Checked(ImageFormat format, long width, long height, string path)
    {
        if (width == 0 || height == 0)
            throw new BadInputException(path, null, $"the image header says {width} x {height} pixels", Replace);
        if (width > int.MaxValue || height > int.MaxValue || width * height > MaximumPixels)
            throw new BadInputException(path, null, $"the image header says {width} x {height} pixels, more than {MaximumPixels / 1_000_000} megapixels", "scale the image down, or replace the file if its header is wrong");
        return new ImageHeader(format, (int)width, (int)height);
    }

    // Decoders fill the missing part of a cut-off JPEG with grey and only warn, so it is looked for here. Some cameras
    // write bytes after the end marker, so the tail is searched rather than the last bytes compared.
    private static void RequireEnd(Stream stream, ReadOnlySpan<byte> marker, string what, string path)
    {
        long from = Math.Max(stream.Position, stream.Length - TailBytes);
        long last = Math.Max(from, stream.Length - 16);
        if (Contains(stream, last, marker) || Contains(stream, from, marker)) return;
        throw new BadInputException(path, null, what, Replace);
    }

    private static bool Contains(Stream stream, long from, ReadOnlySpan<byte> marker)
    {
        var tail = new byte[stream.Length - from];
        stream.Position = from;
        int count = stream.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false);
        return tail.AsSpan(0, count).IndexOf(marker) >= 0;
    }

    private static int ReadByte(Stream stream, string path)
    {
        int value = stream.ReadByte();
        return value >= 0 ? value : throw CutOff(path);
    }

    private static void Fill(Stream stream, Span<byte> buffer, string path)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
            throw CutOff(path);
    }

    private static BadInputException CutOff(string path) =>
        new(path, null, "the file ends inside the image header: it is cut off", Replace);
}
