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
    private readonly NormRectify before;
    private readonly Conv2d convolution;
    private readonly bool standardize;

    public NormConv(long inChannels, long outChannels, long kernel, NormLayerSpec norm, long stride = 1, long padding = 0)
        : base(nameof(NormConv))
    {
        before = new NormRectify(inChannels, norm);
        convolution = Conv2d(inChannels, outChannels, kernel, stride, padding, bias: norm.Kind == NormKind.None);
        standardize = norm.StandardizeWeights;
        RegisterComponents();
    }

    internal Conv2d Convolution => convolution;

    /// <summary>(N, in, H, W) -> (N, out, H', W'). The input stays as it is.</summary>
    public override Tensor forward(Tensor features)
    {
        using Tensor active = before.call(features);
        return standardize ? ConvNorm.Standardized(convolution, active) : convolution.call(active);
    }
}
