using System.Globalization;
using ScratchDet.Torch.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The bytes of a contiguous tensor in CPU memory.</summary>
        /// <exception cref="InvalidOperationException">The tensor is elsewhere or not contiguous.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                TensorInfo info = Describe();
                if (info.DeviceType != 0) throw new InvalidOperationException("the tensor is not in CPU memory: call cpu() first");
                if (info.IsContiguous == 0) throw new InvalidOperationException("the tensor is not contiguous: call contiguous() first");
                return new Span<byte>(info.Data, checked((int)(info.Elements * info.ElementBytes)));
            }

            set => value.CopyTo(bytes);
        }

        /// <summary>Access to the elements of a tensor in CPU memory.</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        /// <summary>The only element.</summary>
        public T item<T>()
            where T : unmanaged
        {
            Bridge.Check(Bridge.sd_tensor_item(Handle, out double real, out long integer, out int isInteger));
            GC.KeepAlive(this);
            object number = isInteger != 0 ? (object)integer : real; // as objects: a common type would be double, which holds 53 bits
            if (typeof(T) == typeof(bool)) return (T)(object)(isInteger != 0 ? integer != 0 : real != 0);
            if (typeof(T) == typeof(Half)) return (T)(object)(Half)Convert.ToDouble(number, CultureInfo.InvariantCulture);
            return (T)Convert.ChangeType(number, typeof(T), CultureInfo.InvariantCulture);
        }

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(Operators.to_dtype.Call(this, type, non_blocking, copy), disposeAfter);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(type, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, device, copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(Operators.to_device.Call(this, device, type, non_blocking, copy), disposeAfter);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        public Tensor type_as(Tensor tensor) => to(tensor.dtype);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);

        public Tensor @float() => to(ScalarType.Float32);

        public Tensor @double() => to(ScalarType.Float64);

        public Tensor half() => to(ScalarType.Float16);

        public Tensor bfloat16() => to(ScalarType.BFloat16);

        public Tensor @long() => to(ScalarType.Int64);

        public Tensor @int() => to(ScalarType.Int32);

        public Tensor @bool() => to(ScalarType.Bool);

        public Tensor @byte() => to(ScalarType.Byte);

        public Tensor pin_memory() => Operators.pin_memory.Call(this);

        public Tensor zero_() => InPlace(Operators.zero_, this);

        public Tensor fill_(Scalar value) => InPlace(Operators.fill__Scalar, this, value);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => InPlace(Operators.copy_, this, source, nonBlocking);

        public Tensor uniform_(double from, double to, Generator? generator = null) => InPlace(Operators.uniform_, this, from, to, generator);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            InPlace(Operators.normal_, this, mean, std, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => InPlace(Operators.bernoulli__float, this, p, generator);

        public Tensor random_(double from, double to, Generator? generator = null) =>
            InPlace(Operators.random__from, this, (long)from, (long)to, generator);

        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.zeros_like(this, dtype, device, requires_grad);

        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            zeros(size, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            empty(size, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            full(size, value, dtype ?? this.dtype, device ?? this.device, requires_grad);

        /// <summary>Shape, element type and device; the values too when there are at most 12.</summary>
        public override string ToString()
        {
            if (IsInvalid) return "[disposed tensor]";
            string summary = $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
            if (NumberOfElements > 12 || NumberOfElements == 0) return summary;
            using Tensor plain = detach();
            using Tensor numbers = plain.to(ScalarType.Float64, CPU);
            return $"{summary}, values = [{string.Join(", ", numbers.data<double>().ToArray().Select(value => value.ToString("g6", CultureInfo.InvariantCulture)))}]";
        }

        private Tensor After(Tensor result, bool disposeAfter)
        {
            if (disposeAfter) Dispose();
            return result;
        }
    }
}
