using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ScratchDet.Runs;

/// <summary>Where and with what a run was made: <c>environment.json</c>. What is not known is null.</summary>
/// <param name="Commit">Of the kit's sources.</param>
/// <param name="Cores">Logical processors that this process may use.</param>
/// <param name="Threads">That libtorch computes with.</param>
/// <param name="Device"><c>cpu</c>, or the name of the GPU.</param>
public sealed record RunEnvironment(
    DateTimeOffset Date,
    string KitVersion,
    string? Commit,
    string CpuModel,
    int Cores,
    int Threads,
    string Os,
    string LibtorchVersion,
    string Device,
    IReadOnlyList<string> CommandLine)
{
    /// <summary>The times that the run was continued after an interruption, oldest first.</summary>
    public IReadOnlyList<RunContinuation> Continued { get; init; } = [];

    /// <summary>Describes this machine and process.</summary>
    public static RunEnvironment Describe(
        string libtorchVersion, int threads, string device, string? commit, IReadOnlyList<string> commandLine, TimeProvider clock) =>
        new(
            Date: clock.GetUtcNow(),
            KitVersion: typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            Commit: commit,
            CpuModel: ReadCpuModel(),
            Cores: Environment.ProcessorCount,
            Threads: threads,
            Os: RuntimeInformation.OSDescription,
            LibtorchVersion: libtorchVersion,
            Device: device,
            CommandLine: commandLine);

    /// <summary>"2 cores of an Intel(R) Xeon(R), 2 threads, cpu, libtorch 1.13.1".</summary>
    [JsonIgnore]
    public string MachineText => $"{Cores} cores of {CpuModel}, {Threads} threads, {Device}, libtorch {LibtorchVersion}";

    private static string ReadCpuModel()
    {
        const string LinuxCpuInfo = "/proc/cpuinfo";
        if (File.Exists(LinuxCpuInfo))
        {
            foreach (string line in File.ReadLines(LinuxCpuInfo))
                if (line.StartsWith("model name", StringComparison.Ordinal) && line.IndexOf(':') is > 0 and var colon)
                    return line[(colon + 1)..].Trim();
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}

/// <summary>One continuation of an interrupted run.</summary>
/// <param name="FromStep">The step of the checkpoint.</param>
public sealed record RunContinuation(DateTimeOffset Date, long FromStep, string KitVersion, string? Commit, string Machine);
