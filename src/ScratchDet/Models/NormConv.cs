using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>
/// Norm of the input (when there is one), ReLU, convolution: pre-activation, as in DenseNet and DSOD. What comes out is
/// neither normalised nor rectified. The convolution has a bias where there is no norm, as in <see cref="ConvNorm"/>.
/// </summary>
public sealed class NormConv : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor>? norm;
    private readonly Conv2d convolution;
    private readonly bool standardize;

    public NormConv(long inChannels, long outChannels, long kernel, NormLayerSpec norm, long stride = 1, long padding = 0)
        : base(nameof(NormConv))
    {
        this.norm = Norm.Create(norm, inChannels);
        convolution = Conv2d(inChannels, outChannels, kernel, stride, padding, bias: norm.Kind == NormKind.None);
        standardize = norm.StandardizeWeights;
        RegisterComponents();
    }

    /// <summary>(N, in, H, W) -> (N, out, H', W'). The input stays as it is.</summary>
    public override Tensor forward(Tensor features)
    {
        using Tensor active = Activate(features);
        return standardize ? ConvNorm.Standardized(convolution, active) : convolution.call(active);
    }

    private Tensor Activate(Tensor features)
    {
        if (norm is null) return features.relu();
        if (norm is BatchNorm2d) return norm.call(features).relu_();
        using Tensor single = features.to(ScalarType.Float32); // see ConvNorm
        return norm.call(single).relu_();
    }
}
