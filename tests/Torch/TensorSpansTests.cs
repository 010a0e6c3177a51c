using System.Runtime.CompilerServices;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

public class TensorSpansTests
{
    [Fact]
    public void An_array_and_its_tensor_share_memory()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        using Tensor tensor = TensorSpans.FromArray(values, 2, 3);
        values[5] = 60;
        Assert.Equal(60f, tensor[1, 2].item<float>());
        tensor.mul_(2);
        Assert.Equal([2f, 4f, 6f, 8f, 10f, 120f], values);
        tensor.AsSpan<float>()[0] = -1;
        Assert.Equal(-1f, values[0]);
    }

    [Fact]
    public void An_array_is_let_go_when_the_last_tensor_over_it_is_gone()
    {
        (WeakReference array, Tensor view) = ViewOfAnArray();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(array.IsAlive);
        Assert.Equal(2f, view.sum().item<float>());
        view.Dispose();
        GC.Collect();
        Assert.False(array.IsAlive);
    }

    [Fact]
    public void A_span_of_the_wrong_type_or_of_scattered_elements_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor matrix = ones(2, 3);
        Assert.Throws<ArgumentException>(() => matrix.AsSpan<int>().Length);
        Assert.Throws<InvalidOperationException>(() => matrix.t().AsSpan<float>().Length);
        Assert.Throws<ArgumentException>(() => TensorSpans.FromArray(new float[5], 2, 3));
        Assert.Throws<ArgumentException>(() => TensorSpans.FromArray(new char[5]));
        Assert.Equal(0x3F80, matrix.to(ScalarType.BFloat16).AsSpan<ushort>()[0]);
        Assert.Equal([0L, 3L], TensorSpans.FromArray(Array.Empty<int>(), 0, 3).shape);
    }

    [Fact]
    public void Channels_last_changes_the_layout_and_not_the_numbers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor image = arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5);
        Tensor changed = image.ToChannelsLast();
        Assert.True(changed.IsChannelsLast());
        Assert.False(image.IsChannelsLast());
        Assert.Equal([60L, 1L, 15L, 3L], changed.stride());
        Assert.True(changed.allclose(image, 0, 0));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Array, Tensor View) ViewOfAnArray()
    {
        float[] values = [1, 1, 5];
        using Tensor whole = TensorSpans.FromArray(values);
        return (new WeakReference(values), whole.narrow(0, 0, 2));
    }
}
