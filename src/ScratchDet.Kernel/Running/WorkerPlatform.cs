using System.Runtime.InteropServices;

namespace ScratchDet.Kernel.Running;

/// <summary>What the process that hosts a session needs of the operating system; does nothing where there is no such thing.</summary>
internal static partial class WorkerPlatform
{
    private const int SigKill = 9;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExecute = 1;
    private const string OutOfMemoryScore = "/proc/self/oom_score_adj";
    private const string FirstToGo = "1000";

    /// <summary>
    /// Makes this process the head of a group of its own: Ctrl-C at the terminal reaches the runner alone, and the group
    /// can be ended with everything that its cells have started.
    /// </summary>
    public static void LeadOwnGroup()
    {
        if (!OperatingSystem.IsWindows()) _ = setpgid(0, 0); // fails only for the head of a session, which has its group
    }

    /// <summary>When memory runs out, this process goes before the runner, which can then say which cell it was.</summary>
    public static void BeFirstWhenMemoryRunsOut()
    {
        if (!File.Exists(OutOfMemoryScore)) return;
        try
        {
            File.WriteAllText(OutOfMemoryScore, FirstToGo);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            System.Diagnostics.Trace.TraceWarning($"{OutOfMemoryScore}: {denied.Message}"); // the kernel then chooses by size, which is mostly the same
        }
    }

    /// <summary>Keeps a pipe of ours out of the programs that cells start: it would stay open as long as they live.</summary>
    public static void KeepFromChildren(SafeHandle pipe)
    {
        if (OperatingSystem.IsLinux()) _ = fcntl(pipe, SetDescriptorFlags, CloseOnExecute);
    }

    /// <summary>Native libraries keep what they print in a buffer when it goes to a pipe.</summary>
    public static void FlushNativeOutput()
    {
        if (!OperatingSystem.IsWindows()) _ = fflush(0);
    }

    /// <summary>Ends a process that leads its group, with the group.</summary>
    public static void KillGroup(int processId)
    {
        if (!OperatingSystem.IsWindows()) _ = kill(-processId, SigKill); // none left is what we want
    }

    /// <summary>Ends this process and its group at once, whatever its cells are doing.</summary>
    public static void KillOwnGroup()
    {
        if (!OperatingSystem.IsWindows()) _ = kill(0, SigKill);
        System.Diagnostics.Process.GetCurrentProcess().Kill();
    }

    [LibraryImport("libc")]
    private static partial int setpgid(int process, int group);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial int fcntl(SafeHandle descriptor, int command, int argument);

    [LibraryImport("libc")]
    private static partial int fflush(nint stream);
}
