using System.Globalization;

namespace ScratchDet.Data.Fetch;

/// <summary>Whether there is room, asked before a download begins and not when it has failed.</summary>
public static class DiskSpace
{
    /// <summary>Bytes that are free where the folder is, or would be.</summary>
    public static long Free(string folder)
    {
        string? existing = Path.GetFullPath(folder);
        while (existing is not null && !Directory.Exists(existing)) existing = Path.GetDirectoryName(existing);
        return new DriveInfo(existing ?? folder).AvailableFreeSpace;
    }

    /// <exception cref="IOException">There is less.</exception>
    public static void Require(string folder, long download, long unpacked, Func<string, long> free)
    {
        long available = free(folder);
        if (download + unpacked <= available) return;
        throw new IOException(
            $"{folder}: {Size(download + unpacked)} are needed ({Size(download)} to download, {Size(unpacked)} unpacked) and {Size(available)} are free; free some space or choose another place");
    }

    /// <summary>"815.6 MB", "19.3 GB"; of a thousand each.</summary>
    public static string Size(long bytes) => bytes >= 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
