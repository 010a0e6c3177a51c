using ScratchDet.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Training;

/// <summary>Names the place where numbers stopped being finite.</summary>
public static class NonFiniteLayer
{
    /// <summary>
    /// The first parameter that is not finite, or else the first layer whose output is not when the batch is run again;
    /// "loss" when both are finite and only the loss overflowed.
    /// </summary>
    public static string Find(Detector detector, Func<RawDetections> forward)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Parameter parameter) in detector.named_parameters())
        {
            if (!parameter.isfinite().all().item<bool>()) return name;
        }
        string? found = null;
        List<IDisposable> hooks = [];
        foreach ((string name, Module part) in detector.named_modules())
        {
            if (part is not Module<Tensor, Tensor> layer || layer.named_children().Any()) continue;
            hooks.Add(LayerHook.OnOutput(layer, output =>
            {
                if (found is null && !output.isfinite().all().item<bool>()) found = name;
            }));
        }
        using RawDetections raw = forward();
        foreach (IDisposable hook in hooks) hook.Dispose();
        return found ?? "loss";
    }

    /// <summary>The first parameter whose gradient is not finite; "gradient norm" when only the sum of squares overflowed.</summary>
    public static string FindGradient(Detector detector)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Parameter parameter) in detector.named_parameters())
        {
            if (parameter.grad is { } gradient && !gradient.isfinite().all().item<bool>()) return name;
        }
        return "gradient norm";
    }
}
