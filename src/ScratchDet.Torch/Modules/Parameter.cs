using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>
    /// A tensor that a module learns: a leaf of the graph. It takes over the native handle of the tensor it is made
    /// of, which is invalid afterwards.
    /// </summary>
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : base(TakeOver(data))
        {
            if (this.requires_grad != requires_grad) requires_grad_(requires_grad);
        }

        private static IntPtr TakeOver(torch.Tensor data)
        {
            if (data.is_leaf) return data.MoveHandle();
            using (data)
            {
                return data.detach().MoveHandle();
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <inheritdoc cref="TorchSharp.Modules.Parameter"/>
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
