using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>What batch and instance normalisation share: an optional affine map and optional running statistics.</summary>
public abstract class NormBase : Module<Tensor, Tensor>
{
    private Parameter? weightParameter;
    private Parameter? biasParameter;
    private Tensor? runningMean;
    private Tensor? runningVariance;
    private Tensor? batchesTracked;

    public NormBase(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(name)
    {
        (this.num_features, this.eps, this.momentum) = (num_features, eps, momentum);
        (this.affine, this.track_running_stats) = (affine, track_running_stats);
        weight = affine ? new Parameter(ones(num_features, dtype, device)) : null;
        bias = affine ? new Parameter(zeros(num_features, dtype, device)) : null;
        if (!track_running_stats) return;
        running_mean = zeros(num_features, dtype, device);
        running_var = ones(num_features, dtype, device);
        num_batches_tracked = zeros([], ScalarType.Int64, device);
    }

    public long num_features { get; }

    /// <summary>Added to the variance.</summary>
    public double eps { get; set; }

    /// <summary>Weight of the present batch in the running statistics; null for the plain average over all batches.</summary>
    public double? momentum { get; set; }

    public bool affine { get; }

    public bool track_running_stats { get; }

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

    public Tensor? running_mean
    {
        get => runningMean;
        set => ConditionallyRegisterBuffer(nameof(running_mean), runningMean = value);
    }

    /// <summary>Running average of the unbiased variance.</summary>
    public Tensor? running_var
    {
        get => runningVariance;
        set => ConditionallyRegisterBuffer(nameof(running_var), runningVariance = value);
    }

    public Tensor? num_batches_tracked
    {
        get => batchesTracked;
        set => ConditionallyRegisterBuffer(nameof(num_batches_tracked), batchesTracked = value);
    }

    public void reset_running_stats()
    {
        running_mean?.zero_();
        running_var?.fill_(1);
        num_batches_tracked?.zero_();
    }

    public void reset_parameters()
    {
        reset_running_stats();
        if (weight is not null) init.ones_(weight);
        if (bias is not null) init.zeros_(bias);
    }

    /// <exception cref="ArgumentException">The input has another number of dimensions than this normalisation takes.</exception>
    protected abstract void ValidateInputDimensions(Tensor input);

    private protected void RequireDimensions(Tensor input, params ReadOnlySpan<long> allowed)
    {
        long dimensions = input.Dimensions;
        if (!allowed.Contains(dimensions))
            throw new ArgumentException($"{GetName()} takes an input of {string.Join(" or ", allowed.ToArray())} dimensions, not of {dimensions}", nameof(input));
    }
}

/// <summary>Batch normalisation (Ioffe and Szegedy 2015): statistics over batch and space.</summary>
public abstract class BatchNorm : NormBase
{
    public BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        bool updates = training && track_running_stats;
        double factor = momentum ?? 0;
        if (updates && num_batches_tracked is not null)
        {
            num_batches_tracked.add_(1);
            if (momentum is null) factor = 1.0 / num_batches_tracked.item<long>();
        }
        bool byBatch = training || running_mean is null;
        bool statistics = updates || !training;
        return functional.batch_norm(input, statistics ? running_mean : null, statistics ? running_var : null, weight, bias, byBatch, factor, eps);
    }
}

public class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(long features, double eps, double momentum, bool affine, bool trackRunningStats, Device? device, ScalarType? dtype)
        : base(features, eps, momentum, affine, trackRunningStats, device, dtype, nameof(BatchNorm2d))
    {
    }

    protected override void ValidateInputDimensions(Tensor input) => RequireDimensions(input, 4);
}

/// <summary>Instance normalisation (Ulyanov et al. 2016): statistics over the space of each image.</summary>
public abstract class InstanceNorm : NormBase
{
    public InstanceNorm(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        if (input.Dimensions != GetNumberOfBatchDimensions())
            return Normalise(input);
        using Tensor batch = input.unsqueeze(0);
        using Tensor result = Normalise(batch);
        return result.squeeze(0);
    }

    /// <summary>Dimensions of an input that is one image without a batch dimension.</summary>
    protected abstract long GetNumberOfBatchDimensions();

    private Tensor Normalise(Tensor input) => functional.instance_norm(
        input, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0, eps);
}

public class InstanceNorm2d : InstanceNorm
{
    internal InstanceNorm2d(long features, double eps, double momentum, bool affine, bool trackRunningStats, Device? device, ScalarType? dtype)
        : base(features, eps, momentum, affine, trackRunningStats, device, dtype, nameof(InstanceNorm2d))
    {
    }

    protected override void ValidateInputDimensions(Tensor input) => RequireDimensions(input, 3, 4);

    protected override long GetNumberOfBatchDimensions() => 3;
}
