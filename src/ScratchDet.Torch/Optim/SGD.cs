using ScratchDet.Torch.Interop;
using ScratchDet.Torch.Optim;

namespace TorchSharp.Modules;

/// <summary>
/// Stochastic gradient descent with momentum (Sutskever et al. 2013) in PyTorch's form: <c>v = momentum * v +
/// (1 - dampening) * g</c>, <c>p = p - lr * v</c>, where g holds <c>weight_decay * p</c> and the first v is g.
/// libtorch's foreach operators change all parameters of a group together, bit for bit as PyTorch does.
/// </summary>
public sealed class SGD : OptimizerHelper, torch.optim.IMomentum
{
    private readonly Dictionary<Modules.ParamGroup, ForeachGroup> foreachGroups = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="ArgumentException">No parameters, or settings that do not go together.</exception>
    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    /// <inheritdoc cref="SGD(IEnumerable{Parameter}, double, double, double, double, bool, bool)"/>
    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
    {
        _defaults = new Options
        {
            LearningRate = lr,
            momentum = momentum,
            dampening = dampening,
            weight_decay = weight_decay,
            nesterov = nesterov,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters) add_param_group(group);
        if (_state.Count == 0) throw new ArgumentException("the optimizer got no parameters", nameof(parameters));
    }

    /// <summary>That of groups added without one.</summary>
    public double Momentum
    {
        get => ((Options)_defaults).momentum!.Value;
        set
        {
            ((Options)_defaults).momentum = value;
            foreach (Modules.ParamGroup group in _parameter_groups) ((Options)group.Options).momentum = value;
        }
    }

    /// <inheritdoc/>
    public override void add_param_group(Modules.ParamGroup param_group)
    {
        param_group.Options ??= new Options();
        var options = (Options)param_group.Options;
        var defaults = (Options)_defaults;
        options.LearningRate ??= defaults.LearningRate;
        options.momentum ??= defaults.momentum;
        options.dampening ??= defaults.dampening;
        options.weight_decay ??= defaults.weight_decay;
        options.nesterov ??= defaults.nesterov;
        options.maximize ??= defaults.maximize;
        options.Check();
        Add(param_group, parameter => new State(parameter));
    }

    /// <inheritdoc/>
    public override torch.Tensor? step(Func<torch.Tensor>? closure = null)
    {
        torch.Tensor? loss = closure?.Invoke();
        int gradientsWereOn = Bridge.sd_grad_mode();
        Bridge.sd_set_grad_mode(0);
        try
        {
            for (int i = 0; i < _parameter_groups.Count; i++) Step(_parameter_groups[i]);
        }
        finally
        {
            Bridge.sd_set_grad_mode(gradientsWereOn);
        }
        return loss;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) DisposeStates();
    }

    private void Step(Modules.ParamGroup group)
    {
        if (!foreachGroups.TryGetValue(group, out ForeachGroup? prepared))
            foreachGroups.Add(group, prepared = new ForeachGroup(group.Members));
        try
        {
            foreach (ForeachBatch batch in prepared.Collect()) Step(batch, (Options)group.Options);
        }
        finally
        {
            prepared.Release();
        }
    }

    private void Step(ForeachBatch batch, Options options)
    {
        torch.Tensor[] direction = batch.Gradients;
        if (options.maximize!.Value)
        {
            Operators._foreach_neg.CallInto(batch.Temporaries, direction);
            direction = batch.Temporaries;
        }
        if (options.weight_decay is { } decay && decay != 0)
        {
            Operators._foreach_add_List.CallInto(batch.Temporaries, direction, batch.Parameters, decay);
            direction = batch.Temporaries;
        }
        if (options.momentum is { } momentum && momentum != 0)
        {
            torch.Tensor[] velocities = Velocities(batch, direction, momentum, 1 - options.dampening!.Value);
            if (options.nesterov!.Value)
            {
                Operators._foreach_add_List.CallInto(batch.Temporaries, direction, velocities, momentum);
                direction = batch.Temporaries;
            }
            else
            {
                direction = velocities;
            }
        }
        Operators._foreach_add__List.Run(batch.Parameters, direction, -options.LearningRate!.Value);
    }

    /// <summary>The momentum buffers after this step; a parameter's first is its direction alone, without dampening.</summary>
    private torch.Tensor[] Velocities(ForeachBatch batch, torch.Tensor[] direction, double momentum, double share)
    {
        torch.Tensor[] velocities = batch.Velocities ??= new torch.Tensor[direction.Length];
        int newCount = 0;
        for (int i = 0; i < velocities.Length; i++)
        {
            var state = (State)_state[(Parameter)batch.Parameters[i]];
            if (state.momentum_buffer is null) newCount++;
            velocities[i] = state.momentum_buffer!;
        }
        if (newCount == 0)
        {
            Operators._foreach_mul__Scalar.Run(velocities, momentum);
            Operators._foreach_add__List.Run(velocities, direction, share);
            return velocities;
        }
        for (int i = 0; i < velocities.Length; i++)
        {
            if (velocities[i] is { } known)
            {
                known.mul_(momentum).add_(direction[i], share);
                continue;
            }
            velocities[i] = direction[i].clone().DetachFromDisposeScope();
            ((State)_state[(Parameter)batch.Parameters[i]]).momentum_buffer = velocities[i];
        }
        return velocities;
    }

    /// <summary>Settings of a group; null takes the optimizer's own.</summary>
    public class Options : OptimizerOptions
    {
        public double? momentum;
        public double? dampening;
        public double? weight_decay;
        public bool? nesterov;
        public bool? maximize;

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            (momentum, dampening, weight_decay, nesterov, maximize) = (other.momentum, other.dampening, other.weight_decay, other.nesterov, other.maximize);
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(momentum!.Value);
            writer.Write(dampening!.Value);
            writer.Write(weight_decay!.Value);
            writer.Write(nesterov!.Value);
            writer.Write(maximize!.Value);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            momentum = reader.ReadDouble();
            dampening = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
            nesterov = reader.ReadBoolean();
            maximize = reader.ReadBoolean();
        }

        /// <summary>NaN fails too.</summary>
        internal void Check()
        {
            if (!(LearningRate >= 0)) throw new ArgumentException($"a learning rate of {LearningRate}");
            if (!(momentum >= 0)) throw new ArgumentException($"a momentum of {momentum}");
            if (!(weight_decay >= 0)) throw new ArgumentException($"a weight decay of {weight_decay}");
            if (nesterov == true && !(momentum > 0 && dampening == 0)) throw new ArgumentException("Nesterov momentum needs a momentum and no dampening");
        }
    }

    /// <inheritdoc cref="Modules.ParamGroup"/>
    public class ParamGroup : ParamGroup<Options>, torch.optim.IMomentum
    {
        /// <summary>Takes all settings from the optimizer.</summary>
        public ParamGroup()
        {
        }

        /// <summary>Takes settings that are null from the optimizer.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double momentum = 0.0, double dampening = 0,
            double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : base(parameters, new Options
            {
                LearningRate = lr,
                momentum = momentum,
                dampening = dampening,
                weight_decay = weight_decay,
                nesterov = nesterov,
                maximize = maximize,
            })
        {
        }

        public double Momentum
        {
            get => Options.momentum ?? throw new InvalidOperationException("the group has no momentum until it is added to an optimizer");
            set => Options.momentum = value;
        }
    }

    /// <summary>The momentum of one parameter.</summary>
    public class State(Parameter parameter) : OptimizerState(parameter), IDisposable
    {
        /// <summary>In the shape of the parameter; null before its first step.</summary>
        public torch.Tensor? momentum_buffer;

        public override void Initialize(OptimizerOptions options) => Replace(null);

        public override void LoadStateDict(OptimizerState source)
        {
            torch.Tensor? other = ((State)source).momentum_buffer;
            Replace(other is null ? null : LikeParameter(other));
        }

        public override void LoadStateDict(BinaryReader reader) => Replace(ReadTensor(reader));

        public override void SaveStateDict(BinaryWriter writer) => WriteTensor(writer, momentum_buffer);

        public override void to(torch.Device device)
        {
            if (momentum_buffer is not null) Replace(momentum_buffer.to(device).DetachFromDisposeScope());
        }

        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state && (momentum_buffer is null
                ? state.momentum_buffer is null
                : state.momentum_buffer is not null && momentum_buffer.allclose(state.momentum_buffer));

        public void Dispose()
        {
            Replace(null);
            GC.SuppressFinalize(this);
        }

        private void Replace(torch.Tensor? buffer)
        {
            momentum_buffer?.Dispose();
            momentum_buffer = buffer;
        }
    }
}
