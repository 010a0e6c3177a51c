namespace ScratchDet.Cli.Machine;

/// <summary>NVIDIA's driver and its devices, as the system shows them without CUDA.</summary>
/// <param name="Driver">Driver version, or null without a driver.</param>
public sealed record GpuFacts(string? Driver, IReadOnlyList<string> Devices)
{
    public static GpuFacts Read()
    {
        const string folder = "/proc/driver/nvidia";
        if (File.Exists($"{folder}/version"))
        {
            string driver = DriverVersion(File.ReadAllText($"{folder}/version"));
            string[] devices = Directory.Exists($"{folder}/gpus")
                ? [.. Directory.EnumerateFiles($"{folder}/gpus", "information", SearchOption.AllDirectories).Order().Select(ModelIn)]
                : [];
            return new GpuFacts(driver, devices);
        }
        // Under WSL the driver has no /proc entry.
        string? line = ChildProcess.FirstLine(
            "nvidia-smi", ["--query-gpu=driver_version,name", "--format=csv,noheader"], TimeSpan.FromSeconds(5));
        return line?.Split(',', 2) is [var version, var name] ? new GpuFacts(version.Trim(), [name.Trim()]) : new GpuFacts(null, []);
    }

    /// <summary>The first word made of digits and dots in the driver's own description.</summary>
    internal static string DriverVersion(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(word => word.Contains('.') && word.All(letter => char.IsAsciiDigit(letter) || letter == '.'))
        ?? "unknown";

    private static string ModelIn(string file) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith("Model:", StringComparison.Ordinal))?["Model:".Length..].Trim() ?? "unknown";
}
