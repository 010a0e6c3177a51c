using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Settings of one parameter group; null stands for the optimizer's default.</summary>
public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    public double InitialLearningRate { get; set; }
}

/// <summary>Parameters that share settings.</summary>
public class ParamGroup : optim.ILearningRateController
{
    public IEnumerable<Parameter> Parameters { get; set; } = [];

    public OptimizerOptions Options { get; set; } = new();

    public double LearningRate
    {
        get => Options.LearningRate ?? 0;
        set => Options.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Options.InitialLearningRate;
        set => Options.InitialLearningRate = value;
    }
}

/// <summary>Parameters that share settings of one kind of optimizer.</summary>
public class ParamGroup<TOptions> : ParamGroup
    where TOptions : OptimizerOptions
{
    public ParamGroup()
    {
    }

    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        if (options is not null) base.Options = options;
    }

    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}

/// <summary>What an optimizer remembers of one parameter.</summary>
public abstract class OptimizerState
{
    protected internal Parameter _parameter;

    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    public virtual void Initialize(OptimizerOptions options)
    {
    }

    public virtual void to(Device device)
    {
    }
}

/// <summary>What optimizers have in common: groups and a state per parameter.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    protected internal OptimizerOptions _defaults = new();

    /// <summary>By the parameter itself: its native handle changes when its module is moved or converted.</summary>
    private protected readonly Dictionary<Parameter, OptimizerState> _state = new(ReferenceEqualityComparer.Instance);

    public OptimizerHelper()
    {
    }

    public override IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

    public optim.Optimizer.StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        int next = 0;
        foreach (ParamGroup group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options);
            List<int> indices = [];
            foreach (Parameter parameter in group.Parameters)
            {
                indices.Add(next++);
                dictionary.State.Add(_state[parameter]);
            }
            dictionary.StateIndexRef.Add(indices);
        }
        return dictionary;
    }
}
