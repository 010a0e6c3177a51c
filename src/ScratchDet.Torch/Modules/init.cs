using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Initial values, drawn from the default generator unless one is given; the tensors are changed in place.</summary>
        public static partial class init
        {
            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            public enum NonlinearityType
            {
                Linear = 0,
                Conv1D = 1,
                Conv2D = 2,
                Conv3D = 3,
                ConvTranspose1D = 4,
                ConvTranspose2D = 5,
                ConvTranspose3D = 6,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            public static Tensor zeros_(Tensor tensor) => Fill(tensor, plain => plain.zero_());

            public static Tensor ones_(Tensor tensor) => Fill(tensor, plain => plain.fill_(1));

            public static Tensor constant_(Tensor tensor, Scalar val) => Fill(tensor, plain => plain.fill_(val));

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null) =>
                Fill(tensor, plain => plain.uniform_(low, high, generator));

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                Fill(tensor, plain => plain.normal_(mean, std, generator));

            /// <summary>A normal distribution cut off at a and b, by inverting its distribution function as PyTorch does.</summary>
            public static Tensor trunc_normal_(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2, Generator? generator = null)
            {
                double low = (2 * NormalBelow((a - mean) / std)) - 1;
                double high = (2 * NormalBelow((b - mean) / std)) - 1;
                return Fill(tensor, plain => Operators.erfinv_.Run(plain.uniform_(low, high, generator)),
                    plain => plain.mul_(std * Math.Sqrt(2)).add_(mean).clamp_((Scalar)a, (Scalar)b));
            }

            /// <summary>Variance 2 / (fan in + fan out) times gain squared (Glorot and Bengio 2010).</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) => normal_(tensor, 0, XavierDeviation(tensor, gain));

            /// <inheritdoc cref="xavier_normal_"/>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                double bound = Math.Sqrt(3) * XavierDeviation(tensor, gain);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor glorot_normal_(Tensor tensor, double gain = 1) => xavier_normal_(tensor, gain);

            public static Tensor glorot_uniform_(Tensor tensor, double gain = 1) => xavier_uniform_(tensor, gain);

            /// <summary>Standard deviation gain / sqrt(fan) (He et al. 2015).</summary>
            /// <param name="a">Negative slope, for leaky ReLU.</param>
            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <inheritdoc cref="kaiming_normal_"/>
            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                double bound = Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>A matrix of zeros with ones on the diagonal.</summary>
            public static Tensor eye_(Tensor tensor)
            {
                RequireDimensions(tensor, 2, 2);
                return Fill(tensor, plain => plain.zero_(), OnesOnDiagonal);
            }

            /// <summary>A convolution that passes its input through: a one in the middle of the kernel of each matching pair of channels.</summary>
            public static Tensor dirac_(Tensor tensor)
            {
                RequireDimensions(tensor, 3, 5);
                return Fill(tensor, plain => plain.zero_(), PassThrough);

                static void PassThrough(Tensor plain)
                {
                    using DisposeScope scope = NewDisposeScope();
                    Tensor middle = plain;
                    for (int dim = (int)plain.Dimensions - 1; dim >= 2; dim--) middle = middle.select(dim, plain.size(dim) / 2);
                    OnesOnDiagonal(middle);
                }
            }

            /// <summary>Standard deviation that keeps the variance through the nonlinearity, relative to a linear layer.</summary>
            /// <param name="param">Negative slope, for leaky ReLU.</param>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + (param * param))),
                _ => 1,
            };

            /// <summary>Inputs of one output and outputs of one input, for weights [out, in, kernel...].</summary>
            /// <exception cref="ArgumentException">The tensor has fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                RequireDimensions(tensor, 2, int.MaxValue);
                long kernel = 1;
                foreach (long size in tensor.shape.AsSpan(2)) kernel *= size;
                return (tensor.size(1) * kernel, tensor.size(0) * kernel);
            }

            /// <summary>Uniform in +-1 / sqrt(fan in of the weights), as PyTorch draws biases.</summary>
            internal static void UniformByFanIn(Tensor bias, Tensor weight)
            {
                (long fanIn, long _) = CalculateFanInAndFanOut(weight);
                double bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
                uniform_(bias, -bound, bound);
            }

            private static Tensor Fill(Tensor tensor, params ReadOnlySpan<Action<Tensor>> steps)
            {
                using IDisposable noGradients = no_grad();
                foreach (Action<Tensor> step in steps) step(tensor);
                return tensor;
            }

            private static void OnesOnDiagonal(Tensor matrix)
            {
                using Tensor diagonal = Operators.diagonal.Call(matrix);
                diagonal.fill_(1);
            }

            private static double XavierDeviation(Tensor tensor, double gain)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            private static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static void RequireDimensions(Tensor tensor, int least, int most)
            {
                if (tensor.Dimensions < least || tensor.Dimensions > most)
                    throw new ArgumentException($"a tensor of {tensor.Dimensions} dimensions cannot be initialised this way; at least {least} are needed", nameof(tensor));
            }

            /// <summary>Distribution function of the standard normal distribution.</summary>
            private static double NormalBelow(double x)
            {
                using Tensor at = torch.tensor(x / Math.Sqrt(2));
                using Tensor error = at.erf();
                return (1 + error.item<double>()) / 2;
            }
        }
    }
}
