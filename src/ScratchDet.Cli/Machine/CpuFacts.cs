namespace ScratchDet.Cli.Machine;

/// <summary>The processor, as far as it decides the speed of training.</summary>
/// <param name="Cores">Cores that this process may use.</param>
/// <param name="Flags">Instruction sets that matter to convolutions, and whether they are there.</param>
public sealed record CpuFacts(string Model, int Cores, IReadOnlyDictionary<string, bool> Flags)
{
    /// <summary>avx2: baseline; avx512: wider; avx512_bf16 and amx_bf16: bf16 training pays.</summary>
    private static readonly (string Name, string KernelName)[] Relevant =
        [("avx2", "avx2"), ("avx512", "avx512f"), ("avx512_bf16", "avx512_bf16"), ("amx", "amx_bf16")];

    public static CpuFacts Read() => Parse(File.Exists("/proc/cpuinfo") ? File.ReadAllText("/proc/cpuinfo") : "");

    /// <summary>Reads the kernel's /proc/cpuinfo; unknown fields give "unknown" and no flags.</summary>
    public static CpuFacts Parse(string cpuInfo)
    {
        string model = "unknown";
        HashSet<string> present = [];
        foreach (ReadOnlySpan<char> line in cpuInfo.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon < 0)
                continue;
            ReadOnlySpan<char> name = line[..colon].Trim();
            if (name is "model name")
                model = line[(colon + 1)..].Trim().ToString();
            else if (name is "flags" or "Features")
            {
                present = [.. line[(colon + 1)..].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)];
                break;
            }
        }
        return new CpuFacts(model, Environment.ProcessorCount, Relevant.ToDictionary(flag => flag.Name, flag => present.Contains(flag.KernelName)));
    }
}
