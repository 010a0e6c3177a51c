using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

public class TensorTests
{
    [Fact]
    public void Arithmetic_follows_the_numbers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor([1f, 2f, 3f, 4f], [2, 2]);
        Tensor b = (a * 2 + 1) / 2 - 0.5;
        Assert.Equal([1f, 2f, 3f, 4f], b.data<float>().ToArray());
        Assert.Equal([0.5f, 1f], (2 / tensor([4f, 2f])).data<float>().ToArray());
        Assert.Equal(10f, a.sum().item<float>());
        Assert.Equal([3L, 7L], a.sum(1).to(ScalarType.Int64).data<long>().ToArray());
    }

    [Fact]
    public void A_gradient_is_what_calculus_says()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor([1f, 2f, 3f], requires_grad: true);
        (x.pow(3).sum() * 2).backward();
        Assert.Equal([6f, 24f, 54f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Indexing_makes_views_and_gathers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = arange(12).reshape(3, 4);
        Assert.Equal([4L, 5L, 6L, 7L], a[1].data<long>().ToArray());
        Assert.Equal(6L, a[1, 2].item<long>());
        Assert.Equal([1L, 5L, 9L], a[TensorIndex.Colon, TensorIndex.Single(1)].data<long>().ToArray());
        Assert.Equal([2L, 3L], a[TensorIndex.Single(0), TensorIndex.Slice(2)].data<long>().ToArray());
        Assert.Equal([8L, 0L], a[TensorIndex.Tensor(tensor(new long[] { 2, 0 })), TensorIndex.Single(0)].data<long>().ToArray());
        a[0] = tensor(new long[] { 9, 9, 9, 9 });
        Assert.Equal(36L, a[0].sum().item<long>());
    }

    [Fact]
    public void A_shape_error_is_one_exception_with_the_message_of_libtorch()
    {
        using Tensor a = ones(2, 3);
        using Tensor b = ones(2, 4);
        ExternalException error = Assert.Throws<ExternalException>(() => a + b);
        Assert.Contains("size of tensor a (3) must match the size of tensor b (4)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scope_frees_all_but_what_was_moved_out()
    {
        Tensor kept;
        Tensor dropped;
        using (NewDisposeScope())
        {
            dropped = ones(3);
            kept = (dropped + 1).DetachFromDisposeScope();
        }
        Assert.True(dropped.IsInvalid);
        Assert.Equal(6f, kept.sum().item<float>());
        kept.Dispose();
    }

    [Fact]
    public void A_seed_repeats_the_numbers_and_state_restores_them()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(7);
        Tensor first = rand(5, generator: generator);
        Tensor state = generator.get_state();
        Tensor second = rand(5, generator: generator);
        generator.set_state(state);
        Assert.True(second.allclose(rand(5, generator: generator), 0, 0));
        generator.manual_seed(7);
        Assert.True(first.allclose(rand(5, generator: generator), 0, 0));
    }
}
