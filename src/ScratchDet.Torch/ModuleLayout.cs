using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>Memory layout of a module's weights.</summary>
public static class ModuleLayout
{
    /// <summary>Lays the 4-d parameters out as channels last, in place: the parameter objects stay the same.</summary>
    public static void ToChannelsLast(this nn.Module module)
    {
        using IDisposable noGradient = no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in module.parameters())
        {
            if (parameter.ndim != 4 || parameter.IsChannelsLast()) continue;
            bool trained = parameter.requires_grad;
            Tensor laidOut = TensorSpans.ToChannelsLast(parameter);
            laidOut.requires_grad_(trained);
            parameter.ReplaceHandle(laidOut.MoveHandle());
        }
    }
}
