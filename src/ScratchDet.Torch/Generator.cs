using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers of libtorch.</summary>
    public class Generator : IDisposable
    {
        private IntPtr handle;

        /// <exception cref="ArgumentException">The device is not the CPU: use the default generator of a CUDA device.</exception>
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            if (this.device.type != DeviceType.CPU) throw new ArgumentException("own generators live on the CPU only", nameof(device));
            Bridge.Check(Bridge.sd_generator_new(seed, out handle));
        }

        private Generator(IntPtr handle, Device device) => (this.handle, this.device) = (handle, device);

        ~Generator() => Dispose(false);

        /// <summary>A new handle to the CPU's default generator.</summary>
        public static Generator Default => DefaultOf(CPU);

        public IntPtr Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(handle == IntPtr.Zero, this);
                return handle;
            }
        }

        public Device device { get; }

        public Generator manual_seed(long seed)
        {
            Bridge.Check(Bridge.sd_generator_set_seed(Handle, unchecked((ulong)seed)));
            GC.KeepAlive(this);
            return this;
        }

        public long initial_seed()
        {
            Bridge.Check(Bridge.sd_generator_seed(Handle, out ulong seed));
            GC.KeepAlive(this);
            return unchecked((long)seed);
        }

        public Tensor get_state()
        {
            Bridge.Check(Bridge.sd_generator_get_state(Handle, out IntPtr state));
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            Bridge.Check(Bridge.sd_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        internal static Generator DefaultOf(Device device)
        {
            Bridge.Check(Bridge.sd_generator_default((int)device.type, Math.Max(device.index, 0), out IntPtr found));
            return new Generator(found, device);
        }

        protected virtual void Dispose(bool disposing)
        {
            IntPtr freed = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (freed != IntPtr.Zero) Bridge.sd_generator_free(freed);
        }
    }
}
