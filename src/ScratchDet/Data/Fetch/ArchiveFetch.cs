namespace ScratchDet.Data.Fetch;

/// <summary>An archive of a publisher, and what it becomes.</summary>
/// <param name="UnpackedBytes">About; three times as many are refused.</param>
/// <param name="Entries">About, files and folders; three times as many are refused.</param>
public sealed record PublishedArchive(RemoteFile File, long UnpackedBytes, int Entries)
{
    internal UnpackLimits Limits => new(3 * UnpackedBytes, 3 * Entries);
}

/// <summary>Downloads archives into one working folder and unpacks them there, beside what they become part of.</summary>
internal sealed class ArchiveFetch : IDisposable
{
    private readonly FetchRequest request;
    private readonly string work;
    private readonly FileStream held;
    private readonly Download download;

    /// <param name="work">Downloads and what is being unpacked; removed at the end, unless archives are kept.</param>
    /// <param name="madeBytes">What is made of the unpacked files while they are there, about.</param>
    /// <exception cref="IOException">There is no room for all of it, or another process fetches the same.</exception>
    public ArchiveFetch(FetchRequest request, string work, IReadOnlyList<PublishedArchive> archives, long madeBytes = 0)
    {
        (this.request, this.work) = (request, work);
        held = Hold(work);
        try
        {
            // What a call that was cut off had unpacked is unpacked anew: it makes room first.
            foreach (PublishedArchive archive in archives) SafeUnpack.Remove(Unpacked(archive));
            IEnumerable<long> missing = archives.Select(archive => Math.Max(0, archive.File.AboutBytes - Present(archive)));
            DiskSpace.Require(
                work, request.KeepArchives ? missing.Sum() : missing.DefaultIfEmpty().Max(), archives.Sum(archive => archive.UnpackedBytes) + madeBytes, request.FreeBytes);
        }
        catch
        {
            held.Dispose();
            throw;
        }
        download = new(request.Download, request.Note);
    }

    /// <summary>Fetches an archive, unpacks it, and hands the folder with its contents to <paramref name="use"/>.</summary>
    public async Task UseAsync(PublishedArchive archive, Action<string> use, CancellationToken stop)
    {
        string target = Target(archive), folder = Unpacked(archive);
        string sum = await download.FetchAsync(archive.File, request.Mirror, target, request.Progress, stop).ConfigureAwait(false);
        if (archive.File.Sha256 is null) request.Note?.Invoke($"{archive.File.Name}: sha256 {sum}; none is published");
        try
        {
            SafeUnpack.Run(target, folder, archive.Limits, request.Progress, stop);
            use(folder);
        }
        catch (BadInputException) when (archive.File.Sha256 is null)
        {
            File.Delete(target); // the next call shall not find the same again
            throw;
        }
        finally
        {
            SafeUnpack.Remove(folder);
        }
        if (!request.KeepArchives) File.Delete(target);
    }

    public void Dispose()
    {
        download.Dispose();
        held.Dispose();
        if (Directory.Exists(work) && !Directory.EnumerateFileSystemEntries(work).Any()) Directory.Delete(work);
    }

    /// <summary>Two processes would unpack into the same folder.</summary>
    private static FileStream Hold(string work)
    {
        Directory.CreateDirectory(work);
        try
        {
            return new FileStream(Path.Combine(work, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (FileSharing.IsViolation(exception))
        {
            throw new IOException($"{work}: another process is fetching this data set; wait for it, or stop it", exception);
        }
    }

    private string Target(PublishedArchive archive) => Path.Combine(work, archive.File.Name);

    private string Unpacked(PublishedArchive archive) => Target(archive) + ".unpacked";

    private long Present(PublishedArchive archive)
    {
        string[] files = [Target(archive), Target(archive) + ".part"];
        return files.Where(File.Exists).Sum(file => new FileInfo(file).Length);
    }
}
