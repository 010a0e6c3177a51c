using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A libtorch tensor. Disposing it frees the native handle at once; the innermost <see cref="DisposeScope"/> of
    /// the thread that made it does so otherwise, and the finalizer as a last resort.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        internal DisposeScope? Owner;
        internal int OwnerIndex;
        private IntPtr handle;

        internal Tensor(IntPtr handle)
        {
            this.handle = handle;
            DisposeScope.Innermost?.Attach(this);
        }

        ~Tensor() => Dispose(false);

        /// <exception cref="ObjectDisposedException">The tensor was disposed or moved.</exception>
        public IntPtr Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(handle == IntPtr.Zero, this);
                return handle;
            }
        }

        public bool IsInvalid => handle == IntPtr.Zero;

        public long Dimensions => Describe().Dimensions;

        public long ndim => Describe().Dimensions;

        public long NumberOfElements => Describe().Elements;

        public long ElementSize => Describe().ElementBytes;

        public ScalarType dtype => (ScalarType)Describe().ScalarType;

        public Device device
        {
            get
            {
                TensorInfo info = Describe();
                return new Device((DeviceType)info.DeviceType, info.DeviceType == 0 ? -1 : info.DeviceIndex);
            }
        }

        public DeviceType device_type => (DeviceType)Describe().DeviceType;

        public int device_index => Describe().DeviceIndex;

        public bool is_cuda => Describe().DeviceType == (int)DeviceType.CUDA;

        public bool is_leaf => Describe().IsLeaf != 0;

        public unsafe long[] shape
        {
            get
            {
                TensorInfo info = Describe();
                return new ReadOnlySpan<long>(info.Sizes, info.Dimensions).ToArray();
            }
        }

        public bool requires_grad
        {
            get => Describe().RequiresGrad != 0;
            set => requires_grad_(value);
        }

        /// <summary>The gradient, or null; each call gives a new handle to the same values.</summary>
        public Tensor? grad
        {
            get
            {
                Bridge.Check(Bridge.sd_tensor_grad(Handle, out IntPtr found));
                GC.KeepAlive(this);
                return found == IntPtr.Zero ? null : new Tensor(found);
            }

            set
            {
                Bridge.Check(Bridge.sd_tensor_set_grad(Handle, value?.Handle ?? IntPtr.Zero));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public long dim() => Describe().Dimensions;

        public long numel() => Describe().Elements;

        public long[] size() => shape;

        public unsafe long size(int dim)
        {
            TensorInfo info = Describe();
            return info.Sizes[Wrap(dim, info.Dimensions)];
        }

        public unsafe long[] stride()
        {
            TensorInfo info = Describe();
            return new ReadOnlySpan<long>(info.Strides, info.Dimensions).ToArray();
        }

        public unsafe long stride(int dim)
        {
            TensorInfo info = Describe();
            return info.Strides[Wrap(dim, info.Dimensions)];
        }

        public bool is_contiguous() => Describe().IsContiguous != 0;

        public bool is_cpu() => Describe().DeviceType == (int)DeviceType.CPU;

        public Tensor requires_grad_(bool requires_grad = true)
        {
            Bridge.Check(Bridge.sd_tensor_set_requires_grad(Handle, requires_grad ? 1 : 0));
            GC.KeepAlive(this);
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        public Tensor MoveToOuterDisposeScope()
        {
            Owner?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope other)
        {
            other.Attach(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            Owner?.Forget(this);
            return this;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Gives the native handle away; this tensor is invalid afterwards.</summary>
        internal IntPtr MoveHandle()
        {
            IntPtr moved = Handle;
            handle = IntPtr.Zero;
            Owner?.Forget(this);
            GC.SuppressFinalize(this);
            return moved;
        }

        /// <summary>Takes another native handle in place of the present one, which is freed.</summary>
        internal void ReplaceHandle(IntPtr replacement)
        {
            IntPtr old = handle;
            handle = replacement;
            Bridge.sd_tensor_free(old);
        }

        internal unsafe TensorInfo Describe()
        {
            TensorInfo info;
            Bridge.Check(Bridge.sd_tensor_describe(Handle, &info));
            GC.KeepAlive(this);
            return info;
        }

        /// <summary>Disposes nothing managed from the finalizer: a scope may hold a dead reference, never a live handle.</summary>
        protected void Dispose(bool disposing)
        {
            IntPtr freed = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (freed == IntPtr.Zero) return;
            if (disposing) Owner?.Forget(this);
            Bridge.sd_tensor_free(freed);
        }

        private static int Wrap(long dim, int dimensions)
        {
            long index = dim < 0 ? dim + dimensions : dim;
            if (index < 0 || index >= dimensions)
                throw new ArgumentOutOfRangeException(nameof(dim), $"dimension {dim} of a tensor of {dimensions} dimensions");
            return (int)index;
        }

        private Tensor InPlace(Operator op, params ReadOnlySpan<Argument> arguments)
        {
            op.Run(arguments);
            return this;
        }
    }
}
