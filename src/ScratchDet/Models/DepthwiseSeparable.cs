using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>
/// A depthwise convolution (one filter for each channel), then a 1x1 over the channels: what MobileNets have in place of
/// a full convolution, for about an eighth of its cost (arXiv 1801.04381, section 3.1). Norm and ReLU6 behind each.
/// </summary>
public sealed class DepthwiseSeparable : Module<Tensor, Tensor>
{
    private readonly ConvNorm depthwise;
    private readonly ConvNorm pointwise;

    /// <param name="norm">Behind the depthwise convolution.</param>
    /// <param name="pointwiseNorm">Behind the 1x1.</param>
    /// <param name="rectify">Whether ReLU6 follows the 1x1 too; not where it predicts.</param>
    public DepthwiseSeparable(
        long inChannels, long outChannels, long kernel, NormLayerSpec norm, NormLayerSpec pointwiseNorm, long stride = 1, long padding = 1, bool rectify = true)
        : base(nameof(DepthwiseSeparable))
    {
        depthwise = new ConvNorm(inChannels, inChannels, kernel, norm, stride, padding, groups: inChannels, rectifier: RectifierKind.ReLU6);
        pointwise = new ConvNorm(inChannels, outChannels, 1, pointwiseNorm, rectify: rectify, rectifier: RectifierKind.ReLU6);
        RegisterComponents();
    }

    /// <summary>(N, in, H, W) -> (N, out, H', W').</summary>
    public override Tensor forward(Tensor features)
    {
        using Tensor filtered = depthwise.call(features);
        return pointwise.call(filtered);
    }
}
