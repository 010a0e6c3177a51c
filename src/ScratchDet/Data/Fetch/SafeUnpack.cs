using System.Formats.Tar;
using System.IO.Compression;
using ScratchDet.Torch;

namespace ScratchDet.Data.Fetch;

/// <summary>What an archive may become at most.</summary>
/// <param name="Bytes">Of all its files.</param>
/// <param name="Entries">Files and folders.</param>
public readonly record struct UnpackLimits(long Bytes, int Entries);

/// <summary>
/// Unpacks tar, tar.gz and zip, told apart by content. Taken are files and folders that stay inside; anything else (links,
/// devices, paths out of the folder, names that meet) ends the unpacking, since archives of data sets have none.
/// </summary>
public static class SafeUnpack
{
    private const int BufferBytes = 1 << 17;
    private const int FileKinds = 0xF000, RegularFile = 0x8000, Folder = 0x4000; // S_IFMT, S_IFREG, S_IFDIR of Unix

    /// <summary>Makes <paramref name="folder"/> from the archive; what an earlier, interrupted call left there is removed first.</summary>
    /// <param name="progress">Gets the bytes of the archive that are read.</param>
    /// <exception cref="BadInputException">Not such an archive, damaged, beyond the limits, or with an entry that is not taken.
    /// The folder is removed then.</exception>
    public static void Run(string archive, string folder, UnpackLimits limits, IProgress<FetchProgress>? progress = null, CancellationToken stop = default)
    {
        Remove(folder);
        Directory.CreateDirectory(folder);
        try
        {
            using FileStream stream = new(archive, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
            var work = new Unpacking(archive, folder, limits, () => Report(progress, archive, stream), stop);
            switch (KindOf(stream))
            {
                case Kind.Zip:
                    work.Zip(stream);
                    break;
                case Kind.GzippedTar:
                    using (var unzipped = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true)) work.Tar(unzipped);
                    break;
                case Kind.Tar:
                    work.Tar(stream);
                    break;
                default:
                    throw new BadInputException(archive, null, "is neither a tar nor a zip", "remove it and fetch it again");
            }
        }
        catch (Exception exception)
        {
            Remove(folder);
            if (exception is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
                throw new BadInputException(archive, null, $"is damaged ({exception.Message})", "remove it and fetch it again", exception);
            throw;
        }
    }

    internal static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static void Report(IProgress<FetchProgress>? progress, string archive, Stream stream)
    {
        if (stream.CanRead) progress?.Report(new($"unpacking {Path.GetFileName(archive)}", stream.Position, stream.Length, IsBytes: true));
    }

    private enum Kind
    {
        Unknown,
        Tar,
        GzippedTar,
        Zip,
    }

    private static Kind KindOf(FileStream stream)
    {
        const int markAt = 257;
        var head = new byte[markAt + 5];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (head is [0x1F, 0x8B, ..]) return Kind.GzippedTar;
        if (head is [(byte)'P', (byte)'K', 3 or 5, ..]) return Kind.Zip;
        return length == head.Length && head.AsSpan(markAt).SequenceEqual("ustar"u8) ? Kind.Tar : Kind.Unknown;
    }

    private sealed class Unpacking(string archive, string folder, UnpackLimits limits, Action report, CancellationToken stop)
    {
        private readonly ArchivePaths paths = new(archive);
        private readonly byte[] buffer = new byte[BufferBytes];
        private long bytesLeft = limits.Bytes;
        private int entriesLeft = limits.Entries;

        public void Tar(Stream stream)
        {
            using var reader = new TarReader(stream, leaveOpen: true);
            while (reader.GetNextEntry() is { } entry)
            {
                switch (entry.EntryType)
                {
                    case TarEntryType.GlobalExtendedAttributes:
                        break; // git writes the commit there
                    case TarEntryType.Directory:
                        MakeFolder(entry.Name);
                        break;
                    case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                        Write(entry.Name, entry.Length, entry.DataStream);
                        break;
                    default:
                        throw paths.Refuse(entry.Name, $"is no file and no folder but a {entry.EntryType}");
                }
            }
        }

        public void Zip(Stream stream)
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                // What made the zip on Unix wrote the kind of the file into the upper half; elsewhere that is 0.
                int kind = (entry.ExternalAttributes >>> 16) & FileKinds;
                bool isFolder = entry.FullName.EndsWith('/');
                if (kind is not (0 or RegularFile or Folder)) throw paths.Refuse(entry.FullName, "is no file and no folder but a link or a device");
                if (isFolder)
                {
                    MakeFolder(entry.FullName);
                    continue;
                }
                using Stream data = entry.Open();
                Write(entry.FullName, entry.Length, data, entry.Crc32);
            }
        }

        private void MakeFolder(string name)
        {
            CountEntry(name);
            Directory.CreateDirectory(Path.Combine(folder, paths.Take(name, isFolder: true)));
        }

        /// <param name="checksum">CRC-32 of the file, which a tar has not; .NET does not look at it.</param>
        private void Write(string name, long length, Stream? data, uint? checksum = null)
        {
            CountEntry(name);
            if (length > bytesLeft) throw paths.Refuse(name, $"with this file the archive has more than {limits.Bytes} bytes");
            bytesLeft -= length;
            string path = Path.Combine(folder, paths.Take(name, isFolder: false));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            long written = 0;
            uint sum = 0;
            while (data?.Read(buffer) is > 0 and var count)
            {
                stop.ThrowIfCancellationRequested();
                written += count;
                if (written > length) throw paths.Refuse(name, $"is longer than the {length} bytes that the archive says");
                file.Write(buffer.AsSpan(0, count));
                if (checksum is not null) sum = Crc32.Continue(sum, buffer.AsSpan(0, count));
            }
            if (written < length) throw paths.Refuse(name, $"has {written} of the {length} bytes that the archive says");
            // Also where a zip says that a file is shorter than what it holds: .NET stops there.
            if (checksum is not null && sum != checksum) throw paths.Refuse(name, "is damaged: its checksum is another one");
            report();
        }

        private void CountEntry(string name)
        {
            stop.ThrowIfCancellationRequested();
            if (--entriesLeft < 0) throw paths.Refuse(name, $"with this entry the archive has more than {limits.Entries}");
        }
    }
}
