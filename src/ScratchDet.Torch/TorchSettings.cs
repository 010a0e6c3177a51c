using ScratchDet.Torch.Cuda;
using ScratchDet.Torch.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>Switches of libtorch that hold for the whole process, and what this processor is good at.</summary>
public static class TorchSettings
{
    private static bool deterministic;
    private static bool cudnnBenchmark;
    private static bool flushDenormal;
    private static bool? allowTf32;

    /// <summary>Asks for algorithms that repeat bit for bit; libtorch warns on standard error where it has none.</summary>
    public static bool Deterministic
    {
        get => deterministic;
        set
        {
            Bridge.Check(Bridge.sd_set_deterministic(value ? 1 : 0));
            deterministic = value;
        }
    }

    /// <summary>Lets cuDNN time its algorithms for each new shape and keep the fastest: for inputs of one size; not repeatable.</summary>
    public static bool CudnnBenchmark
    {
        get => cudnnBenchmark;
        set
        {
            Bridge.Check(Bridge.sd_set_cudnn_benchmark(value ? 1 : 0));
            cudnnBenchmark = value;
        }
    }

    /// <summary>TF32 for products and convolutions on CUDA. Null until set: libtorch's own choice, which is convolutions only.</summary>
    public static bool? AllowTf32
    {
        get => allowTf32;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Bridge.Check(Bridge.sd_set_allow_tf32(value.Value ? 1 : 0));
            allowTf32 = value;
        }
    }

    /// <summary>Takes numbers too small to be normal as zero: faster at the end of a training. Holds for the calling thread.</summary>
    public static bool FlushDenormal
    {
        get => flushDenormal;
        set
        {
            Bridge.Check(Bridge.sd_set_flush_denormal(value ? 1 : 0));
            flushDenormal = value;
        }
    }

    /// <summary>Threads that one operator may use on the CPU.</summary>
    public static int Threads
    {
        get => get_num_threads();
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            set_num_threads(value);
        }
    }

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
