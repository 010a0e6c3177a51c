using ScratchDet.Models;
using TorchSharp.Modules;

namespace ScratchDet.Training;

/// <summary>Sorts the parameters that are trained into optimizer groups by decay and rate; with equal treatment there is one group.</summary>
public static class ParameterGroups
{
    /// <summary>A parameter of one dimension is a bias or belongs to a norm; biases are those named so.</summary>
    public static (SGD.ParamGroup Group, double RateMultiplier)[] For(Detector detector, TrainSpec spec)
    {
        var sorted = new SortedDictionary<(double Decay, double Multiplier), List<Parameter>>();
        foreach ((string name, Parameter parameter) in detector.named_parameters())
        {
            if (!parameter.requires_grad) continue;
            bool small = parameter.ndim == 1;
            bool convolutionBias = small && name.EndsWith("convolution.bias", StringComparison.Ordinal);
            double decay = small && !spec.DecayBiasAndNorm ? 0 : spec.WeightDecay;
            double multiplier = convolutionBias ? spec.BiasRateMultiplier : 1;
            if (!sorted.TryGetValue((decay, multiplier), out List<Parameter>? list)) sorted[(decay, multiplier)] = list = [];
            list.Add(parameter);
        }
        return [.. sorted.Select(pair => (
            new SGD.ParamGroup(pair.Value, spec.LearningRate * pair.Key.Multiplier, spec.Momentum, 0, pair.Key.Decay, spec.Nesterov),
            pair.Key.Multiplier))];
    }
}
