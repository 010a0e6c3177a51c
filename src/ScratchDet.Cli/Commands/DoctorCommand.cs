using System.CommandLine;
using System.Globalization;
using ScratchDet.Cli.Machine;

namespace ScratchDet.Cli.Commands;

/// <summary>`doctor`: what is here, which libtorch is used and why, and what stands in the way.</summary>
internal static class DoctorCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new ExampleCommand(
            "doctor",
            "Show what is here: libtorch and why this one, torchvision, processor, memory, GPU; exit code 1 on a problem",
            "./scratchdet doctor",
            "LIBTORCH=/opt/libtorch ./scratchdet doctor --json")
        {
            json,
        };
        command.Does((parsed, _) =>
        {
            DoctorReport report = DoctorReport.Make(Path.Combine(Repository.Root, ".build", "native"));
            if (parsed.GetValue(json))
                terminal.WriteJson(report);
            else
                Write(report, terminal.Output);
            return report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static void Write(DoctorReport report, TextWriter output)
    {
        void Line(string name, string? value) => output.WriteLine($"{name,-14}{value ?? "none"}");

        Line("scratchdet", report.Version);
        Line("libtorch", report.Libtorch is { } torch ? $"{torch.Version} in {torch.Root}{(torch.Cuda ? ", with CUDA" : ", CPU only")}" : null);
        Line("  chosen", report.Libtorch is { } chosen ? $"{chosen.Source}: {chosen.Reason}" : null);
        Line("  bridge", report.Bridge);
        Line("  operators", report.Libtorch?.Torchvision.Ops);
        Line("  images", report.Libtorch?.Torchvision.Image);
        if (report.Live is { } live)
        {
            Line("  computes", $"{live.CpuCapability} kernels, {live.Threads} threads, {(live.Bf16Pays ? "bfloat16 in hardware" : "float32 (no bfloat16 hardware)")}");
            Line("  CUDA", live.CudaDevices.Count == 0 ? "no device" : string.Join("; ", live.CudaDevices));
        }
        MachineFacts machine = report.Machine;
        Line("system", machine.System);
        Line(".NET", machine.Dotnet);
        Line("processor", $"{machine.Cpu.Model}, {machine.Cpu.Cores} cores");
        Line("  has", string.Join(", ", machine.Cpu.Flags.Select(flag => flag.Value ? flag.Key : $"no {flag.Key}")));
        Line("GPU driver", machine.Gpu.Driver is { } driver ? $"NVIDIA {driver}: {string.Join(", ", machine.Gpu.Devices)}" : null);
        Line("memory", $"{Gibibytes(machine.MemoryBytes)}{(machine.FreeMemoryBytes is { } free ? $", {Gibibytes(free)} free" : "")}");
        Line("disk", $"{Gibibytes(machine.FreeDiskBytes)} free");
        Line("malloc", machine.MallocTunables);
        Line("Python", machine.Python);
        Line("Jupyter", machine.Jupyter);
        foreach (string problem in report.Problems)
            output.WriteLine($"problem: {problem}");
    }

    private static string Gibibytes(long bytes) => (bytes / (double)(1L << 30)).ToString("0.0", CultureInfo.InvariantCulture) + " GiB";
}
