using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>Norm (when there is one), then ReLU, in front of a convolution instead of behind it.</summary>
public sealed class NormRectify : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor>? norm;

    public NormRectify(long channels, NormLayerSpec norm)
        : base(nameof(NormRectify))
    {
        this.norm = Norm.Create(norm, channels);
        RegisterComponents();
    }

    /// <summary>(N, C, H, W) -> (N, C, H, W); the input stays as it is.</summary>
    public override Tensor forward(Tensor features)
    {
        if (norm is null) return features.relu();
        if (norm is BatchNorm2d) return norm.call(features).relu_();
        using Tensor raw = features.to(ScalarType.Float32); // libtorch 1.13's other norms want input and weights of one type
        return norm.call(raw).relu_();
    }
}
