using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Group normalisation (Wu and He 2018): statistics over space and the channels of a group, for each image.</summary>
public class GroupNorm : Module<Tensor, Tensor>
{
    private readonly long channels;
    private Parameter? weightParameter;
    private Parameter? biasParameter;

    internal GroupNorm(long groups, long channels, double eps, bool affine, Device? device, ScalarType? dtype)
        : base(nameof(GroupNorm))
    {
        if (groups < 1 || channels % groups != 0)
            throw new ArgumentException($"{channels} channels cannot be divided into {groups} groups; give a number of groups that divides {channels}");
        this.channels = channels;
        (num_groups, this.eps, this.affine) = (groups, eps, affine);
        weight = affine ? new Parameter(ones(channels, dtype, device)) : null;
        bias = affine ? new Parameter(zeros(channels, dtype, device)) : null;
    }

    public long num_groups { get; set; }

    public double eps { get; set; }

    public bool affine { get; set; }

    public Parameter? weight
    {
        get => weightParameter;
        set => ConditionallyRegisterParameter(nameof(weight), weightParameter = value);
    }

    public Parameter? bias
    {
        get => biasParameter;
        set => ConditionallyRegisterParameter(nameof(bias), biasParameter = value);
    }

    /// <exception cref="ArgumentException">The input is not [batch, channels, ...] with this module's number of channels.</exception>
    public override Tensor forward(Tensor tensor)
    {
        if (tensor.Dimensions < 2 || tensor.size(1) != channels)
            throw new ArgumentException($"GroupNorm takes [batch, {channels}, ...], not [{string.Join(", ", tensor.shape)}]", nameof(tensor));
        return functional.group_norm(tensor, num_groups, weight, bias, eps);
    }
}

/// <summary>Layer normalisation (Ba et al. 2016): statistics over the last dimensions.</summary>
public class LayerNorm : Module<Tensor, Tensor>
{
    private Parameter? weightParameter;
    private Parameter? biasParameter;

    internal LayerNorm(long[] shape, double eps, bool elementwiseAffine, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        (normalized_shape, this.eps, elementwise_affine) = (shape, eps, elementwiseAffine);
        weight = elementwiseAffine ? new Parameter(ones(shape, dtype, device)) : null;
        this.bias = elementwiseAffine && bias ? new Parameter(zeros(shape, dtype, device)) : null;
    }

    public long[] normalized_shape { get; set; }

    public double eps { get; set; }

    public bool elementwise_affine { get; set; }

    public Parameter? weight
    {
        get => weightParameter;
        set => ConditionallyRegisterParameter(nameof(weight), weightParameter = value);
    }

    public Parameter? bias
    {
        get => biasParameter;
        set => ConditionallyRegisterParameter(nameof(bias), biasParameter = value);
    }

    public void reset_parameters()
    {
        if (weight is not null) init.ones_(weight);
        if (bias is not null) init.zeros_(bias);
    }

    public override Tensor forward(Tensor tensor) => functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
}
