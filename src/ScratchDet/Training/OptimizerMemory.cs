using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Training;

/// <summary>The momentum buffers of SGD, by parameter.</summary>
internal sealed class OptimizerMemory
{
    private readonly Dictionary<Parameter, SGD.State> stateByParameter = new(ReferenceEqualityComparer.Instance);

    public OptimizerMemory(SGD optimizer)
    {
        foreach ((Parameter parameter, OptimizerState state) in optimizer.parameters().Zip(optimizer.state_dict().State))
            stateByParameter.Add(parameter, (SGD.State)state);
    }

    /// <summary>Null before the first step, and for a parameter that is not trained.</summary>
    public Tensor? MomentumOf(Parameter parameter) => stateByParameter.GetValueOrDefault(parameter)?.momentum_buffer;

    public void SetMomentum(Parameter parameter, Tensor momentum)
    {
        SGD.State state = stateByParameter[parameter];
        state.momentum_buffer?.Dispose();
        // Laid out as the parameter is (channels last), which is what the foreach operators are fast on.
        using Tensor values = parameter.detach();
        state.momentum_buffer = values.clone().copy_(momentum).DetachFromDisposeScope();
    }
}
