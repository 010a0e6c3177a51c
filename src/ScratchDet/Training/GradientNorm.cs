using ScratchDet.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Training;

/// <summary>
/// The L2 norm of the gradient over all parameters: the square root of the sum of squares, what Caffe's debug output
/// prints after a backward pass and ScratchDet's figure shows.
/// </summary>
public static class GradientNorm
{
    /// <summary>Parameters without a gradient count as zero.</summary>
    public static double L2(IReadOnlyList<Parameter> parameters)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        return gradients.Length == 0 ? 0 : TensorLists.NormL2(gradients).item<double>();
    }

    /// <summary>Cuts every value to [-limit, limit].</summary>
    public static void ClipValues(IReadOnlyList<Parameter> parameters, double limit)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor gradient in parameters.Select(parameter => parameter.grad).OfType<Tensor>())
            gradient.clamp_(-limit, limit);
    }

    /// <summary>Scales all gradients so that their norm is at most <paramref name="limit"/>.</summary>
    /// <param name="norm">Their norm now, from <see cref="L2"/>.</param>
    public static void Clip(IReadOnlyList<Parameter> parameters, double norm, double limit)
    {
        double factor = limit / (norm + 1e-6);
        if (!(factor < 1)) return;
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        TensorLists.Multiply([.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()], factor);
    }
}
