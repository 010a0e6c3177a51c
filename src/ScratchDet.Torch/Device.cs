namespace TorchSharp;

/// <summary>Kinds of device, with libtorch's numbers.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    MKLDNN = 2,
    OPENGL = 3,
    OPENCL = 4,
    IDEEP = 5,
    HIP = 6,
    FPGA = 7,
    MSNPU = 8,
    XLA = 9,
    MPS = 13,
    META = 14,
}

/// <summary>Memory layout of a 4-d tensor, with libtorch's numbers.</summary>
public enum memory_format
{
    contiguous_format = 0,
    preserve_format = 1,
    channels_last = 2,
}

public static partial class torch
{
    /// <summary>Element types, with libtorch's numbers.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        ComplexFloat32 = 9,
        ComplexFloat64 = 10,
        Bool = 11,
        QInt8 = 12,
        QUInt8 = 13,
        QInt32 = 14,
        BFloat16 = 15,
    }

    public static readonly Device CPU = new(DeviceType.CPU);

    public static readonly Device META = new(DeviceType.META);

    public static readonly ScalarType uint8 = ScalarType.Byte;

    public static readonly ScalarType int8 = ScalarType.Int8;

    public static readonly ScalarType int16 = ScalarType.Int16;

    public static readonly ScalarType int32 = ScalarType.Int32;

    public static readonly ScalarType int64 = ScalarType.Int64;

    public static readonly ScalarType float16 = ScalarType.Float16;

    public static readonly ScalarType bfloat16 = ScalarType.BFloat16;

    public static readonly ScalarType float32 = ScalarType.Float32;

    public static readonly ScalarType float64 = ScalarType.Float64;

    public static readonly ScalarType @bool = ScalarType.Bool;

    public static readonly ScalarType half = ScalarType.Float16;

    public static readonly ScalarType @float = ScalarType.Float32;

    public static readonly ScalarType @double = ScalarType.Float64;

    public static readonly ScalarType @long = ScalarType.Int64;

    public static readonly ScalarType @int = ScalarType.Int32;

    public static Device CUDA { get; } = new(DeviceType.CUDA);

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);

    /// <summary>Where a tensor lies: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    public class Device
    {
        /// <exception cref="ArgumentException">The text is not a device.</exception>
        public Device(string description)
        {
            string[] parts = description.Split(':');
            type = Parse(parts[0]);
            index = -1;
            if (parts.Length > 2 || (parts.Length == 2 && (!int.TryParse(parts[1], out int number) || (index = number) < 0)))
                throw new ArgumentException($"'{description}' is not a device; say cpu, cuda or cuda:0", nameof(description));
        }

        public Device(string deviceType, int index = -1)
            : this(Parse(deviceType), index)
        {
        }

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        /// <summary>-1 for the current device of that type.</summary>
        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() =>
            index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        private static DeviceType Parse(string name) => name switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            "mps" => DeviceType.MPS,
            "meta" => DeviceType.META,
            _ => throw new ArgumentException($"'{name}' is not a device; say cpu, cuda or cuda:0", nameof(name)),
        };
    }
}
