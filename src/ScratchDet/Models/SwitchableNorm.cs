using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>
/// Switchable normalisation (Luo et al., arXiv 1806.10779, section 2.2): mean and variance are mixtures, with learned
/// softmax weights of their own, of the statistics of one channel of one image (instance norm), of one image (layer norm)
/// and of one channel over the batch (batch norm; its running average in testing).
/// </summary>
public sealed class SwitchableNorm : Module<Tensor, Tensor>
{
    private readonly double epsilon;
    private readonly double momentum;

    // The names of the fields are the names in files; those of the reference implementation.
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Parameter mean_weight;
    private readonly Parameter var_weight;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;

    /// <param name="momentum">Share of the new batch in the running statistics.</param>
    public SwitchableNorm(long channels, double epsilon, double momentum)
        : base(nameof(SwitchableNorm))
    {
        (this.epsilon, this.momentum) = (epsilon, momentum);
        (weight, bias) = (Parameter(ones(channels)), Parameter(zeros(channels)));
        (mean_weight, var_weight) = (Parameter(ones(3)), Parameter(ones(3)));
        (running_mean, running_var) = (zeros(channels), ones(channels));
        RegisterComponents();
    }

    /// <summary>(N, C, H, W) -> (N, C, H, W).</summary>
    public override Tensor forward(Tensor features)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] space = [2, 3];
        Tensor instanceMean = features.mean(space, keepdim: true); // (N, C, 1, 1)
        Tensor instanceVariance = features.var(space, unbiased: false, keepdim: true);
        Tensor instanceSquares = instanceVariance + instanceMean.square(); // mean of the squares
        Tensor layerMean = instanceMean.mean([1], keepdim: true); // (N, 1, 1, 1)
        Tensor layerVariance = instanceSquares.mean([1], keepdim: true) - layerMean.square();
        (Tensor batchMean, Tensor batchVariance) = BatchStatistics(instanceMean, instanceSquares);

        Tensor forMean = mean_weight.softmax(0), forVariance = var_weight.softmax(0); // (3): instance, layer, batch
        Tensor mean = forMean[0] * instanceMean + forMean[1] * layerMean + forMean[2] * batchMean; // (N, C, 1, 1)
        Tensor variance = forVariance[0] * instanceVariance + forVariance[1] * layerVariance + forVariance[2] * batchVariance;
        Tensor scale = weight.view(1, -1, 1, 1) * (variance + epsilon).rsqrt();
        return (features * scale + (bias.view(1, -1, 1, 1) - mean * scale)).MoveToOuterDisposeScope();
    }

    /// <summary>(1, C, 1, 1) each: of the batch while training, which also goes into the running average; else the average.</summary>
    private (Tensor Mean, Tensor Variance) BatchStatistics(Tensor instanceMean, Tensor instanceSquares)
    {
        if (!training) return (running_mean.view(1, -1, 1, 1), running_var.view(1, -1, 1, 1));
        Tensor mean = instanceMean.mean([0], keepdim: true);
        Tensor variance = instanceSquares.mean([0], keepdim: true) - mean.square();
        using (no_grad())
        {
            running_mean.mul_(1 - momentum).add_(mean.detach().flatten() * momentum);
            running_var.mul_(1 - momentum).add_(variance.detach().flatten() * momentum);
        }
        return (mean, variance);
    }
}
