using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Ends a kernel whose Jupyter has died: nobody could end it any more.</summary>
internal static partial class ParentWatch
{
    private const string ParentVariable = "JPY_PARENT_PID";
    private const int Init = 1;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Looks once a second until <paramref name="stop"/>; does nothing where Jupyter did not say who it is.</summary>
    public static void Start(Action parentDied, CancellationToken stop)
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(ParentVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int parent) || parent <= Init) return;
        // Our parent, unless a script stands between us and Jupyter. A dead parent's child gets another one at once, also
        // while the dead one's entry in the process table is still there.
        bool isOurs = !OperatingSystem.IsWindows() && ParentProcess() == parent;
        new Thread(() =>
        {
            while (!stop.WaitHandle.WaitOne(Interval))
            {
                if (isOurs ? ParentProcess() == parent : IsAlive(parent)) continue;
                parentDied();
                return;
            }
        })
        { IsBackground = true, Name = "parent watch" }.Start();
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentProcess();
}
