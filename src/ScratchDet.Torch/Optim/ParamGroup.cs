namespace TorchSharp.Modules;

/// <summary>Parameters that share settings of the optimizer.</summary>
public class ParamGroup : torch.optim.ILearningRateController
{
    private IReadOnlyList<Parameter> members = [];

    public ParamGroup()
    {
    }

    internal ParamGroup(IEnumerable<Parameter> parameters, OptimizerOptions? options)
    {
        Parameters = parameters;
        Options = options!;
    }

    /// <summary>Kept as a list: a sequence is walked once, when it is set.</summary>
    public IEnumerable<Parameter> Parameters
    {
        get => members;
        set => members = value as IReadOnlyList<Parameter> ?? [.. value];
    }

    /// <summary>Filled up from the optimizer's own settings when the group is added to it.</summary>
    public OptimizerOptions Options { get; set; } = null!;

    public double LearningRate
    {
        get => Options.LearningRate ?? throw new InvalidOperationException("the group has no learning rate until it is added to an optimizer");
        set => Options.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Options.InitialLearningRate;
        set
        {
            Options.InitialLearningRate = value;
            Options.HasInitialLearningRate = true;
        }
    }

    internal IReadOnlyList<Parameter> Members => members;
}

/// <inheritdoc cref="ParamGroup"/>
public class ParamGroup<TOptions> : ParamGroup
    where TOptions : OptimizerOptions
{
    public ParamGroup()
    {
    }

    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
        : base(parameters, options)
    {
    }

    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}
