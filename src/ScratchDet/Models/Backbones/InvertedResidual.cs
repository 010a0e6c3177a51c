using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>
/// 1x1 that widens, depthwise 3x3 (norm and ReLU6 behind both), 1x1 that narrows (norm alone: a ReLU on few channels
/// loses what it cuts); the input is added where the shape stays (MobileNetV2, section 3.3 and table 1).
/// </summary>
public sealed class InvertedResidual : Module<Tensor, Tensor>
{
    private readonly ConvNorm? widen;
    private readonly ConvNorm filter;
    private readonly ConvNorm narrow;
    private readonly bool addsInput;

    /// <param name="expansion">1: nothing widens, and there is no first 1x1.</param>
    /// <param name="depthwise">Whether the 3x3 sees one channel at a time.</param>
    public InvertedResidual(long inChannels, long outChannels, int expansion, long stride, NormLayerSpec norm, bool depthwise = true)
        : base(nameof(InvertedResidual))
    {
        long wide = inChannels * expansion;
        widen = expansion == 1 ? null : new ConvNorm(inChannels, wide, 1, norm, rectifier: RectifierKind.ReLU6);
        filter = new ConvNorm(wide, wide, 3, norm, stride, padding: 1, groups: depthwise ? wide : 1, rectifier: RectifierKind.ReLU6);
        narrow = new ConvNorm(wide, outChannels, 1, norm, rectify: false);
        addsInput = stride == 1 && inChannels == outChannels;
        RegisterComponents();
    }

    public override Tensor forward(Tensor features)
    {
        Tensor wide = Widen(features);
        try
        {
            return Narrow(wide, features);
        }
        finally
        {
            if (!ReferenceEquals(wide, features)) wide.Dispose();
        }
    }

    /// <summary>(N, in, H, W) -> (N, expansion * in, H, W); the very input at an expansion of 1.</summary>
    internal Tensor Widen(Tensor features) => widen is null ? features : widen.call(features);

    /// <summary>The rest of the block: (N, expansion * in, H, W) -> (N, out, H / stride, W / stride).</summary>
    internal Tensor Narrow(Tensor wide, Tensor features)
    {
        using Tensor filtered = filter.call(wide);
        Tensor result = narrow.call(filtered);
        return addsInput ? result.add_(features) : result;
    }
}
