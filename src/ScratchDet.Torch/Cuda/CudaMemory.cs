using System.Runtime.InteropServices;
using System.Text;
using ScratchDet.Torch.Interop;
using TorchSharp;

namespace ScratchDet.Torch.Cuda;

/// <summary>One CUDA device as its driver describes it.</summary>
/// <param name="Name">Such as "NVIDIA H200".</param>
/// <param name="TotalBytes">Memory of the device.</param>
/// <param name="CapabilityMajor">Compute capability, the number before the dot.</param>
public readonly record struct CudaDeviceDescription(string Name, long TotalBytes, int CapabilityMajor, int CapabilityMinor);

/// <summary>Figures of libtorch's caching allocator. Every method throws <see cref="ExternalException"/> without a CUDA device.</summary>
public static class CudaMemory
{
    private static bool allocatorStarted;

    /// <summary>Bytes that tensors occupy now.</summary>
    public static long Allocated(int deviceIndex = 0) => Figures(deviceIndex).Allocated;

    /// <summary>The most bytes that tensors have occupied since the start or the last <see cref="ResetPeak"/>.</summary>
    public static long PeakAllocated(int deviceIndex = 0) => Figures(deviceIndex).PeakAllocated;

    /// <summary>Bytes taken from the driver, used or kept for reuse.</summary>
    public static long Reserved(int deviceIndex = 0) => Figures(deviceIndex).Reserved;

    public static void ResetPeak(int deviceIndex = 0)
    {
        RequireAllocator(deviceIndex);
        Bridge.Check(Bridge.sd_cuda_reset_peak(deviceIndex));
    }

    /// <summary>Gives kept but unused memory of all devices back to the driver.</summary>
    public static void EmptyCache()
    {
        RequireAllocator(0);
        Bridge.Check(Bridge.sd_cuda_empty_cache());
    }

    public static unsafe CudaDeviceDescription Describe(int deviceIndex = 0)
    {
        RequireDevice(deviceIndex);
        const int NameCapacity = 256; // sizeof(cudaDeviceProp.name)
        byte* name = stackalloc byte[NameCapacity];
        Bridge.Check(Bridge.sd_cuda_device_name(deviceIndex, name, NameCapacity, out long totalBytes, out int major, out int minor));
        ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        return new CudaDeviceDescription(Encoding.UTF8.GetString(text), totalBytes, major, minor);
    }

    private static (long Allocated, long PeakAllocated, long Reserved) Figures(int deviceIndex)
    {
        RequireAllocator(deviceIndex);
        Bridge.Check(Bridge.sd_cuda_memory(deviceIndex, out long allocated, out long peakAllocated, out long reserved));
        return (allocated, peakAllocated, reserved);
    }

    /// <summary>The allocator has no figures before the first tensor on the device; an empty one takes no memory.</summary>
    private static void RequireAllocator(int deviceIndex)
    {
        RequireDevice(deviceIndex);
        if (allocatorStarted) return;
        torch.empty(0, device: new torch.Device(deviceIndex)).Dispose();
        allocatorStarted = true;
    }

    private static void RequireDevice(int deviceIndex)
    {
        int count = Bridge.sd_cuda_device_count();
        if (deviceIndex < 0 || deviceIndex >= count)
            throw new ExternalException(count == 0 ? "no CUDA device" : $"no CUDA device {deviceIndex}: there are {count}");
    }
}
