using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ScratchDet.Data.Fetch;

/// <summary>
/// One commit of a repository, as GitHub packs it. The packing may change from day to day, so that the archive has no fixed
/// sum; what it holds has.
/// </summary>
/// <param name="Commit">The full id.</param>
/// <param name="ContentSha256">See <see cref="ContentSum"/>; null for one that is not known.</param>
/// <param name="AboutBytes">Of the archive.</param>
/// <param name="UnpackedBytes">About.</param>
/// <param name="Entries">About, files and folders.</param>
public sealed record GitHubArchive(
    string Owner, string Repository, string Commit, string? ContentSha256, long AboutBytes, long UnpackedBytes, int Entries)
{
    private const int HashBufferBytes = 1 << 17;

    /// <summary>"github.com/owner/repository @ commit", for people.</summary>
    public string Source => $"github.com/{Owner}/{Repository} @ {Commit}";

    internal PublishedArchive Archive => new(
        new RemoteFile($"{Repository}-{Commit}.tar.gz", $"https://codeload.github.com/{Owner}/{Repository}/tar.gz/{Commit}") { AboutBytes = AboutBytes },
        UnpackedBytes, Entries);

    /// <summary>The folder of the repository in an unpacked archive.</summary>
    /// <exception cref="BadInputException">It is another commit, or its content is not the known one.</exception>
    internal string FolderIn(string unpacked, CancellationToken stop)
    {
        string expected = $"{Repository}-{Commit}";
        string[] entries = [.. Directory.EnumerateFileSystemEntries(unpacked).Select(entry => Path.GetFileName(entry))];
        if (entries is not [var only] || only != expected)
            throw new BadInputException(Archive.File.Name, null, $"is not the archive of {Source}: it holds {string.Join(", ", entries.Take(3))}, expected the folder {expected}", "try again, or use another --mirror");
        string folder = Path.Combine(unpacked, expected);
        string sum = ContentSum(folder, stop);
        return ContentSha256 is null || sum == ContentSha256
            ? folder
            : throw new BadInputException(Archive.File.Name, null, $"has another content than {Source}: its sum is {sum}, expected {ContentSha256}", "try again, or use another --mirror");
    }

    /// <summary>
    /// The SHA-256 over all files of a folder in the ordinal order of their paths, each as its path in UTF-8, a zero byte, its
    /// length in decimal, a zero byte, and its bytes.
    /// </summary>
    public static string ContentSum(string folder, CancellationToken stop = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HashBufferBytes];
        string[] paths = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))];
        Array.Sort(paths, StringComparer.Ordinal);
        foreach (string path in paths)
        {
            stop.ThrowIfCancellationRequested();
            using FileStream file = new(Path.Combine(folder, path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}\0{file.Length}\0")));
            while (file.Read(buffer) is > 0 and var count) hash.AppendData(buffer.AsSpan(0, count));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
