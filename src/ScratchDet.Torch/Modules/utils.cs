using ScratchDet.Torch.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales all gradients so that their common norm is at most <paramref name="max_norm"/>; gives the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable noGradients = no_grad();
                Tensor[] gradients = GradientsOf(tensors);
                if (gradients.Length == 0) return 0;
                Tensor[] norms = [.. Operators._foreach_norm_Scalar.CallForList(gradients, norm_type).Select(norm => norm.to(gradients[0].device))];
                double total = Operators.linalg_vector_norm.Call(stack(norms), norm_type).item<double>();
                double scale = max_norm / (total + 1e-6);
                if (scale < 1) Operators._foreach_mul__Scalar.Run(gradients, scale);
                return total;
            }

            /// <summary>Cuts every element of the gradients to +-<paramref name="clip_value"/>.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable noGradients = no_grad();
                foreach (Tensor gradient in GradientsOf(tensors)) gradient.clamp_((Scalar)(-clip_value), (Scalar)clip_value);
            }

            /// <summary>All elements of all parameters in one vector; gradients flow back through it.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                Tensor[] flat = [.. tensors.Select(tensor => tensor.reshape(-1))];
                try
                {
                    return cat(flat);
                }
                finally
                {
                    foreach (Tensor part in flat) part.Dispose();
                }
            }

            /// <summary>The inverse of <see cref="parameters_to_vector"/>: copies the elements into the parameters.</summary>
            /// <exception cref="ArgumentException">The vector has another number of elements than the parameters.</exception>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                Parameter[] targets = [.. tensors];
                long wanted = targets.Sum(target => target.NumberOfElements);
                if (vec.Dimensions != 1 || vec.NumberOfElements != wanted)
                    throw new ArgumentException($"a vector of [{string.Join(", ", vec.shape)}] for parameters of {wanted} elements", nameof(vec));
                using DisposeScope scope = NewDisposeScope();
                using IDisposable noGradients = no_grad();
                long start = 0;
                foreach (Parameter target in targets)
                {
                    target.copy_(vec.narrow(0, start, target.NumberOfElements).view(target.shape));
                    start += target.NumberOfElements;
                }
            }

            /// <summary>Weights and bias of a convolution that does what this one and the batch normalisation after it do in evaluation.</summary>
            /// <param name="transpose">Whether the weights are [in, out, ...].</param>
            public static (Parameter weight, Parameter bias) fuse_conv_bn_weights(Tensor conv_w, Tensor? conv_b, Tensor bn_rm, Tensor bn_rv,
                double bn_eps, Tensor? bn_w, Tensor? bn_b, bool transpose = false)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable noGradients = no_grad();
                Tensor scale = (bn_rv + bn_eps).rsqrt();
                if (bn_w is not null) scale = scale * bn_w;
                var shape = new long[conv_w.Dimensions];
                Array.Fill(shape, 1);
                shape[transpose ? 1 : 0] = -1;
                Tensor bias = (conv_b is null ? -bn_rm : conv_b - bn_rm) * scale;
                if (bn_b is not null) bias = bias + bn_b;
                return scope.MoveToOuter(
                    new Parameter((conv_w * scale.reshape(shape)).to(conv_w.dtype), conv_w.requires_grad),
                    new Parameter(bias.to(conv_w.dtype), conv_b?.requires_grad ?? conv_w.requires_grad));
            }

            private static Tensor[] GradientsOf(IEnumerable<Parameter> tensors) => [.. tensors.Select(tensor => tensor.grad).OfType<Tensor>()];
        }
    }
}
