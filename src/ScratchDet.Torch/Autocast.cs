using ScratchDet.Torch.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>
/// Automatic mixed precision (Micikevicius et al. 2018): within the scope libtorch runs convolutions and products in
/// the lower type and keeps losses and norms in float32. State of the thread, as in PyTorch; dispose on the same thread.
/// </summary>
public sealed class Autocast : IDisposable
{
    private readonly DeviceType deviceType;
    private readonly bool previouslyEnabled;
    private readonly int previousType;
    private bool disposed;

    private Autocast(DeviceType deviceType, ScalarType type, bool enabled)
    {
        this.deviceType = deviceType;
        Bridge.Check(Bridge.sd_autocast_get((int)deviceType, out int wasEnabled, out previousType));
        previouslyEnabled = wasEnabled != 0;
        Bridge.Check(Bridge.sd_autocast_set((int)deviceType, enabled ? 1 : 0, enabled ? (int)type : previousType));
        Bridge.sd_autocast_nest(1);
    }

    /// <summary>Switches autocast on for one kind of device until the result is disposed.</summary>
    /// <param name="deviceType">CPU or CUDA.</param>
    /// <param name="type">BFloat16; on CUDA Float16 too, which needs a scaled loss.</param>
    /// <param name="enabled">False switches it off within an outer scope.</param>
    /// <exception cref="ArgumentException">libtorch has no autocast for that device and type.</exception>
    public static Autocast Enter(DeviceType deviceType, ScalarType type, bool enabled = true)
    {
        bool possible = deviceType == DeviceType.CUDA ? type is ScalarType.BFloat16 or ScalarType.Float16
            : deviceType == DeviceType.CPU && type == ScalarType.BFloat16;
        if (enabled && !possible) throw new ArgumentException($"autocast to {type} on {deviceType} is not supported; use BFloat16 on the CPU, BFloat16 or Float16 on CUDA");
        return new Autocast(deviceType, type, enabled);
    }

    /// <summary>Whether autocast is on for this thread, and to which type.</summary>
    public static (bool Enabled, ScalarType Type) Current(DeviceType deviceType)
    {
        Bridge.Check(Bridge.sd_autocast_get((int)deviceType, out int enabled, out int type));
        return (enabled != 0, (ScalarType)type);
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        // The cache holds the weights in the lower type; it must not outlive the outermost scope, where weights change.
        if (Bridge.sd_autocast_nest(-1) == 0) Bridge.sd_autocast_clear_cache();
        Bridge.Check(Bridge.sd_autocast_set((int)deviceType, previouslyEnabled ? 1 : 0, previousType));
    }
}
