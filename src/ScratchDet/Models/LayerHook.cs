using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>Watches what a layer gets or gives; the layer stays as it is.</summary>
public static class LayerHook
{
    /// <param name="watch">Called after each forward pass with the output, which belongs to the layer's caller.</param>
    /// <returns>Disposed: the watching ends.</returns>
    public static IDisposable OnOutput(Module<Tensor, Tensor> layer, Action<Tensor> watch)
    {
        var remover = layer.register_forward_hook((_, _, output) =>
        {
            watch(output);
            return output;
        });
        return new Removal(remover.remove);
    }

    /// <param name="watch">Called after each forward pass with the input, which belongs to the layer's caller.</param>
    /// <returns>Disposed: the watching ends.</returns>
    public static IDisposable OnInput(Module<Tensor, Tensor> layer, Action<Tensor> watch)
    {
        var remover = layer.register_forward_hook((_, input, output) =>
        {
            watch(input);
            return output;
        });
        return new Removal(remover.remove);
    }

    private sealed class Removal(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
