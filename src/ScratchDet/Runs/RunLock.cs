namespace ScratchDet.Runs;

/// <summary>A run is being written by another process.</summary>
public sealed class RunLockedException(string folder, Exception inner)
    : IOException($"{folder} is being written by another process; wait for it, or stop it", inner);

/// <summary>
/// Keeps two processes from writing the same run: an open file that admits nobody else. The system lets go of it when
/// the process ends in whatever way, so a crash leaves no lock behind; the file itself stays and means nothing.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private const string FileName = ".lock";

    // A reader that looks whether the run is alive holds the file for an instant; a writer waits that long.
    private const int Attempts = 20;
    private const int WaitMilliseconds = 15;

    private readonly FileStream stream;

    private RunLock(FileStream stream) => this.stream = stream;

    /// <exception cref="RunLockedException">Another process holds it.</exception>
    public static RunLock Acquire(string folder)
    {
        Directory.CreateDirectory(folder);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new RunLock(new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException held) when (FileSharing.IsViolation(held))
            {
                if (attempt == Attempts) throw new RunLockedException(folder, held);
                Thread.Sleep(WaitMilliseconds);
            }
        }
    }

    /// <summary>Whether a process is writing the run now.</summary>
    public static bool IsHeld(string folder)
    {
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file)) return false;
        try
        {
            using var probe = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException held) when (FileSharing.IsViolation(held))
        {
            return true;
        }
    }

    public void Dispose() => stream.Dispose();
}
