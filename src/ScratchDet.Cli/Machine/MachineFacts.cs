using System.Globalization;
using System.Runtime.InteropServices;

namespace ScratchDet.Cli.Machine;

/// <summary>What is here, read from the system without loading libtorch.</summary>
/// <param name="MemoryBytes">Memory that this process may use (a container's limit counts).</param>
/// <param name="FreeMemoryBytes">What the kernel says is available now, or null where it does not say.</param>
/// <param name="FreeDiskBytes">Free space where the checkout lies.</param>
/// <param name="Python">Version of the python3 on PATH, or null.</param>
/// <param name="Jupyter">Path of the `jupyter` on PATH, or null.</param>
/// <param name="MallocTunables">GLIBC_TUNABLES of this process; the entry script sets it for large tensors.</param>
public sealed record MachineFacts(
    string System,
    string Dotnet,
    CpuFacts Cpu,
    GpuFacts Gpu,
    long MemoryBytes,
    long? FreeMemoryBytes,
    long FreeDiskBytes,
    string? Python,
    string? Jupyter,
    string? MallocTunables)
{
    public static MachineFacts Read() => new(
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        CpuFacts.Read(),
        GpuFacts.Read(),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        ReadFreeMemory(),
        new DriveInfo(Repository.FindRoot() ?? Environment.CurrentDirectory).AvailableFreeSpace,
        ChildProcess.FirstLine("python3", ["--version"], TimeSpan.FromSeconds(5)),
        ChildProcess.FindOnPath("jupyter"),
        Environment.GetEnvironmentVariable("GLIBC_TUNABLES"));

    private static long? ReadFreeMemory()
    {
        const string key = "MemAvailable:";
        if (!File.Exists("/proc/meminfo"))
            return null;
        string? line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        // "MemAvailable:   12345 kB"
        return line?[key.Length..].Trim().Split(' ') is [var kilobytes, ..]
            ? long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024
            : null;
    }
}
