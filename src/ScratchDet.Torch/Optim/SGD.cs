using ScratchDet.Torch.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0,
                double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters.Select(named => named.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>
    /// Stochastic gradient descent: v = momentum * v + (1 - dampening) * (g + weight decay * p), p -= rate * v. Works on
    /// whole lists of tensors in one libtorch call each, as PyTorch's foreach form does.
    /// </summary>
    public class SGD : OptimizerHelper
    {
        public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
            bool nesterov = false, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, momentum, dampening, weight_decay, nesterov, maximize)
        {
        }

        /// <exception cref="ArgumentException">A value is out of range, or Nesterov without momentum.</exception>
        public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
            bool nesterov = false, bool maximize = false)
        {
            if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
            if (momentum < 0) throw new ArgumentException($"Invalid momentum value: {momentum}");
            if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
            if (nesterov && (momentum <= 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
            _defaults = new Options
            {
                LearningRate = lr,
                InitialLearningRate = lr,
                momentum = momentum,
                dampening = dampening,
                weight_decay = weight_decay,
                nesterov = nesterov,
                maximize = maximize,
            };
            foreach (ParamGroup group in parameters) add_param_group(group);
        }

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            var defaults = (Options)_defaults;
            var options = (Options)param_group.Options;
            options.LearningRate ??= defaults.LearningRate;
            options.momentum ??= defaults.momentum;
            options.dampening ??= defaults.dampening;
            options.weight_decay ??= defaults.weight_decay;
            options.nesterov ??= defaults.nesterov;
            options.maximize ??= defaults.maximize;
            options.InitialLearningRate = options.LearningRate!.Value;
            param_group.Parameters = [.. param_group.Parameters];
            foreach (Parameter parameter in param_group.Parameters) _state[parameter] = new State(parameter);
            base.add_param_group(param_group);
        }

        public override Tensor step(Func<Tensor>? closure = null)
        {
            Tensor? loss = null;
            if (closure is not null)
            {
                using (enable_grad()) loss = closure();
            }
            using IDisposable noGradient = no_grad();
            foreach (Modules.ParamGroup group in _parameter_groups) Step(group, (Options)group.Options);
            return loss!;
        }

        protected override void Dispose(bool disposing)
        {
            if (!disposing) return;
            foreach (OptimizerState state in _state.Values) ((State)state).Dispose();
        }

        private void Step(Modules.ParamGroup group, Options options)
        {
            using DisposeScope scope = NewDisposeScope();
            List<Tensor> parameters = [];
            List<Tensor> gradients = [];
            List<State> states = [];
            foreach (Parameter parameter in group.Parameters)
            {
                if (parameter.grad is not { } gradient) continue;
                parameters.Add(parameter);
                gradients.Add(gradient);
                states.Add((State)_state[parameter]);
            }
            if (parameters.Count == 0) return;
            Tensor[] weights = [.. parameters];
            Tensor[] update = [.. gradients];
            if (options.maximize!.Value) update = Operators._foreach_neg.CallForList(update);
            if (options.weight_decay!.Value != 0)
                update = Operators._foreach_add_List.CallForList(update, weights, options.weight_decay.Value);
            if (options.momentum!.Value != 0)
            {
                Tensor[] buffers = Momentum(states, update, options);
                update = options.nesterov!.Value ? Operators._foreach_add_List.CallForList(update, buffers, options.momentum.Value) : buffers;
            }
            Operators._foreach_add__List.Run(weights, update, -options.LearningRate!.Value);
        }

        /// <summary>Brings the buffers up to date; at a parameter's first step its buffer is a copy of the update.</summary>
        private static Tensor[] Momentum(List<State> states, Tensor[] update, Options options)
        {
            List<Tensor> old = [];
            List<Tensor> added = [];
            for (int i = 0; i < states.Count; i++)
            {
                if (states[i].momentum_buffer is { } buffer)
                {
                    old.Add(buffer);
                    added.Add(update[i]);
                }
                else
                {
                    states[i].momentum_buffer = update[i].clone().detach_().DetachFromDisposeScope();
                }
            }
            if (old.Count > 0)
            {
                Tensor[] buffers = [.. old];
                Operators._foreach_mul__Scalar.Run(buffers, options.momentum!.Value);
                Operators._foreach_add__List.Run(buffers, (Tensor[])[.. added], 1 - options.dampening!.Value);
            }
            return [.. states.Select(state => state.momentum_buffer!)];
        }

        public class Options : OptimizerOptions
        {
            public double? momentum;
            public double? dampening;
            public double? weight_decay;
            public bool? nesterov;
            public bool? maximize;
        }

        public class ParamGroup : ParamGroup<Options>
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options options)
                : base(parameters, options)
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double momentum = 0, double dampening = 0,
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
        }

        public class State(Parameter parameter) : OptimizerState(parameter), IDisposable
        {
            public Tensor? momentum_buffer;

            public override void to(Device device)
            {
                if (momentum_buffer is not { } buffer) return;
                momentum_buffer = buffer.to(device).DetachFromDisposeScope();
                buffer.Dispose();
            }

            public void Dispose()
            {
                momentum_buffer?.Dispose();
                GC.SuppressFinalize(this);
            }
        }
    }
}
