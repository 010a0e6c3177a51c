using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Training;

/// <summary>A second set of weights that follows the trained ones slowly. Buffers (running statistics) are taken as they are.</summary>
public sealed class ExponentialMovingAverage : IDisposable
{
    private readonly (string Name, TorchSharp.Modules.Parameter Parameter)[] parameters;
    private readonly Tensor[] averages;
    private readonly double decay;

    public ExponentialMovingAverage(Module module, double decay)
    {
        this.decay = decay;
        parameters = [.. module.named_parameters()];
        using IDisposable noGradient = no_grad();
        averages = [.. parameters.Select(parameter => parameter.Parameter.detach().clone().DetachFromDisposeScope())];
    }

    public IEnumerable<(string Name, Tensor Tensor)> Tensors => parameters.Select((parameter, i) => (parameter.Name, averages[i]));

    public void Update()
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < averages.Length; i++)
            averages[i].mul_(decay).add_(parameters[i].Parameter, 1 - decay);
    }

    /// <summary>Exchanges averages and weights; the second call restores them.</summary>
    public void Swap()
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < averages.Length; i++)
        {
            Tensor kept = averages[i].clone();
            averages[i].copy_(parameters[i].Parameter);
            parameters[i].Parameter.copy_(kept);
        }
    }

    /// <exception cref="KeyNotFoundException">A parameter has no average in <paramref name="source"/>.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> source)
    {
        using IDisposable noGradient = no_grad();
        for (int i = 0; i < averages.Length; i++) averages[i].copy_(source[parameters[i].Name]);
    }

    public void Dispose()
    {
        foreach (Tensor average in averages) average.Dispose();
    }
}
