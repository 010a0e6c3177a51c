using ScratchDet.Torch.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>The operations of the modules, without state. Those in place give a new handle to their input.</summary>
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => (inplace ? Operators.relu_ : Operators.relu).Call(x);

            public static Tensor relu6(Tensor x, bool inplace = false) => (inplace ? Operators.relu6_ : Operators.relu6).Call(x);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                (inplace ? Operators.leaky_relu_ : Operators.leaky_relu).Call(input, negative_slope);

            public static Tensor silu(Tensor x, bool inplace = false) => (inplace ? Operators.silu_ : Operators.silu).Call(x);

            public static Tensor gelu(Tensor x) => gelu(x, Modules.GELU.Approximate.none);

            public static Tensor gelu(Tensor x, bool inplace) => gelu(x, Modules.GELU.Approximate.none, inplace);

            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) =>
                (inplace ? Operators.gelu_ : Operators.gelu).Call(x, approximate == Modules.GELU.Approximate.tanh ? "tanh" : "none");

            public static Tensor sigmoid(Tensor x) => Operators.sigmoid.Call(x);

            public static Tensor sigmoid(Tensor x, bool inplace) => (inplace ? Operators.sigmoid_ : Operators.sigmoid).Call(x);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Operators.softmax_int.Call(input, dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => Operators.log_softmax_int.Call(x, dim);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                (inplace ? Operators.dropout_ : Operators.dropout).Call(input, p, training);

            /// <param name="weights">[out, in].</param>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Operators.linear.Call(input, weights, bias);

            /// <param name="input">[batch, in, height, width].</param>
            /// <param name="weight">[out, in / groups, kernel height, kernel width].</param>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, long groups = 1) =>
                Operators.conv2d.Call(input, weight, bias, strides ?? One, padding ?? Zero, dilation ?? One, groups);

            /// <param name="weight">[in, out / groups, kernel height, kernel width].</param>
            public static Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                Operators.conv_transpose2d_input.Call(input, weight, bias, strides ?? One, padding ?? Zero, output_padding ?? Zero, groups, dilation ?? One);

            /// <summary>Integers to rows of zeros with a one: [...] to [..., classes].</summary>
            /// <param name="num_classes">-1 for one more than the largest number.</param>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => Operators.one_hot.Call(x, num_classes);

            /// <summary>Divides by the p-norm over a dimension, or by <paramref name="eps"/> where the norm is smaller.</summary>
            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using Tensor norm = Operators.linalg_vector_norm.Call(input, p, new[] { dim }, true);
                using Tensor divisor = norm.clamp_min(eps);
                return input / divisor;
            }

            /// <summary>As <see cref="pad(Tensor, long[], PaddingModes, double)"/>.</summary>
            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, pad.ToArray(), mode, value);

            /// <summary>The same number of elements before and after, in the last dimension.</summary>
            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, new[] { pad, pad }, mode, value);

            /// <summary>Elements before and after, in the last dimension.</summary>
            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, new[] { pad.Item1, pad.Item2 }, mode, value);

            /// <summary>Elements left, right, above and below.</summary>
            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);

            /// <param name="pad">Elements before and after in the last dimension, then in the one before it, and so on.</param>
            /// <param name="value">What to fill with, in constant mode.</param>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Zeros => Operators.pad.Call(input, pad, "constant", 0.0),
                PaddingModes.Constant => Operators.pad.Call(input, pad, "constant", value),
                PaddingModes.Reflect => Operators.pad.Call(input, pad, "reflect"),
                PaddingModes.Replicate => Operators.pad.Call(input, pad, "replicate"),
                PaddingModes.Circular => Operators.pad.Call(input, pad, "circular"),
                _ => throw new ArgumentOutOfRangeException(nameof(mode)),
            };

            private static long[] One => [1, 1];

            private static long[] Zero => [0, 0];
        }
    }
}
