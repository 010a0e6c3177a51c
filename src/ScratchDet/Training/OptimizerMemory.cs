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

    /// <summary>Null before the first step.</summary>
    public Tensor? MomentumOf(Parameter parameter) => stateByParameter[parameter].momentum_buffer;

    /// <summary>
    /// Gives every parameter a momentum to be filled, by the parameter's name: on its device and in its memory layout, as
    /// the first step would make it.
    /// </summary>
    public Dictionary<string, Tensor> EmptyMomenta(nn.Module module)
    {
        var momenta = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            SGD.State state = stateByParameter[parameter];
            state.momentum_buffer?.Dispose();
            state.momentum_buffer = zeros_like(parameter).DetachFromDisposeScope();
            momenta.Add(name, state.momentum_buffer);
        }
        return momenta;
    }
}
