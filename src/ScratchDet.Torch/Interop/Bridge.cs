using System.Runtime.InteropServices;

namespace ScratchDet.Torch.Interop;

/// <summary>Kinds of argument and result; the same numbers as <c>sd_tag</c> in bridge.h.</summary>
internal enum ValueTag
{
    None = 0,
    Default = 1,
    Tensor = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    IntList = 6,
    DoubleList = 7,
    TensorList = 8,
    OptionalTensorList = 9,
    String = 10,
    Device = 11,
    Generator = 12,
    BoolList = 13,
}

/// <summary>One tagged argument or result of an operator call; <c>sd_value</c> in bridge.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public ValueTag Tag;
    public int Count;
    public long Bits;
}

/// <summary>What a tensor is; <c>sd_tensor_info</c> in bridge.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorInfo
{
    public fixed long Sizes[8];
    public fixed long Strides[8];
    public long Elements;
    public long ElementBytes;
    public void* Data;
    public int Dimensions;
    public int ScalarType;
    public int DeviceType;
    public int DeviceIndex;
    public byte RequiresGrad;
    public byte IsLeaf;
    public byte IsContiguous;
    public byte IsChannelsLast;
}

/// <summary>The functions of bridge.h. Those that return int give 0 for success; see <see cref="Check"/>.</summary>
internal static unsafe partial class Bridge
{
    private const string Library = "scratchdet_bridge";

    static Bridge() => TorchLibraries.LoadOnce();

    [LibraryImport(Library)] internal static partial IntPtr sd_error();
    [LibraryImport(Library)] internal static partial int sd_bridge_abi();
    [LibraryImport(Library)] internal static partial IntPtr sd_torch_version();
    [LibraryImport(Library)] internal static partial IntPtr sd_build_configuration();
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int sd_load_operators(string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_find_operator(string name, string overload, out IntPtr op);
    [LibraryImport(Library)] internal static partial int sd_operator_schema(IntPtr op, out IntPtr schema);
    [LibraryImport(Library)]
    internal static partial int sd_call(IntPtr op, NativeValue* arguments, int count, NativeValue* results, int capacity, int* resultCount);
    [LibraryImport(Library)] internal static partial void sd_check_calls(int enabled);
    [LibraryImport(Library)] internal static partial void sd_free(IntPtr memory);

    [LibraryImport(Library)] internal static partial long sd_live_tensors();
    [LibraryImport(Library)] internal static partial void sd_tensor_free(IntPtr tensor);
    [LibraryImport(Library)] internal static partial int sd_tensor_alias(IntPtr tensor, out IntPtr alias);
    [LibraryImport(Library)] internal static partial int sd_tensor_describe(IntPtr tensor, TensorInfo* info);
    [LibraryImport(Library)]
    internal static partial int sd_tensor_from_memory(void* data, long* sizes, int dimensions, int scalarType,
        delegate* unmanaged<IntPtr, void> deleter, IntPtr context, out IntPtr tensor);
    [LibraryImport(Library)] internal static partial int sd_tensor_item(IntPtr tensor, out double real, out long integer, out int isInteger);

    [LibraryImport(Library)] internal static partial int sd_tensor_grad(IntPtr tensor, out IntPtr grad);
    [LibraryImport(Library)] internal static partial int sd_tensor_set_grad(IntPtr tensor, IntPtr grad);
    [LibraryImport(Library)] internal static partial int sd_tensor_set_requires_grad(IntPtr tensor, int requiresGrad);
    [LibraryImport(Library)]
    internal static partial int sd_backward(IntPtr* tensors, IntPtr* gradients, int count, int retainGraph, int createGraph,
        IntPtr* inputs, int inputCount);
    [LibraryImport(Library)]
    internal static partial int sd_grad(IntPtr* outputs, IntPtr* gradients, int count, IntPtr* inputs, int inputCount,
        int retainGraph, int createGraph, int allowUnused, IntPtr* results);
    [LibraryImport(Library)] internal static partial int sd_grad_mode();
    [LibraryImport(Library)] internal static partial void sd_set_grad_mode(int enabled);
    [LibraryImport(Library)] internal static partial int sd_inference_enter(int enabled, out IntPtr guard);
    [LibraryImport(Library)] internal static partial void sd_inference_leave(IntPtr guard);
    [LibraryImport(Library)] internal static partial int sd_is_inference_mode();

    [LibraryImport(Library)] internal static partial int sd_autocast_get(int deviceType, out int enabled, out int scalarType);
    [LibraryImport(Library)] internal static partial int sd_autocast_set(int deviceType, int enabled, int scalarType);
    [LibraryImport(Library)] internal static partial int sd_autocast_nest(int change);
    [LibraryImport(Library)] internal static partial void sd_autocast_clear_cache();

    [LibraryImport(Library)] internal static partial int sd_manual_seed(ulong seed);
    [LibraryImport(Library)] internal static partial int sd_generator_new(ulong seed, out IntPtr generator);
    [LibraryImport(Library)] internal static partial int sd_generator_default(int deviceType, int deviceIndex, out IntPtr generator);
    [LibraryImport(Library)] internal static partial void sd_generator_free(IntPtr generator);
    [LibraryImport(Library)] internal static partial int sd_generator_set_seed(IntPtr generator, ulong seed);
    [LibraryImport(Library)] internal static partial int sd_generator_seed(IntPtr generator, out ulong seed);
    [LibraryImport(Library)] internal static partial int sd_generator_get_state(IntPtr generator, out IntPtr state);
    [LibraryImport(Library)] internal static partial int sd_generator_set_state(IntPtr generator, IntPtr state);

    [LibraryImport(Library)] internal static partial int sd_get_threads();
    [LibraryImport(Library)] internal static partial int sd_set_threads(int count);

    [LibraryImport(Library)] internal static partial int sd_cuda_device_count();
    [LibraryImport(Library)] internal static partial int sd_cuda_has_cudnn();
    [LibraryImport(Library)] internal static partial int sd_cuda_synchronize(int deviceIndex);
    [LibraryImport(Library)] internal static partial int sd_cuda_empty_cache();
    [LibraryImport(Library)]
    internal static partial int sd_cuda_memory(int deviceIndex, out long allocated, out long peakAllocated, out long reserved);
    [LibraryImport(Library)] internal static partial int sd_cuda_reset_peak(int deviceIndex);
    [LibraryImport(Library)]
    internal static partial int sd_cuda_device_name(int deviceIndex, byte* name, int capacity, out long totalBytes, out int major, out int minor);

    /// <summary>Turns a native error code into an exception, as TorchSharp does.</summary>
    /// <exception cref="ExternalException">libtorch refused; the message is its own, without the native stack.</exception>
    internal static void Check(int code)
    {
        if (code != 0) Throw(code);
    }

    private static void Throw(int code) =>
        throw new ExternalException(Marshal.PtrToStringUTF8(sd_error()) ?? "unknown native error", code);
}
