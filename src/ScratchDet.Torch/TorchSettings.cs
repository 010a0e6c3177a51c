using ScratchDet.Torch.Cuda;
using ScratchDet.Torch.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>What libtorch says of itself for the whole process, and what this processor is good at.</summary>
public static class TorchSettings
{
    /// <summary>Handles to native tensors that are alive now, in all threads.</summary>
    public static long LiveTensors => Bridge.sd_live_tensors();

    /// <summary>The instruction set that libtorch's own kernels use here, such as AVX2, AVX512 or DEFAULT.</summary>
    public static string CpuCapability => ReadCpuCapability(TorchLibraries.BuildConfiguration);

    /// <summary>
    /// Whether bfloat16 is computed by hardware on this device: avx512_bf16 or amx_bf16 on the CPU, compute capability
    /// 8.0 (Ampere) on CUDA. Elsewhere it is emulated and slower than float32.
    /// </summary>
    public static bool Bf16Pays(Device device) => device.type switch
    {
        DeviceType.CPU => File.Exists("/proc/cpuinfo") && HasBf16Instructions(File.ReadLines("/proc/cpuinfo")),
        DeviceType.CUDA => CudaMemory.Describe(Math.Max(device.index, 0)).CapabilityMajor >= 8,
        _ => false,
    };

    internal static string ReadCpuCapability(string buildConfiguration)
    {
        const string Label = "CPU capability usage:";
        foreach (ReadOnlySpan<char> line in buildConfiguration.EnumerateLines())
        {
            int found = line.IndexOf(Label, StringComparison.Ordinal);
            if (found >= 0) return line[(found + Label.Length)..].Trim().ToString();
        }
        return "unknown";
    }

    internal static bool HasBf16Instructions(IEnumerable<string> cpuInformation)
    {
        foreach (string line in cpuInformation)
        {
            if (!line.StartsWith("flags", StringComparison.Ordinal)) continue;
            string[] flags = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ');
            return flags.Contains("avx512_bf16") || flags.Contains("amx_bf16");
        }
        return false;
    }
}
