using ScratchDet.Torch.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>Operations over whole lists of tensors in one call each.</summary>
public static class TensorLists
{
    /// <summary>The L2 norm over all elements of all tensors, a float64 scalar: square root of the sum of squares.</summary>
    public static Tensor NormL2(Tensor[] tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] norms = Operators._foreach_norm_Scalar.CallForList(tensors, 2.0);
        return stack(norms).to(ScalarType.Float64).norm().MoveToOuterDisposeScope();
    }

    /// <summary>Multiplies every element of every tensor in place.</summary>
    public static void Multiply(Tensor[] tensors, double factor) => Operators._foreach_mul__Scalar.Run(tensors, factor);
}
