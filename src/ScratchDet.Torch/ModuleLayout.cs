using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>The layout of a module's weights in memory.</summary>
public static class ModuleLayout
{
    /// <summary>
    /// Puts the channels of every weight of four dimensions side by side in memory, in place, with its gradient; the
    /// numbers stay. Convolutions then compute without reordering when their input has this layout too.
    /// </summary>
    public static T ToChannelsLast<T>(this T module)
        where T : nn.Module
    {
        using IDisposable withoutGradients = no_grad();
        foreach (Parameter parameter in module.parameters())
        {
            if (parameter.Dimensions != 4 || parameter.IsChannelsLast()) continue;
            bool requiresGradient = parameter.requires_grad;
            using Tensor? gradient = parameter.grad;
            parameter.ReplaceHandle(parameter.ToChannelsLast().MoveHandle());
            if (requiresGradient) parameter.requires_grad_();
            if (gradient is null) continue;
            using Tensor changed = gradient.ToChannelsLast();
            parameter.grad = changed;
        }
        return module;
    }
}
