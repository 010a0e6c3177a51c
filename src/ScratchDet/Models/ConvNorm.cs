using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>Convolution, norm (when there is one; the convolution then has no bias), ReLU (when asked for).</summary>
public sealed class ConvNorm : Module<Tensor, Tensor>
{
    private readonly Conv2d convolution;
    private readonly Module<Tensor, Tensor>? norm;
    private readonly bool rectify;
    private readonly bool standardize;

    public ConvNorm(long inChannels, long outChannels, long kernel, NormLayerSpec norm, long stride = 1, long padding = 0, long dilation = 1, bool rectify = true)
        : base(nameof(ConvNorm))
    {
        convolution = Conv2d(inChannels, outChannels, kernel, stride, padding, dilation, bias: norm.Kind == NormKind.None);
        this.norm = Norm.Create(norm, outChannels);
        (this.rectify, standardize) = (rectify, norm.StandardizeWeights);
        RegisterComponents();
    }

    internal Conv2d Convolution => convolution;

    /// <summary>(N, in, H, W) -> (N, out, H', W').</summary>
    public override Tensor forward(Tensor features)
    {
        Tensor result = standardize ? Standardized(features) : convolution.call(features);
        if (norm is not null)
        {
            // libtorch 1.13's group norm wants input and weights of one type; under autocast the input is bfloat16.
            using Tensor raw = norm is BatchNorm2d ? result : result.to(ScalarType.Float32, disposeAfter: true);
            result = norm.call(raw);
        }
        return rectify ? result.relu_() : result;
    }

    /// <summary>With weights of mean 0 and deviation 1 over each filter (weight standardisation, equations 4 to 6).</summary>
    private Tensor Standardized(Tensor features)
    {
        const double Epsilon = 1e-5;
        using DisposeScope scope = NewDisposeScope();
        long[] filter = [1, 2, 3];
        Tensor centered = convolution.weight! - convolution.weight!.mean(filter, keepdim: true);
        Tensor weight = centered / (centered.square().mean(filter, keepdim: true) + Epsilon).sqrt();
        return functional.conv2d(features, weight, null, convolution.stride, convolution.padding, convolution.dilation, convolution.groups).MoveToOuterDisposeScope();
    }
}
