using System.Buffers.Binary;
using System.Text;

namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>A record of a zip archive.</summary>
/// <param name="Start">First byte of its content in the file.</param>
/// <param name="Checksum">CRC-32 of the content.</param>
/// <param name="Method">How it is compressed; 0: not at all.</param>
internal sealed record ZipRecord(string Name, long Start, long ByteCount, uint Checksum, int Method);

/// <summary>
/// The directory of a zip archive as torch.save writes it (APPNOTE.TXT 6.3, with zip64): nothing encrypted, the
/// directory at the very end. Both descriptions of a record must agree, and no two may share a byte, so
/// that no two programs can see different archives in one file.
/// </summary>
internal static class ZipDirectory
{
    private const int DirectoryBytesLimit = 1 << 24;
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int End64Bytes = 56;
    private const int CentralBytes = 46;
    private const int LocalBytes = 30;
    private const uint EndMark = 0x06054B50;
    private const uint LocatorMark = 0x07064B50;
    private const uint End64Mark = 0x06064B50;
    private const uint CentralMark = 0x02014B50;
    private const uint LocalMark = 0x04034B50;
    private const ushort Zip64Extra = 1;
    private const ushort Encrypted = 1 | 1 << 6 | 1 << 13;
    private const ushort SizesFollow = 1 << 3;
    private const ushort In64Short = ushort.MaxValue;
    private const uint In64 = uint.MaxValue;
    private const string Directory = "zip directory";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="TensorArchiveException">Cut off, damaged, or made to deceive.</exception>
    public static IReadOnlyList<ZipRecord> Read(ArchiveBytes file)
    {
        (long start, long byteCount, long count) = FindDirectory(file);
        if (byteCount > DirectoryBytesLimit) throw file.Bad(Directory, $"{byteCount} bytes are more than {DirectoryBytesLimit}");
        if (count > byteCount / CentralBytes) throw file.Bad(Directory, $"{count} records do not fit into its {byteCount} bytes");
        byte[] bytes = new byte[byteCount];
        file.ReadExactly(bytes, start, Directory);
        var records = new List<(long HeaderStart, ZipRecord Record)>((int)count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        ReadOnlySpan<byte> rest = bytes;
        for (long i = 0; i < count; i++)
        {
            (long headerStart, ZipRecord record) = ReadRecord(file, start, ref rest);
            if (!names.Add(record.Name)) throw file.Bad(Place(record.Name), "the archive holds it twice");
            records.Add((headerStart, record));
        }
        if (!rest.IsEmpty) throw file.Bad(Directory, $"{rest.Length} bytes behind its last record");

        records.Sort(static (left, right) => left.HeaderStart.CompareTo(right.HeaderStart));
        for (int i = 1; i < records.Count; i++)
        {
            ZipRecord before = records[i - 1].Record;
            if (before.Start + before.ByteCount > records[i].HeaderStart)
                throw file.Bad(Place(records[i].Record.Name), $"it overlaps {PickleReader.Shown(before.Name)}");
        }
        return [.. records.Select(entry => entry.Record)];
    }

    private static string Place(string name) => $"record {PickleReader.Shown(name)}";

    private static (long Start, long ByteCount, long Count) FindDirectory(ArchiveBytes file)
    {
        Span<byte> end = stackalloc byte[EndBytes];
        if (file.Length < EndBytes) throw CutOff(file);
        file.ReadExactly(end, file.Length - EndBytes, Directory);
        // torch.save adds no comment, so the directory's end is the file's, and there is no second place to look for it.
        if (U32(end) != EndMark || U16(end[20..]) != 0) throw CutOff(file);
        (uint disks, uint count, uint byteCount, uint start) = (U32(end[4..]), U16(end[10..]), U32(end[12..]), U32(end[16..]));
        bool sameCount = U16(end[8..]) == U16(end[10..]);
        long directoryEnd = file.Length - EndBytes;
        ulong start64 = start, byteCount64 = byteCount, count64 = count;
        if (ReadEnd64(file, directoryEnd) is { } wide)
        {
            if ((count != In64Short && count != wide.Count) || (byteCount != In64 && byteCount != wide.ByteCount) || (start != In64 && start != wide.Start))
                throw file.Bad(Directory, "its zip64 numbers are not those of the plain ones");
            (start64, byteCount64, count64, directoryEnd) = (wide.Start, wide.ByteCount, wide.Count, wide.At);
        }
        else if (count == In64Short || byteCount == In64 || start == In64)
        {
            throw file.Bad(Directory, "its zip64 numbers are missing");
        }
        if (disks != 0 || !sameCount) throw file.Bad(Directory, "a part of an archive of several parts");
        if (start64 > (ulong)directoryEnd || byteCount64 != (ulong)directoryEnd - start64)
            throw file.Bad(Directory, $"{byteCount64} bytes from byte {start64} on do not end at its end, byte {directoryEnd}");
        if (count64 > int.MaxValue) throw file.Bad(Directory, $"{count64} records are absurd");
        return ((long)start64, (long)byteCount64, (long)count64);
    }

    /// <summary>The zip64 end record and its place, or null where there is none.</summary>
    private static (ulong Start, ulong ByteCount, ulong Count, long At)? ReadEnd64(ArchiveBytes file, long end)
    {
        if (end < LocatorBytes + End64Bytes) return null;
        Span<byte> locator = stackalloc byte[LocatorBytes];
        file.ReadExactly(locator, end - LocatorBytes, Directory);
        if (U32(locator) != LocatorMark) return null;
        ulong at = U64(locator[8..]);
        if (U32(locator[4..]) != 0 || U32(locator[16..]) > 1 || at > (ulong)(end - LocatorBytes - End64Bytes))
            throw file.Bad(Directory, "its zip64 locator points outside the file");
        Span<byte> record = stackalloc byte[End64Bytes];
        file.ReadExactly(record, (long)at, Directory);
        if (U32(record) != End64Mark || U64(record[4..]) != (ulong)(end - LocatorBytes) - at - 12)
            throw file.Bad(Directory, "its zip64 record is not where its locator points");
        if (U32(record[16..]) != 0 || U32(record[20..]) != 0 || U64(record[24..]) != U64(record[32..]))
            throw file.Bad(Directory, "a part of an archive of several parts");
        return (U64(record[48..]), U64(record[40..]), U64(record[32..]), (long)at);
    }

    private static (long HeaderStart, ZipRecord Record) ReadRecord(ArchiveBytes file, long directoryStart, ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < CentralBytes || U32(rest) != CentralMark) throw file.Bad(Directory, "a record is damaged or cut off");
        ReadOnlySpan<byte> central = rest;
        int nameBytes = U16(central[28..]), extraBytes = U16(central[30..]), commentBytes = U16(central[32..]);
        if (CentralBytes + nameBytes + extraBytes + commentBytes > rest.Length) throw file.Bad(Directory, "a record is cut off");
        rest = rest[(CentralBytes + nameBytes + extraBytes + commentBytes)..];
        string name = ReadName(file, central.Slice(CentralBytes, nameBytes));
        string place = Place(name);
        ushort flags = U16(central[8..]), method = U16(central[10..]);
        if ((flags & Encrypted) != 0) throw file.Bad(place, "it is encrypted", "save the file without a password");
        uint checksum = U32(central[16..]);
        (ulong packed, ulong size, ulong headerStart) = ReadSizes(file, place, central, central.Slice(CentralBytes + nameBytes, extraBytes));
        if (method == 0 && packed != size) throw file.Bad(place, $"{packed} bytes stored for {size}, though it is not compressed");
        if (headerStart > (ulong)directoryStart || packed > (ulong)directoryStart - headerStart)
            throw file.Bad(place, $"{packed} bytes from byte {headerStart} on reach beyond the records, which end at byte {directoryStart}");

        Span<byte> local = stackalloc byte[LocalBytes];
        if (headerStart + LocalBytes > (ulong)directoryStart) throw file.Bad(place, "its header reaches into the directory");
        file.ReadExactly(local, (long)headerStart, place);
        if (U32(local) != LocalMark || U16(local[26..]) != nameBytes || U16(local[8..]) != method || ((U16(local[6..]) ^ flags) & (Encrypted | SizesFollow)) != 0)
            throw file.Bad(place, "its header is not what the directory says");
        long start = (long)headerStart + LocalBytes + nameBytes + U16(local[28..]);
        if (start > directoryStart || (long)packed > directoryStart - start) throw file.Bad(place, "it reaches into the directory");
        byte[] localName = new byte[nameBytes];
        file.ReadExactly(localName, (long)headerStart + LocalBytes, place);
        bool sameSizes = (flags & SizesFollow) != 0
            || (U32(local[14..]) == checksum && U32(local[18..]) is var ownPacked && (ownPacked == packed || ownPacked == In64)
                && U32(local[22..]) is var ownSize && (ownSize == size || ownSize == In64));
        if (!sameSizes || !central.Slice(CentralBytes, nameBytes).SequenceEqual(localName))
            throw file.Bad(place, "its header is not what the directory says");
        return ((long)headerStart, new ZipRecord(name, start, (long)packed, checksum, method));
    }

    private static string ReadName(ArchiveBytes file, ReadOnlySpan<byte> bytes)
    {
        string name;
        try
        {
            name = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw file.Bad(Directory, "a name that is not UTF-8");
        }
        bool escapes = name.Length == 0 || name[0] == '/' || name.Contains('\\') || name.Any(char.IsControl) || name.Split('/').Contains("..");
        return escapes ? throw file.Bad(Directory, $"the name '{PickleReader.Shown(name)}' leads out of the archive") : name;
    }

    /// <summary>The sizes and the place of a record: those that do not fit in 32 bits stand in an extra field, in this order.</summary>
    private static (ulong Packed, ulong Size, ulong HeaderStart) ReadSizes(ArchiveBytes file, string place, ReadOnlySpan<byte> central, ReadOnlySpan<byte> extra)
    {
        (uint packed, uint size, uint headerStart) = (U32(central[20..]), U32(central[24..]), U32(central[42..]));
        if (U16(central[34..]) != 0) throw file.Bad(place, "it stands in another part of the archive");
        ReadOnlySpan<byte> wide = default;
        bool found = false;
        while (extra.Length >= 4)
        {
            int length = U16(extra[2..]);
            if (length > extra.Length - 4) throw file.Bad(place, "its extra field is cut off");
            if (U16(extra) == Zip64Extra)
            {
                if (found) throw file.Bad(place, "it has two zip64 fields");
                found = true;
                wide = extra.Slice(4, length);
            }
            extra = extra[(4 + length)..];
        }
        ulong size64 = size == In64 ? Take(ref wide) : size;
        ulong packed64 = packed == In64 ? Take(ref wide) : packed;
        ulong start64 = headerStart == In64 ? Take(ref wide) : headerStart;
        return (packed64, size64, start64);

        ulong Take(ref ReadOnlySpan<byte> wide)
        {
            if (wide.Length < 8) throw file.Bad(place, "its zip64 numbers are missing");
            ulong value = U64(wide);
            wide = wide[8..];
            return value;
        }
    }

    private static TensorArchiveException CutOff(ArchiveBytes file) =>
        file.Bad(Directory, "it is not at the end of the file: the file is cut off, or something stands behind it", "download or copy the file again");

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
