using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <param name="running_mean">[channels]; updated when training, used otherwise.</param>
            /// <param name="training">Whether the statistics are those of this batch.</param>
            /// <param name="momentum">Weight of this batch in the running statistics.</param>
            /// <exception cref="ArgumentException">One value per channel only: its variance is undefined.</exception>
            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-05)
            {
                if (training && input.Dimensions > 1 && input.NumberOfElements == input.size(1))
                    throw new ArgumentException($"batch normalisation in training needs more than one value per channel, not an input of [{string.Join(", ", input.shape)}]", nameof(input));
                return Operators.batch_norm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);
            }

            public static Tensor instance_norm(Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null,
                Tensor? bias = null, bool use_input_stats = true, double momentum = 0.1, double eps = 1e-05) =>
                Operators.instance_norm.Call(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, true);

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                Operators.group_norm.Call(input, num_groups, weight, bias, eps);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                Operators.layer_norm.Call(input, normalized_shape, weight, bias, eps);
        }
    }
}
