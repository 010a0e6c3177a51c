using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    /// <summary>Calls modules one after the other; what is between them is disposed at once.</summary>
    public class Sequential : Module<Tensor, Tensor>
    {
        private readonly List<(string Name, IModule<Tensor, Tensor> Module)> steps = [];

        protected internal Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules)
            : base(nameof(Sequential))
        {
            foreach ((string step, Module<Tensor, Tensor> module) in modules) append(step, module);
        }

        protected internal Sequential(params Module<Tensor, Tensor>[] modules)
            : base(nameof(Sequential))
        {
            foreach (Module<Tensor, Tensor> module in modules) append(module);
        }

        public int Count => steps.Count;

        [IndexerName("SequentialItems")]
        public IModule<Tensor, Tensor> this[int index] => steps[index].Module;

        /// <summary>The same modules, from one to before another, under the same names.</summary>
        [IndexerName("SequentialItems")]
        public Sequential this[Range range]
        {
            get
            {
                (int start, int count) = range.GetOffsetAndLength(steps.Count);
                Sequential part = new(Array.Empty<Module<Tensor, Tensor>>());
                foreach ((string step, IModule<Tensor, Tensor> module) in steps.GetRange(start, count)) part.append(step, module);
                return part;
            }
        }

        [IndexerName("SequentialItems")]
        public Sequential this[(int? start, int? end) index] => this[(index.start ?? 0)..(index.end ?? steps.Count)];

        /// <exception cref="ArgumentException">What can be called is not a module.</exception>
        public Sequential append(string name, IModule<Tensor, Tensor> module)
        {
            register_module(name, module as Module ?? throw new ArgumentException("a part of Sequential must be a module", nameof(module)));
            steps.Add((name, module));
            return this;
        }

        public Sequential append(IModule<Tensor, Tensor> module) => append($"{steps.Count}", module);

        public override Tensor forward(Tensor tensor)
        {
            if (steps.Count == 0) return tensor.alias();
            Tensor present = tensor;
            foreach ((string _, IModule<Tensor, Tensor> module) in steps)
            {
                Tensor next = module.call(present);
                if (!ReferenceEquals(present, tensor) && !ReferenceEquals(present, next)) present.Dispose();
                present = next;
            }
            return present;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>());

            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);

            public static Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules) =>
                new([.. modules.Select(named => (named.Item1, named.Item2))]);

            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new([.. modules]);

            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new([.. modules]);

            public static Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules) => Sequential([.. modules]);
        }
    }
}
