using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Training;

/// <summary>The momentum buffers of SGD, by parameter.</summary>
internal static class OptimizerMemory
{
    /// <summary>Null before the first step.</summary>
    public static Tensor? MomentumOf(SGD optimizer, Parameter parameter) =>
        optimizer._state.TryGetValue(parameter.Handle, out OptimizerState? state) ? ((SGD.State)state).momentum_buffer : null;

    public static void SetMomentum(SGD optimizer, Parameter parameter, Tensor momentum)
    {
        var state = (SGD.State)optimizer._state[parameter.Handle];
        state.momentum_buffer?.Dispose();
        state.momentum_buffer = momentum.to(parameter.device).DetachFromDisposeScope();
    }
}
