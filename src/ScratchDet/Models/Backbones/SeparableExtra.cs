using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>SSDLite's extra layer; see <see cref="ExtraLayerKind.DepthwiseSeparable"/>.</summary>
internal sealed class SeparableExtra : Module<Tensor, Tensor>
{
    private readonly ConvNorm narrow;
    private readonly DepthwiseSeparable separable;

    public SeparableExtra(long inChannels, ExtraLayer spec, NormLayerSpec norm)
        : base(nameof(SeparableExtra))
    {
        narrow = new ConvNorm(inChannels, spec.Bottleneck, 1, norm, rectifier: RectifierKind.ReLU6);
        separable = new DepthwiseSeparable(spec.Bottleneck, spec.Channels, spec.Kernel, norm, norm, spec.Stride, spec.Padding);
        RegisterComponents();
    }

    public override Tensor forward(Tensor features)
    {
        using Tensor few = narrow.call(features);
        return separable.call(few);
    }
}
