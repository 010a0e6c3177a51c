using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Tests.Data.Fetch;

/// <summary>Makes archives in memory, and their descriptions.</summary>
internal static class Archives
{
    public static byte[] Tar(params IEnumerable<(string Name, byte[] Bytes)> files) =>
        Tar(writer =>
        {
            foreach ((string name, byte[] bytes) in files) AddFile(writer, name, bytes);
        });

    public static byte[] Tar(Action<TarWriter> fill)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true)) fill(writer);
        return stream.ToArray();
    }

    public static void AddFile(TarWriter writer, string name, byte[] bytes) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });

    public static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return stream.ToArray();
    }

    public static byte[] Zip(params IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    /// <summary>As GitHub packs a commit: a note of the commit, and all below one folder.</summary>
    public static byte[] GitHub(string top, params IEnumerable<(string Name, byte[] Bytes)> files) => Gzip(Tar(writer =>
    {
        writer.WriteEntry(new PaxGlobalExtendedAttributesTarEntry([new("comment", "0123456789abcdef0123456789abcdef01234567")]));
        writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, top + "/"));
        foreach ((string name, byte[] bytes) in files) AddFile(writer, $"{top}/{name}", bytes);
    }));

    public static PublishedArchive Describe(string name, byte[] bytes, string? sum = null) =>
        new(new RemoteFile(name, "http://127.0.0.1:1/" + name, bytes.Length, sum ?? Convert.ToHexStringLower(SHA256.HashData(bytes))), UnpackedBytes: 1_000_000, Entries: 100);

    public static FetchRequest Request(FetchServer server, string folder) => new(folder)
    {
        Mirror = server.Address,
        Download = new() { FruitlessAttempts = 2, FirstWait = TimeSpan.FromMilliseconds(1) },
    };

    /// <summary>All files below a folder, with slashes, in order.</summary>
    public static string[] FilesOf(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
