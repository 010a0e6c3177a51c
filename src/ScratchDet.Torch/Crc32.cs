using System.Buffers.Binary;

namespace ScratchDet.Torch;

/// <summary>CRC-32 of PNG chunks (PNG specification, annex D) and zip records: polynomial 0xEDB88320, eight bytes a step by eight tables.</summary>
public static class Crc32
{
    private const int Slices = 8;

    private static readonly uint[][] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes) => Continue(0, bytes);

    /// <summary>The checksum of everything so far and these bytes behind it; 0 for nothing so far.</summary>
    public static uint Continue(uint before, ReadOnlySpan<byte> bytes)
    {
        uint sum = ~before;
        uint[][] tables = Tables;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ sum;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            sum = tables[7][low & 0xFF] ^ tables[6][(low >> 8) & 0xFF] ^ tables[5][(low >> 16) & 0xFF] ^ tables[4][low >> 24]
                ^ tables[3][high & 0xFF] ^ tables[2][(high >> 8) & 0xFF] ^ tables[1][(high >> 16) & 0xFF] ^ tables[0][high >> 24];
        }
        foreach (byte value in bytes) sum = tables[0][(sum ^ value) & 0xFF] ^ (sum >> 8);
        return ~sum;
    }

    /// <summary>Table k: what a byte does to the sum when k zero bytes follow it.</summary>
    private static uint[][] MakeTables()
    {
        var tables = new uint[Slices][];
        for (int slice = 0; slice < Slices; slice++) tables[slice] = new uint[256];
        for (uint value = 0; value < 256; value++)
        {
            uint sum = value;
            for (int bit = 0; bit < 8; bit++) sum = (sum & 1) != 0 ? (sum >> 1) ^ 0xEDB88320 : sum >> 1;
            tables[0][value] = sum;
        }
        for (int slice = 1; slice < Slices; slice++)
        {
            for (int value = 0; value < 256; value++)
            {
                uint before = tables[slice - 1][value];
                tables[slice][value] = tables[0][before & 0xFF] ^ (before >> 8);
            }
        }
        return tables;
    }
}
