using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    public class Linear : Module<Tensor, Tensor>
    {
        private Parameter weightParameter = null!;
        private Parameter? biasParameter;

        internal Linear(long inFeatures, long outFeatures, bool hasBias, Device? device, ScalarType? dtype)
            : base(nameof(Linear))
        {
            (in_features, out_features) = (inFeatures, outFeatures);
            weight = new Parameter(empty([outFeatures, inFeatures], dtype, device));
            init.kaiming_uniform_(weight, Math.Sqrt(5));
            bias = hasBias ? new Parameter(empty(outFeatures, dtype, device)) : null;
            if (bias is not null) init.UniformByFanIn(bias, weight);
        }

        internal Linear(Parameter weight, Parameter? bias)
            : base(nameof(Linear))
        {
            (in_features, out_features) = (weight.size(1), weight.size(0));
            (this.weight, this.bias) = (weight, bias);
        }

        public long in_features { get; set; }

        public long out_features { get; set; }

        /// <summary>[out_features, in_features].</summary>
        public Parameter weight
        {
            get => weightParameter;
            set => ConditionallyRegisterParameter(nameof(weight), weightParameter = value);
        }

        public Parameter? bias
        {
            get => biasParameter;
            set => ConditionallyRegisterParameter(nameof(bias), biasParameter = value);
        }

        public override Tensor forward(Tensor tensor) => functional.linear(tensor, weight, bias);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);

            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);
        }
    }
}
