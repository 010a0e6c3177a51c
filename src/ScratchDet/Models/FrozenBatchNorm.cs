using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>
/// Batch normalisation that never changes: statistics, scale and shift are buffers, equal in training and testing
/// (torchvision's ops.FrozenBatchNorm2d, the same names). As built it is the identity, but for epsilon.
/// </summary>
public sealed class FrozenBatchNorm : Module<Tensor, Tensor>
{
    private readonly double epsilon;

    // The names of the fields are the names of the buffers in files.
    private readonly Tensor weight;
    private readonly Tensor bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;

    public FrozenBatchNorm(long channels, double epsilon)
        : base(nameof(FrozenBatchNorm))
    {
        this.epsilon = epsilon;
        (weight, bias) = (ones(channels), zeros(channels));
        (running_mean, running_var) = (zeros(channels), ones(channels));
        RegisterComponents();
    }

    /// <summary>(N, C, H, W) -> (N, C, H, W).</summary>
    public override Tensor forward(Tensor features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scale = weight * (running_var + epsilon).rsqrt(); // (C)
        Tensor shift = bias - running_mean * scale;
        return (features * scale.view(1, -1, 1, 1) + shift.view(1, -1, 1, 1)).MoveToOuterDisposeScope();
    }
}
