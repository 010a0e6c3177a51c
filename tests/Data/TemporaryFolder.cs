using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ScratchDet.Tests.Data;

/// <summary>A folder that is deleted with the test, and small files to put in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("scratchdet-test-").FullName;

    public string Path { get; }

    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string relative, string text) => Write(relative, Encoding.UTF8.GetBytes(text));

    public string Write(string relative, byte[] bytes)
    {
        string path = At(relative.Split('/'));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>A VOC folder with one image "a" (40 x 30 PNG), the given objects, and the set "train" that names it.</summary>
    public string VocWith(string objectsXml)
    {
        Write("voc/JPEGImages/a.png", Png(40, 30));
        Write("voc/Annotations/a.xml", $"<annotation>\n<filename>a.png</filename>\n{objectsXml}\n</annotation>");
        Write("voc/ImageSets/Main/train.txt", "a\n");
        return At("voc");
    }

    public static string ObjectXml(string name, string xMin, string yMin, string xMax, string yMax, string extra = "") =>
        $"<object><name>{name}</name>{extra}<bndbox><xmin>{xMin}</xmin><ymin>{yMin}</ymin><xmax>{xMax}</xmax><ymax>{yMax}</ymax></bndbox></object>";

    /// <summary>A black PNG.</summary>
    public static byte[] Png(int width, int height)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);   // 8 bits, RGB
        Chunk(file, "IHDR", header);
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(new byte[(3 * width + 1) * height]);
        Chunk(file, "IDAT", pixels.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A JPEG with an APP0 segment, a frame header and an end marker, and no pixels between them.</summary>
    public static byte[] JpegHeader(int width, int height) =>
    [
        0xFF, 0xD8,
        0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
        0xFF, 0xC4, 0, 3, 0,
        0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0,
        0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3,
        0xFF, 0xD9,
    ];

    private static void Chunk(Stream file, string type, byte[] data)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, data.Length);
        file.Write(four);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(four, Crc(body));
        file.Write(four);
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
