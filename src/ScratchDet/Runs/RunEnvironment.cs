using System.Globalization;
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
    /// <summary>What the convolutions computed in: <c>float32</c>, <c>bfloat16</c>.</summary>
    public string? Precision { get; init; }

    /// <summary><c>channels first</c> or <c>channels last</c>.</summary>
    public string? MemoryLayout { get; init; }

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

    /// <summary>"2 cores of an Intel(R) Xeon(R), 2 threads, cpu, float32, channels first, libtorch 1.13.1".</summary>
    [JsonIgnore]
    public string MachineText => $"{Cores} cores of {CpuModel}, {Threads} {(Threads == 1 ? "thread" : "threads")}, {Device}, {(Precision is null ? "" : $"{Precision}, {MemoryLayout}, ")}libtorch {LibtorchVersion}";

    /// <summary>
    /// What a continuation on this machine does in another way than the run did before, so that the rest of the run has
    /// other bits than it would have had; null when nothing is known to differ.
    /// </summary>
    internal string? DifferenceFrom(RunEnvironment first)
    {
        RunContinuation? last = first.Continued.LastOrDefault();
        string[] differences = [.. new[]
        {
            Difference("threads", (last is null ? first.Threads : last.Threads)?.ToString(CultureInfo.InvariantCulture), Threads.ToString(CultureInfo.InvariantCulture)),
            Difference("precision", last is null ? first.Precision : last.Precision, Precision),
            Difference("memory layout", last is null ? first.MemoryLayout : last.MemoryLayout, MemoryLayout),
        }.OfType<string>()];
        return differences.Length == 0 ? null : string.Join("; ", differences);

        static string? Difference(string what, string? before, string? now) =>
            before is null || now is null || before == now ? null : $"{what} {before} before, {now} now";
    }

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
public sealed record RunContinuation(
    DateTimeOffset Date, long FromStep, string KitVersion, string? Commit, string Machine,
    int? Threads = null, string? Precision = null, string? MemoryLayout = null);
