using ScratchDet.Runs;
using ScratchDet.Torch;
using ScratchDet.Torch.Cuda;
using ScratchDet.Torch.Interop;
using static TorchSharp.torch;

namespace ScratchDet.Cli.Machine;

/// <summary>What the libtorch that was really loaded says of itself.</summary>
/// <param name="CpuCapability">The instruction set of its own kernels, such as AVX2 or AVX512.</param>
/// <param name="Bf16Pays">Whether training here runs in bfloat16 by itself: the processor computes it in hardware.</param>
/// <param name="Threads">Threads of one operator, when --threads says nothing.</param>
public sealed record LiveLibtorch(string Version, string CpuCapability, bool Bf16Pays, int Threads, IReadOnlyList<string> CudaDevices)
{
    /// <exception cref="DllNotFoundException">The bridge or a library behind it cannot be loaded.</exception>
    public static LiveLibtorch Read()
    {
        TorchLibraries.Load();
        List<string> devices = [];
        for (int index = 0; index < cuda.device_count(); index++)
        {
            CudaDeviceDescription device = CudaMemory.Describe(index);
            devices.Add(FormattableString.Invariant($"{device.Name}, {device.TotalBytes / (double)(1L << 30):0.0} GiB, compute capability {device.CapabilityMajor}.{device.CapabilityMinor}"));
        }
        return new LiveLibtorch(TorchLibraries.Version, TorchSettings.CpuCapability, TorchSettings.Bf16Pays(CPU), StudyRunner.DefaultThreads, devices);
    }
}
