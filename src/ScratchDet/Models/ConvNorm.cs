using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>What follows a convolution and its norm, where something does.</summary>
public enum RectifierKind
{
    ReLU,

    /// <summary>A ReLU that ends at 6: MobileNet's.</summary>
    ReLU6,
}

/// <summary>Convolution, norm (when there is one; the convolution then has no bias), ReLU (when asked for).</summary>
public sealed class ConvNorm : Module<Tensor, Tensor>
{
    private readonly Conv2d convolution;
    private readonly Module<Tensor, Tensor>? norm;
    private readonly bool rectify;
    private readonly bool standardize;
    private readonly RectifierKind rectifier;

    /// <param name="groups">Each group of outputs sees its share of the inputs alone; as many as channels: depthwise.</param>
    /// <param name="rectifier">Which one, if <paramref name="rectify"/>.</param>
    public ConvNorm(
        long inChannels, long outChannels, long kernel, NormLayerSpec norm, long stride = 1, long padding = 0, long dilation = 1, bool rectify = true,
        long groups = 1, RectifierKind rectifier = RectifierKind.ReLU)
        : base(nameof(ConvNorm))
    {
        convolution = Conv2d(inChannels, outChannels, kernel, stride, padding, dilation, groups: groups, bias: norm.Kind == NormKind.None);
        this.norm = Norm.Create(norm, outChannels);
        (this.rectify, this.rectifier, standardize) = (rectify, rectifier, norm.StandardizeWeights);
        RegisterComponents();
    }

    internal Conv2d Convolution => convolution;

    /// <summary>(N, in, H, W) -> (N, out, H', W').</summary>
    public override Tensor forward(Tensor features)
    {
        Tensor result = standardize ? Standardized(convolution, features) : convolution.call(features);
        if (norm is not null)
        {
            // libtorch 1.13's group norm wants input and weights of one type; under autocast the input is bfloat16.
            using Tensor raw = norm is BatchNorm2d ? result : result.to(ScalarType.Float32, disposeAfter: true);
            result = norm.call(raw);
        }
        if (!rectify) return result;
        return rectifier == RectifierKind.ReLU6 ? result.relu6_() : result.relu_();
    }

    /// <summary>With weights of mean 0 and deviation 1 over each filter (weight standardisation, equations 4 to 6).</summary>
    internal static Tensor Standardized(Conv2d convolution, Tensor features)
    {
        const double Epsilon = 1e-5;
        using DisposeScope scope = NewDisposeScope();
        long[] filter = [1, 2, 3];
        Tensor centered = convolution.weight! - convolution.weight!.mean(filter, keepdim: true);
        Tensor weight = centered / (centered.square().mean(filter, keepdim: true) + Epsilon).sqrt();
        return functional.conv2d(features, weight, null, convolution.stride, convolution.padding, convolution.dilation, convolution.groups).MoveToOuterDisposeScope();
    }
}
