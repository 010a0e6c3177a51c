using ScratchDet.Torch.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace ScratchDet.Torch.Optim;

/// <summary>
/// Parameters of one type on one device that had a gradient in a step, in the arrays that libtorch's foreach operators
/// take. Kept from step to step, so that a step makes no objects as long as the same parameters have gradients.
/// </summary>
internal sealed class ForeachBatch
{
    private ForeachBatch(torch.Tensor[] parameters, int[] memberIndices)
    {
        (Parameters, MemberIndices) = (parameters, memberIndices);
        Gradients = new torch.Tensor[parameters.Length];
        Temporaries = new torch.Tensor[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            Gradients[i] = new torch.Tensor(IntPtr.Zero).DetachFromDisposeScope();
            Temporaries[i] = new torch.Tensor(IntPtr.Zero).DetachFromDisposeScope();
        }
    }

    internal torch.Tensor[] Parameters { get; }

    /// <summary>Places of the parameters in their group.</summary>
    internal int[] MemberIndices { get; }

    /// <summary>The gradients, during a step.</summary>
    internal torch.Tensor[] Gradients { get; }

    /// <summary>Results of a step on the way, so that the gradients themselves stay as they are.</summary>
    internal torch.Tensor[] Temporaries { get; }

    /// <summary>Place for the momentum buffers of the parameters, made by the first step that needs it.</summary>
    internal torch.Tensor[]? Velocities { get; set; }

    /// <summary>Groups the parameters that have a gradient by device and type, in their order.</summary>
    internal static ForeachBatch[] Divide(IReadOnlyList<Parameter> members, ReadOnlySpan<bool> hasGradient)
    {
        var places = new Dictionary<(int DeviceType, int DeviceIndex, int ScalarType), List<int>>();
        for (int i = 0; i < members.Count; i++)
        {
            if (!hasGradient[i]) continue;
            TensorInfo info = members[i].Describe();
            (int, int, int) key = (info.DeviceType, info.DeviceIndex, info.ScalarType);
            if (!places.TryGetValue(key, out List<int>? list)) places.Add(key, list = []);
            list.Add(i);
        }
        return [.. places.Values.Select(list => new ForeachBatch([.. list.Select(place => members[place])], [.. list]))];
    }

    /// <summary>Gives up the native memory that was taken for the step.</summary>
    internal void Release()
    {
        foreach (torch.Tensor gradient in Gradients) gradient.ReplaceHandle(IntPtr.Zero);
        foreach (torch.Tensor temporary in Temporaries) temporary.ReplaceHandle(IntPtr.Zero);
    }
}

/// <summary>The batches of one group of parameters, made anew only when other parameters have gradients or some were moved.</summary>
internal sealed class ForeachGroup(IReadOnlyList<Parameter> members)
{
    private readonly IntPtr[] lastHandles = new IntPtr[members.Count];
    private readonly bool[] hadGradient = new bool[members.Count];
    private readonly IntPtr[] gradients = new IntPtr[members.Count];
    private ForeachBatch[] batches = [];

    /// <summary>The batches with the gradients of this moment; <see cref="Release"/> them afterwards.</summary>
    internal ForeachBatch[] Collect()
    {
        bool changed = false;
        try
        {
            for (int i = 0; i < gradients.Length; i++)
            {
                Parameter parameter = members[i];
                Bridge.Check(Bridge.sd_tensor_grad(parameter.Handle, out gradients[i]));
                bool hasGradient = gradients[i] != IntPtr.Zero;
                changed |= hasGradient != hadGradient[i] || lastHandles[i] != parameter.Handle;
                (hadGradient[i], lastHandles[i]) = (hasGradient, parameter.Handle);
            }
            if (changed) batches = ForeachBatch.Divide(members, hadGradient);
            foreach (ForeachBatch batch in batches)
            {
                for (int i = 0; i < batch.Gradients.Length; i++)
                {
                    ref IntPtr gradient = ref gradients[batch.MemberIndices[i]];
                    batch.Gradients[i].ReplaceHandle(gradient);
                    gradient = IntPtr.Zero;
                }
            }
            return batches;
        }
        finally
        {
            // Empty unless something above failed; then the references are given back.
            foreach (IntPtr gradient in gradients) Bridge.sd_tensor_free(gradient);
            Array.Clear(gradients);
        }
    }

    internal void Release()
    {
        foreach (ForeachBatch batch in batches) batch.Release();
    }
}
