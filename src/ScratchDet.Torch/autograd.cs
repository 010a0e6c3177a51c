using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Derivatives.</summary>
    public static class autograd
    {
        /// <summary>Gradients of the outputs with respect to the inputs; an input that is not used gives null when allowed.</summary>
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            IntPtr[] from = Handles(outputs);
            IntPtr[] to = Handles(inputs);
            IntPtr[] weights = Handles(grad_outputs ?? []);
            var results = new IntPtr[to.Length];
            fixed (IntPtr* fromPointer = from, toPointer = to, weightPointer = weights, resultPointer = results)
            {
                Bridge.Check(Bridge.sd_grad(fromPointer, grad_outputs is null ? null : weightPointer, from.Length, toPointer, to.Length,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, resultPointer));
            }
            Keep(outputs, inputs, grad_outputs);
            return [.. results.Select(handle => handle == IntPtr.Zero ? null! : new Tensor(handle))];
        }

        public static unsafe void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            IntPtr[] from = Handles(tensors);
            IntPtr[] weights = Handles(grad_tensors ?? []);
            IntPtr[] to = Handles(inputs ?? []);
            fixed (IntPtr* fromPointer = from, toPointer = to, weightPointer = weights)
            {
                Bridge.Check(Bridge.sd_backward(fromPointer, grad_tensors is null ? null : weightPointer, from.Length,
                    (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0, toPointer, to.Length));
            }
            Keep(tensors, grad_tensors, inputs);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null) => backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        private static IntPtr[] Handles(IList<Tensor> tensors)
        {
            var handles = new IntPtr[tensors.Count];
            for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i].Handle;
            return handles;
        }

        private static void Keep(params ReadOnlySpan<IList<Tensor>?> lists)
        {
            foreach (IList<Tensor>? list in lists)
            {
                foreach (Tensor tensor in list ?? []) GC.KeepAlive(tensor);
            }
        }
    }
}
