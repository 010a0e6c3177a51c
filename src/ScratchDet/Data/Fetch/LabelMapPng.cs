using System.Buffers.Binary;
using System.IO.Compression;
using ScratchDet.Torch;

namespace ScratchDet.Data.Fetch;

/// <summary>Writes grey PNG images of 16 bits, which torchvision's encoder does not: a label for each pixel.</summary>
internal static class LabelMapPng
{
    private const byte BitsPerPixel = 16, Grey = 0, FilterUp = 2;

    /// <param name="labels">Row after row from the top.</param>
    public static byte[] Encode(ReadOnlySpan<ushort> labels, int width, int height)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (BitsPerPixel, Grey);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(labels, width, height));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(ReadOnlySpan<ushort> labels, int width, int height)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            // Labels go on from row to row, so the difference to the row above is mostly 0.
            byte[] row = new byte[2 * width], above = new byte[2 * width], difference = new byte[2 * width];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++) BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * x), labels[(y * width) + x]);
                for (int i = 0; i < row.Length; i++) difference[i] = (byte)(row[i] - above[i]);
                zlib.WriteByte(FilterUp);
                zlib.Write(difference);
                (row, above) = (above, row);
            }
        }
        return compressed.ToArray();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Continue(Crc32.Of(type), data));
        file.Write(number);
    }
}
