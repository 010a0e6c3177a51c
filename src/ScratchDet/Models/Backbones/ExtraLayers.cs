using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>Runs the extra layers one behind the other and collects their outputs.</summary>
internal sealed class ExtraLayers : Module<Tensor, Tensor[]>
{
    private readonly TorchSharp.Modules.ModuleList<Module<Tensor, Tensor>> layers = new();
    private readonly int count;

    /// <exception cref="ArgumentException">The first kernel of a plain layer is even, or a pre-activation block's is not 3x3.</exception>
    public ExtraLayers(long inChannels, IReadOnlyList<ExtraLayer> specs, NormLayerSpec norm)
        : base(nameof(ExtraLayers))
    {
        count = specs.Count;
        for (int k = 0; k < count; k++)
        {
            ExtraLayer spec = specs[k];
            switch (spec.Kind)
            {
                case ExtraLayerKind.Residual:
                    layers.Add(new BasicBlock(inChannels, spec, norm));
                    break;
                case ExtraLayerKind.PreActivation:
                    if ((spec.Kernel, spec.Padding) != (3, 1)) throw new ArgumentException($"extra layer {spec}: a pre-activation block has kernel 3 and padding 1", nameof(specs));
                    layers.Add(new PreActivationBlock(inChannels, spec, norm, ends: k == count - 1));
                    break;
                case ExtraLayerKind.Bottleneck:
                    layers.Add(new BottleneckBlock(inChannels, spec, norm));
                    break;
                case ExtraLayerKind.DepthwiseSeparable:
                    layers.Add(new SeparableExtra(inChannels, spec, norm));
                    break;
                case ExtraLayerKind.Dense or ExtraLayerKind.NormFirst:
                    layers.Add(new DenseExtra(inChannels, spec, norm));
                    break;
                default:
                    if (spec.BottleneckKernel % 2 == 0) throw new ArgumentException($"the first kernel of extra layer {spec} is {spec.BottleneckKernel}; it must be odd", nameof(specs));
                    layers.Add(new ConvNorm(inChannels, spec.Bottleneck, spec.BottleneckKernel, norm, padding: spec.BottleneckKernel / 2));
                    layers.Add(new ConvNorm(spec.Bottleneck, spec.Channels, spec.Kernel, norm, spec.Stride, spec.Padding));
                    break;
            }
            inChannels = spec.Channels;
        }
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor features)
    {
        var maps = new Tensor[count];
        Tensor input = features;
        Tensor? sum = null; // what the next layer reads where that is no detection map
        int next = 0;
        for (int k = 0; k < count; k++)
        {
            Tensor? before = sum;
            sum = null;
            switch (layers[next++])
            {
                case PreActivationBlock block:
                    (maps[k], sum) = block.Split(input);
                    break;
                case ConvNorm narrowing:
                    using (Tensor narrow = narrowing.call(input)) maps[k] = layers[next++].call(narrow);
                    break;
                case var block:
                    maps[k] = block.call(input);
                    break;
            }
            before?.Dispose();
            input = sum ?? maps[k];
        }
        sum?.Dispose();
        return maps;
    }
}
