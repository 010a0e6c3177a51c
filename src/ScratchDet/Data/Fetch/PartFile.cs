namespace ScratchDet.Data.Fetch;

/// <summary>
/// The beginning of a file that is being downloaded, NAME.part, and in NAME.part.version the mark by which the server tells
/// one version of the file from another. It is held against other processes.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private readonly string path;
    private readonly string versionPath;
    private readonly FileStream stream;

    private PartFile(string path, FileStream stream)
    {
        (this.path, this.stream, versionPath) = (path, stream, path + ".version");
        stream.Seek(0, SeekOrigin.End);
        if (File.Exists(versionPath)) Version = File.ReadAllText(versionPath);
    }

    public long Length => stream.Position;

    /// <summary>An entity tag or a date of the server, as it sends them; null when it sends none.</summary>
    public string? Version { get; private set; }

    /// <exception cref="IOException">Another process holds it, or the place cannot be written.</exception>
    public static PartFile Open(string target)
    {
        string path = target + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            return new(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException exception) when (FileSharing.IsViolation(exception))
        {
            throw new IOException($"{path}: another process is writing this file; wait for it, or stop it", exception);
        }
    }

    /// <summary>Forgets what is there; what comes now is of that version.</summary>
    public void Restart(string? version)
    {
        stream.SetLength(0);
        stream.Position = 0;
        Version = version;
        if (version is null) File.Delete(versionPath);
        else AtomicFile.WriteText(versionPath, version);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) => stream.WriteAsync(bytes, stop);

    /// <summary>The stream, for reading from its beginning; writing goes on at its end.</summary>
    public Stream Rewound()
    {
        stream.Flush(flushToDisk: true);
        stream.Position = 0;
        return stream;
    }

    public void MoveTo(string target)
    {
        stream.Dispose();
        File.Move(path, target, overwrite: true);
        File.Delete(versionPath);
    }

    public void Remove()
    {
        stream.Dispose();
        File.Delete(path);
        File.Delete(versionPath);
    }

    /// <summary>Lets go of the part, which stays unless nothing has come.</summary>
    public void Dispose()
    {
        bool isEmpty = stream.CanRead && stream.Length == 0;
        stream.Dispose();
        if (isEmpty) Remove();
    }
}
