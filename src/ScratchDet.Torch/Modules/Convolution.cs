using ScratchDet.Torch.Interop;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>What all convolutions share: sizes, weights and their initialisation.</summary>
public abstract class Convolution : Module<Tensor, Tensor>
{
    private Parameter weightParameter = null!;
    private Parameter? biasParameter;
    private long[] paddingSizes;
    private Padding? paddingName;

    protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding,
        Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode,
        Device? device = null, ScalarType? dtype = null)
        : base(name)
    {
        if (groups < 1 || in_channels % groups != 0) throw new ArgumentException($"{in_channels} input channels cannot be divided into {groups} groups");
        if (out_channels % groups != 0) throw new ArgumentException($"{out_channels} output channels cannot be divided into {groups} groups");
        if (padding_type == Padding.Same && stride.Any(step => step != 1)) throw new ArgumentException("padding 'same' needs stride 1");
        (this.in_channels, this.out_channels, this.groups, this.transposed) = (in_channels, out_channels, groups, transposed);
        (this.kernel_size, this.stride, this.dilation, this.output_padding) = (kernel_size, stride, dilation, output_padding);
        (paddingSizes, paddingName, this.padding_mode) = (padding, padding_type, padding_mode);
        long[] leading = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
        weight = new Parameter(empty([.. leading, .. kernel_size], dtype, device));
        this.bias = bias ? new Parameter(empty([out_channels], dtype, device)) : null;
        reset_parameters();
    }

    public long in_channels { get; }

    public long out_channels { get; }

    public long[] kernel_size { get; set; }

    public long[] stride { get; set; }

    public long[] padding => paddingSizes;

    /// <summary>Not null when the padding was given by name.</summary>
    public Padding? padding_type => paddingName;

    public long[] dilation { get; set; }

    public long[] output_padding { get; set; }

    public long groups { get; set; }

    public bool transposed { get; }

    public PaddingModes padding_mode { get; set; }

    /// <summary>[out, in / groups, kernel...], for a transposed convolution [in, out / groups, kernel...].</summary>
    public Parameter weight
    {
        get => weightParameter;
        set => ConditionallyRegisterParameter(nameof(weight), weightParameter = value);
    }

    /// <summary>[out], or null.</summary>
    public Parameter? bias
    {
        get => biasParameter;
        set => ConditionallyRegisterParameter(nameof(bias), biasParameter = value);
    }

    public void SetPadding(long[] padding) => (paddingSizes, paddingName) = (padding, null);

    public void SetPadding(Padding padding) => paddingName = padding;

    /// <summary>PyTorch's: weights uniform in +-1/sqrt(fan in) (Kaiming with a = sqrt(5)), biases likewise; from the default generator.</summary>
    public void reset_parameters()
    {
        init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (bias is not null) init.UniformByFanIn(bias, weight);
    }

    /// <summary>Zeros to add before and after each spatial dimension, the last dimension first, as <c>pad</c> takes them.</summary>
    private protected long[] PaddingAround()
    {
        int dimensions = kernel_size.Length;
        var around = new long[2 * dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            int place = 2 * (dimensions - 1 - i);
            long total = paddingName switch
            {
                null => 2 * paddingSizes[i],
                Padding.Same => dilation[i] * (kernel_size[i] - 1),
                _ => 0,
            };
            (around[place], around[place + 1]) = (total / 2, total - (total / 2));
        }
        return around;
    }
}

/// <summary>What all transposed convolutions share.</summary>
public abstract class ConvolutionTranspose : Convolution
{
    protected ConvolutionTranspose(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding,
        Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode,
        Device? device = null, ScalarType? dtype = null)
        : base(name, in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, transposed, output_padding, groups, bias,
            padding_mode, device, dtype)
    {
        if (padding_mode != PaddingModes.Zeros) throw new ArgumentException("a transposed convolution pads with zeros only", nameof(padding_mode));
    }

    public override Tensor forward(Tensor input) => forward(input, null);

    /// <param name="output_size">Height and width wanted, where the stride leaves a choice; null for the smallest.</param>
    public abstract Tensor forward(Tensor input, long[]? output_size);

    /// <summary>What must be added at the end of each dimension for the output to have the size wanted.</summary>
    protected long[] _output_padding(Tensor input, long[]? output_size, long[] kernel_size, long[] stride, long[] padding, long[] dilation, long num_spatial_dims)
    {
        if (output_size is null) return output_padding;
        var added = new long[num_spatial_dims];
        for (int i = 0; i < added.Length; i++)
        {
            long wanted = output_size[output_size.Length - added.Length + i];
            long smallest = ((input.size(i - added.Length) - 1) * stride[i]) - (2 * padding[i]) + (dilation[i] * (kernel_size[i] - 1)) + 1;
            added[i] = wanted - smallest;
            if (added[i] < 0 || added[i] >= stride[i])
                throw new ArgumentException($"an output size of {wanted} in dimension {i}; {smallest} to {smallest + stride[i] - 1} are possible", nameof(output_size));
        }
        return added;
    }
}

public class Conv2d : Convolution
{
    internal Conv2d(long inChannels, long outChannels, long[] kernelSize, long[] stride, long[] padding, Padding? paddingType, long[] dilation,
        PaddingModes paddingMode, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv2d), inChannels, outChannels, kernelSize, stride, padding, paddingType, dilation, false, [0, 0], groups, bias, paddingMode,
            device, dtype)
    {
    }

    /// <param name="input">[batch, in_channels, height, width].</param>
    public override Tensor forward(Tensor input)
    {
        if (padding_mode is not (PaddingModes.Zeros or PaddingModes.Constant))
        {
            using Tensor padded = functional.pad(input, PaddingAround(), padding_mode);
            return functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups);
        }
        return padding_type is { } byName
            ? Operators.conv2d_padding.Call(input, weight, bias, stride, byName == Padding.Same ? "same" : "valid", dilation, groups)
            : functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
    }
}

public class ConvTranspose2d : ConvolutionTranspose
{
    internal ConvTranspose2d(long inChannels, long outChannels, long[] kernelSize, long[] stride, long[] padding, long[] outputPadding,
        long[] dilation, PaddingModes paddingMode, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(ConvTranspose2d), inChannels, outChannels, kernelSize, stride, padding, null, dilation, true, outputPadding, groups, bias,
            paddingMode, device, dtype)
    {
    }

    public override Tensor forward(Tensor input, long[]? output_size)
    {
        long[] added = _output_padding(input, output_size, kernel_size, stride, padding, dilation, kernel_size.Length);
        return functional.conv_transpose2d(input, weight, bias, stride, padding, added, dilation, groups);
    }
}
