using ScratchDet.Torch.Interop;

namespace TorchSharp;

/// <summary>TorchSharp's names over the libtorch of this machine; see the folder's Operators.cs for how a call gets there.</summary>
public static partial class torch
{
    /// <summary>How a quotient is rounded.</summary>
    public enum RoundingMode
    {
        None = 0,
        trunc = 1,
        floor = 2,
    }

    public static string __version__ => TorchLibraries.Version;

    /// <summary>A scope that disposes what this thread makes until the scope is disposed.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Evaluates in a scope of its own and keeps only the result.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using DisposeScope scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    /// <summary>Switches gradients off on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => Bridge.sd_grad_mode() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Bridge.sd_is_inference_mode() != 0;

    public static int get_num_threads() => Bridge.sd_get_threads();

    public static void set_num_threads(int num) => Bridge.Check(Bridge.sd_set_threads(num));

    /// <summary>Seeds libtorch's default generators, those of all CUDA devices too.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Operators.cat.Call(tensors as Tensor[] ?? [.. tensors], dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => Operators.cat.Call(tensors, dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Operators.stack.Call(tensors as Tensor[] ?? [.. tensors], dim);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Operators.where_self.Call(condition, x, y);

    public static Tensor[] where(Tensor condition) => Operators.where_indices.CallForList(condition);

    public static Tensor maximum(Tensor input, Tensor other) => Operators.maximum.Call(input, other);

    public static Tensor minimum(Tensor input, Tensor other) => Operators.minimum.Call(input, other);

    public static Tensor matmul(Tensor input, Tensor target) => Operators.matmul.Call(input, target);

    public static Tensor outer(Tensor input, Tensor vec2) => Operators.outer.Call(input, vec2);

    public static Tensor abs(Tensor input) => input.abs();

    public static Tensor exp(Tensor input) => input.exp();

    public static Tensor log(Tensor input) => input.log();

    public static Tensor sqrt(Tensor input) => input.sqrt();

    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    public static Tensor square(Tensor input) => input.square();

    public static Tensor mean(Tensor input) => input.mean();

    public static Tensor mean(Tensor input, long[] dimensions, bool keepdim = false, ScalarType? type = null) => input.mean(dimensions, keepdim, type);

    public static Tensor max(Tensor input) => input.max();

    public static Tensor max(Tensor input, Tensor other) => input.max(other);

    public static (Tensor values, Tensor indexes) max(Tensor input, long dim, bool keepdim = false) => input.max(dim, keepdim);

    public static Tensor min(Tensor input) => input.min();

    public static (Tensor values, Tensor indexes) min(Tensor input, long dim, bool keepdim = false) => input.min(dim, keepdim);

    public static (Tensor Values, Tensor Indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.sort(dim, descending, stable);

    public static (Tensor values, Tensor indexes) topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        tensor.topk(k, dim, largest, sorted);

    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);

    public static Tensor nonzero(Tensor input) => input.nonzero();

    public static Tensor isnan(Tensor input) => input.isnan();

    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();

    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
        tensor.allclose(target, rtol, atol, equal_nan);

    /// <summary>Random numbers of libtorch: the default generator of the CPU.</summary>
    public static class random
    {
        public static Generator manual_seed(long seed)
        {
            Bridge.Check(Bridge.sd_manual_seed(unchecked((ulong)seed)));
            return Generator.Default;
        }

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

        public static long initial_seed() => Generator.Default.initial_seed();
    }

    /// <summary>CUDA, as far as TorchSharp has it; memory figures are in ScratchDet.Torch.Cuda.</summary>
    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static bool is_cudnn_available() => Bridge.sd_cuda_has_cudnn() != 0;

        public static int device_count() => Bridge.sd_cuda_device_count();

        public static void manual_seed_all(long seed)
        {
            for (int i = 0; i < device_count(); i++)
            {
                using Generator generator = Generator.DefaultOf(new Device(DeviceType.CUDA, i));
                generator.manual_seed(seed);
            }
        }

        /// <exception cref="System.Runtime.InteropServices.ExternalException">There is no such device.</exception>
        public static void synchronize(Device? device = null) => Bridge.Check(Bridge.sd_cuda_synchronize(Math.Max(0, device?.index ?? 0)));
    }

    private sealed class GradMode : IDisposable
    {
        private readonly bool previous = is_grad_enabled();

        public GradMode(bool enabled) => Bridge.sd_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => Bridge.sd_set_grad_mode(previous ? 1 : 0);
    }

    private sealed class InferenceMode : IDisposable
    {
        private IntPtr guard;

        public InferenceMode(bool enabled) => Bridge.Check(Bridge.sd_inference_enter(enabled ? 1 : 0, out guard));

        public void Dispose() => Bridge.sd_inference_leave(Interlocked.Exchange(ref guard, IntPtr.Zero));
    }
}
