using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>How convolution weights start. Biases start at 0, norms at scale 1 and shift 0.</summary>
public enum InitKind
{
    /// <summary>Uniform within sqrt(6 / (fan in + fan out)): Glorot's, torchvision's and mmdetection's "Xavier".</summary>
    Xavier,

    /// <summary>Uniform within sqrt(3 / fan in): what Caffe calls "xavier"; all of the reference SSD and ScratchDet.</summary>
    CaffeXavier,

    /// <summary>Normal with deviation sqrt(2 / fan in) (He et al.): the safer start for a net without norm.</summary>
    Msra,

    /// <summary>Normal with deviation 0.01: the reference's head when it has batch norm.</summary>
    Gaussian001,
}

/// <summary>Draws start weights from a generator that is passed in.</summary>
public static class Initialization
{
    /// <summary>Fills every convolution under <paramref name="module"/>, in the order of its named modules.</summary>
    public static void Apply(Module module, InitKind kind, Generator generator)
    {
        using IDisposable noGradient = no_grad();
        foreach ((string _, Module part) in module.named_modules())
        {
            if (part is not Convolution convolution) continue;
            long area = convolution.kernel_size[0] * convolution.kernel_size[1];
            double fanIn = area * convolution.in_channels / (double)convolution.groups;
            double fanOut = area * convolution.out_channels / (double)convolution.groups;
            Tensor weight = convolution.weight!;
            switch (kind)
            {
                case InitKind.Xavier:
                    Uniform(weight, Math.Sqrt(6 / (fanIn + fanOut)), generator);
                    break;
                case InitKind.CaffeXavier:
                    Uniform(weight, Math.Sqrt(3 / fanIn), generator);
                    break;
                case InitKind.Msra:
                    weight.normal_(0, Math.Sqrt(2 / fanIn), generator);
                    break;
                case InitKind.Gaussian001:
                    weight.normal_(0, 0.01, generator);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(kind));
            }
            convolution.bias?.zero_();
        }
    }

    private static void Uniform(Tensor weight, double limit, Generator generator) => weight.uniform_(-limit, limit, generator);
}
