using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ScratchDet.Torch.Interop;

/// <summary>
/// One libtorch operator, called boxed through the dispatcher; the handle is looked up at the first call. Missing
/// trailing arguments take the schema's default.
/// </summary>
internal sealed class Operator(string schema)
{
    private const int StackBytes = 1024;
    private static readonly Lock Finding = new();
    private IntPtr handle;

    /// <summary>The schema this operator is called with, as libtorch 1.13 prints it.</summary>
    internal string Schema { get; } = schema;

    /// <summary>The schema of the libtorch that is loaded.</summary>
    internal string LoadedSchema
    {
        get
        {
            Bridge.Check(Bridge.sd_operator_schema(Handle, out IntPtr text));
            return Marshal.PtrToStringUTF8(text)!;
        }
    }

    private IntPtr Handle => Volatile.Read(ref handle) is var found && found != IntPtr.Zero ? found : Find();

    private IntPtr Find()
    {
        lock (Finding)
        {
            if (handle != IntPtr.Zero) return handle;
            string qualified = Schema[..Schema.IndexOf('(', StringComparison.Ordinal)];
            int dot = qualified.IndexOf('.', StringComparison.Ordinal);
            string name = dot < 0 ? qualified : qualified[..dot];
            // Not into the field: an out argument is cleared before the call, and other threads read the field meanwhile.
            Bridge.Check(Bridge.sd_find_operator(name, dot < 0 ? "" : qualified[(dot + 1)..], out IntPtr found));
            Volatile.Write(ref handle, found);
            return found;
        }
    }

    /// <summary>Calls for one tensor result.</summary>
    internal unsafe Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return new Tensor((IntPtr)result.Bits);
    }

    /// <summary>Calls for effect; results are dropped without making handles.</summary>
    internal unsafe void Run(params ReadOnlySpan<Argument> arguments) => Invoke(arguments, null, 0);

    internal unsafe (Tensor, Tensor) CallForTwo(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue* results = stackalloc NativeValue[2];
        Invoke(arguments, results, 2);
        return (new Tensor((IntPtr)results[0].Bits), new Tensor((IntPtr)results[1].Bits));
    }

    internal unsafe bool CallForBool(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return result.Bits != 0;
    }

    internal unsafe Tensor[] CallForList(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        var handles = (IntPtr*)result.Bits;
        var tensors = new Tensor[result.Count];
        for (int i = 0; i < tensors.Length; i++) tensors[i] = new Tensor(handles[i]);
        Bridge.sd_free(result.Bits == 0 ? IntPtr.Zero : (IntPtr)result.Bits);
        return tensors;
    }

    /// <summary>Calls for a list of tensors that take the place of the handles in <paramref name="slots"/>: no new objects, for hot loops.</summary>
    internal unsafe void CallInto(Tensor[] slots, params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        var handles = (IntPtr*)result.Bits;
        for (int i = 0; i < slots.Length; i++) slots[i].ReplaceHandle(handles[i]);
        Bridge.sd_free((IntPtr)handles);
    }

    [SkipLocalsInit]
    private unsafe void Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int capacity)
    {
        int listBytes = 0;
        foreach (ref readonly Argument argument in arguments)
        {
            if (argument.Reference is not null) listBytes += argument.ListBytes;
        }
        NativeValue* values = stackalloc NativeValue[arguments.Length];
        byte* onStack = stackalloc byte[StackBytes];
        byte* scratch = listBytes <= StackBytes ? onStack : (byte*)NativeMemory.Alloc((nuint)listBytes);
        try
        {
            byte* next = scratch;
            for (int i = 0; i < arguments.Length; i++)
            {
                values[i] = arguments[i].Marshal(next);
                if (arguments[i].Reference is not null) next += arguments[i].ListBytes;
            }
            int count;
            Bridge.Check(Bridge.sd_call(Handle, values, arguments.Length, results, capacity, &count));
        }
        finally
        {
            if (scratch != onStack) NativeMemory.Free(scratch);
            // The handles must outlive the call: no tensor among the arguments may be finalised during it.
            foreach (ref readonly Argument argument in arguments) GC.KeepAlive(argument.Reference);
        }
    }
}
