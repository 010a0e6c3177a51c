using System.Text;

namespace ScratchDet.Data;

/// <summary>Writes a whole file or nothing: a temporary name in the same folder, flushed to disk, then moved.</summary>
internal static class AtomicFile
{
    public static void Write(string path, string text)
    {
        string temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
