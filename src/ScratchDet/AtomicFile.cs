namespace ScratchDet;

/// <summary>
/// Writes files that are either the old one or the new one, whole: a temporary file in the same folder is written,
/// flushed to the disk, and moved over the target.
/// </summary>
public static class AtomicFile
{
    private const string TemporarySuffix = ".tmp";
    private static long lastTemporary;

    /// <summary>Lets <paramref name="write"/> fill the file; makes its folder when that is missing.</summary>
    /// <exception cref="IOException">The disk is full, or the place cannot be written. The target is untouched then, and
    /// no temporary file stays; so it is when <paramref name="write"/> itself throws.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(target) ?? throw new IOException($"{path} is not a file name");
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Environment.ProcessId}-{Interlocked.Increment(ref lastTemporary)}{TemporarySuffix}");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    public static void Write(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));

    /// <summary>UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Removes the temporary files that processes left in a folder when they were killed. For folders that the caller
    /// alone writes to.
    /// </summary>
    public static void RemoveLeftovers(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, $".*{TemporarySuffix}"))
            File.Delete(file);
    }

    // The first failure is the one to report; one on top of it, while clearing up, would hide it.
    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception secondary) when (secondary is IOException or UnauthorizedAccessException)
        {
            System.Diagnostics.Trace.TraceWarning($"{temporary} could not be removed: {secondary.Message}");
        }
    }
}
