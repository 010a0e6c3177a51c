using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models.Backbones;

/// <summary>conv, norm, ReLU, conv, norm, add, ReLU; a convolution with norm on the shortcut where the shape changes (ResNet, section 4).</summary>
public sealed class BasicBlock : Module<Tensor, Tensor>
{
    private readonly ConvNorm first;
    private readonly ConvNorm second;
    private readonly ConvNorm? shortcut;

    /// <param name="dilation">Of both 3x3.</param>
    public BasicBlock(long inChannels, long outChannels, long stride, NormLayerSpec norm, long dilation = 1)
        : base(nameof(BasicBlock))
    {
        first = new ConvNorm(inChannels, outChannels, 3, norm, stride, dilation, dilation);
        second = new ConvNorm(outChannels, outChannels, 3, norm, padding: dilation, dilation: dilation, rectify: false);
        shortcut = stride != 1 || inChannels != outChannels ? new ConvNorm(inChannels, outChannels, 1, norm, stride, rectify: false) : null;
        RegisterComponents();
    }

    /// <summary>A residual extra layer.</summary>
    internal BasicBlock(long inChannels, ExtraLayer extra, NormLayerSpec norm)
        : base(nameof(BasicBlock))
    {
        first = new ConvNorm(inChannels, extra.Bottleneck, extra.Kernel, norm, extra.Stride, extra.Padding);
        second = new ConvNorm(extra.Bottleneck, extra.Channels, 3, norm, padding: 1, rectify: false);
        if (!extra.KeepsSides)
            shortcut = new ConvNorm(inChannels, extra.Channels, extra.Kernel, norm, extra.Stride, extra.Padding, rectify: false);
        else if (extra.Stride != 1 || inChannels != extra.Channels)
            shortcut = new ConvNorm(inChannels, extra.Channels, 1, norm, extra.Stride, rectify: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor features)
    {
        using Tensor middle = first.call(features);
        Tensor result = second.call(middle);
        using Tensor? projected = shortcut?.call(features);
        return result.add_(projected ?? features).relu_();
    }
}

/// <summary>1x1 to a quarter of the channels, 3x3, 1x1 to all of them, each with norm; shortcut as in a basic block (ResNet, figure 5).</summary>
public sealed class BottleneckBlock : Module<Tensor, Tensor>
{
    /// <summary>Output channels for each channel of the 3x3.</summary>
    public const int Expansion = 4;

    private readonly ConvNorm first;
    private readonly ConvNorm second;
    private readonly ConvNorm third;
    private readonly ConvNorm? shortcut;

    /// <param name="width">Channels of the 3x3; the output has <see cref="Expansion"/> times as many.</param>
    /// <param name="strideOnFirst">True: the first 1x1 has the stride (the paper's, Caffe's); false: the 3x3 has it (torchvision's).</param>
    /// <param name="dilation">Of the 3x3.</param>
    /// <param name="alwaysProject">A convolution on the shortcut also where the shape does not change.</param>
    public BottleneckBlock(long inChannels, long width, long stride, NormLayerSpec norm, bool strideOnFirst = false, long dilation = 1, bool alwaysProject = false)
        : base(nameof(BottleneckBlock))
    {
        long outChannels = width * Expansion;
        first = new ConvNorm(inChannels, width, 1, norm, strideOnFirst ? stride : 1);
        second = new ConvNorm(width, width, 3, norm, strideOnFirst ? 1 : stride, dilation, dilation);
        third = new ConvNorm(width, outChannels, 1, norm, rectify: false);
        shortcut = alwaysProject || stride != 1 || inChannels != outChannels ? new ConvNorm(inChannels, outChannels, 1, norm, stride, rectify: false) : null;
        RegisterComponents();
    }

    /// <summary>DSSD's extra layer: first convolution and shortcut have the layer's kernel, stride and padding.</summary>
    internal BottleneckBlock(long inChannels, ExtraLayer extra, NormLayerSpec norm)
        : base(nameof(BottleneckBlock))
    {
        first = new ConvNorm(inChannels, extra.Bottleneck, extra.Kernel, norm, extra.Stride, extra.Padding);
        second = new ConvNorm(extra.Bottleneck, extra.Bottleneck, 3, norm, padding: 1);
        third = new ConvNorm(extra.Bottleneck, extra.Channels, 1, norm, rectify: false);
        shortcut = new ConvNorm(inChannels, extra.Channels, extra.Kernel, norm, extra.Stride, extra.Padding, rectify: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor features)
    {
        using Tensor narrow = first.call(features);
        using Tensor middle = second.call(narrow);
        Tensor result = third.call(middle);
        using Tensor? projected = shortcut?.call(features);
        return result.add_(projected ?? features).relu_();
    }
}

/// <summary>
/// norm, ReLU, conv, norm, ReLU, conv, add ("Identity Mappings in Deep Residual Networks", figure 1b) as ScratchDet's Caffe code
/// has it: where the shape changes, the shortcut is a 1x1 without norm on the rectified input. No convolution has a bias.
/// </summary>
public sealed class PreActivationBlock : Module<Tensor, Tensor>
{
    private readonly NormRectify? before;
    private readonly ConvNorm first;
    private readonly Conv2d second;
    private readonly Conv2d? shortcut;
    private readonly bool ends;

    /// <param name="normalizeInput">False: the input is normalised and rectified already (Root-ResNet-34's first block).</param>
    /// <param name="dilation">Of both 3x3.</param>
    /// <param name="ends">Nothing reads the sum, only the branch of <see cref="Split"/>; so there is no shortcut.</param>
    public PreActivationBlock(long inChannels, long outChannels, long stride, NormLayerSpec norm, bool normalizeInput = true, long dilation = 1, bool ends = false)
        : base(nameof(PreActivationBlock))
    {
        before = normalizeInput ? new NormRectify(inChannels, norm) : null;
        first = new ConvNorm(inChannels, outChannels, 3, norm, stride, dilation, dilation);
        second = Conv2d(outChannels, outChannels, 3, padding: dilation, dilation: dilation, bias: false);
        if (!ends && (stride != 1 || inChannels != outChannels)) shortcut = Conv2d(inChannels, outChannels, 1, stride, bias: false);
        this.ends = ends;
        RegisterComponents();
    }

    internal PreActivationBlock(long inChannels, ExtraLayer extra, NormLayerSpec norm, bool ends)
        : this(inChannels, extra.Channels, extra.Stride, norm, ends: ends)
    {
    }

    public override Tensor forward(Tensor features)
    {
        (Tensor branch, Tensor? sum) = Split(features);
        if (sum is null) return branch;
        branch.Dispose();
        return sum;
    }

    /// <summary>The second convolution's output, and its sum with the shortcut (null where nothing reads it). Both are the caller's.</summary>
    public (Tensor Branch, Tensor? Sum) Split(Tensor features)
    {
        using Tensor? normalized = before?.call(features);
        Tensor rectified = normalized ?? features;
        using Tensor middle = first.call(rectified);
        Tensor branch = second.call(middle);
        if (ends) return (branch, null);
        using Tensor? projected = shortcut?.call(rectified);
        return (branch, branch + (projected ?? features));
    }
}
