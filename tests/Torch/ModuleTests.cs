using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Tests.Torch;

public class ModuleTests
{
    [Fact]
    public void Components_are_registered_under_the_names_of_their_fields_in_order()
    {
        using var block = new Block();
        Assert.Equal(["scale", "convolution.weight", "convolution.bias", "normalisation.weight", "normalisation.bias"],
            block.named_parameters().Select(named => named.name));
        Assert.Equal(["anchors", "normalisation.running_mean", "normalisation.running_var", "normalisation.num_batches_tracked"],
            block.named_buffers().Select(named => named.name));
        Assert.Equal(["convolution", "normalisation", "rest", "rest.0"], block.named_modules().Select(named => named.name));
        Assert.Equal(["convolution", "normalisation", "rest"], block.named_children().Select(named => named.name));
    }

    [Fact]
    public void Private_fields_of_a_base_class_are_registered_too()
    {
        using var derived = new Derived();
        Assert.Equal(["scale", "convolution.weight", "convolution.bias", "normalisation.weight", "normalisation.bias", "last.weight", "last.bias"],
            derived.named_parameters().Select(named => named.name));
    }

    [Fact]
    public void The_state_has_all_parameters_and_then_all_persistent_buffers()
    {
        using Sequential net = Sequential(("conv", Conv2d(3, 4, 3)), ("norm", BatchNorm2d(4)), ("last", Conv2d(4, 2, 1, bias: false)));
        net.register_buffer("passing", ones(2), persistent: false);
        Assert.Equal(
            ["conv.weight", "conv.bias", "norm.weight", "norm.bias", "last.weight", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"],
            net.state_dict().Keys);
        Assert.Equal((4 * 3 * 9) + 4 + 4 + 4 + 8, net.parameters().Sum(parameter => parameter.numel()));
        Assert.Contains("passing", net.named_buffers().Select(named => named.name));
        Assert.DoesNotContain("passing", net.named_buffers(include_nonpersistent: false).Select(named => named.name));
    }

    [Fact]
    public void A_shared_part_counts_once_among_the_parameters_and_under_each_name_in_the_state()
    {
        Linear shared = Linear(2, 2);
        using Sequential net = Sequential(("first", shared), ("second", shared));
        Assert.Equal(["first.weight", "first.bias"], net.named_parameters().Select(named => named.name));
        Assert.Equal(["first.weight", "first.bias", "second.weight", "second.bias"], net.state_dict().Keys);
    }

    [Fact]
    public void A_name_can_be_registered_once_and_has_no_dot()
    {
        using var block = new Block();
        using var parameter = new Parameter(ones(1));
        Assert.Throws<InvalidOperationException>(() => block.register_parameter("scale", parameter));
        Assert.Throws<ArgumentException>(() => block.register_parameter("a.b", parameter));
        Assert.Throws<InvalidOperationException>(() => ReLU().register_parameter("a", parameter));
    }

    [Fact]
    public void Parameters_outlive_the_scope_they_were_made_in_and_end_with_their_module()
    {
        Sequential net;
        using (NewDisposeScope()) net = Sequential(Conv2d(1, 1, 1), BatchNorm2d(1), ModuleHolder());
        Parameter[] parameters = [.. net.parameters()];
        Assert.All(parameters, parameter => Assert.False(parameter.IsInvalid));
        Assert.Equal(6, parameters.Length);
        net.Dispose();
        Assert.All(parameters, parameter => Assert.True(parameter.IsInvalid));

        static Module<Tensor, Tensor> ModuleHolder() => Sequential(Linear(1, 1));
    }

    [Fact]
    public void A_parameter_takes_over_the_tensor_and_is_a_leaf()
    {
        using Tensor source = ones(2, requires_grad: true);
        Tensor computed = source * 2;
        using var parameter = new Parameter(computed);
        Assert.True(computed.IsInvalid);
        Assert.True(parameter.is_leaf);
        Assert.True(parameter.requires_grad);
        using var frozen = new Parameter(ones(2, requires_grad: true), false);
        Assert.False(frozen.requires_grad);
    }

    [Fact]
    public void Moving_keeps_the_parameter_objects_and_the_types_of_whole_numbers()
    {
        using DisposeScope scope = NewDisposeScope();
        using Sequential net = Sequential(Conv2d(1, 2, 1), BatchNorm2d(2));
        net.call(rand(2, 1, 3, 3)).sum().backward();
        Parameter[] before = [.. net.parameters()];
        before[0].requires_grad = false;
        Assert.Same(net, net.to(ScalarType.Float64));
        Assert.Equal(before, net.parameters());
        Assert.All(before, parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.Equal([false, true, true, true], before.Select(parameter => parameter.requires_grad));
        Assert.All(before, parameter => Assert.True(parameter.is_leaf));
        Assert.Equal(ScalarType.Float64, before[1].grad!.dtype);
        Assert.Equal([ScalarType.Float64, ScalarType.Float64, ScalarType.Int64], net.buffers().Select(buffer => buffer.dtype));
        Assert.Equal(ScalarType.Float64, net.call(rand(2, 1, 3, 3, ScalarType.Float64)).dtype);
        Assert.Throws<ArgumentException>(() => net.to(ScalarType.Int32));
        Assert.Equal(META.type, net.to(META).parameters().First().device_type);
    }

    [Fact]
    public void An_optimizer_made_before_a_conversion_still_steps_the_parameters()
    {
        using DisposeScope scope = NewDisposeScope();
        using Linear layer = Linear(1, 1, hasBias: false);
        init.zeros_(layer.weight);
        using SGD optimizer = optim.SGD(layer.parameters(), 0.5, momentum: 0.9);
        layer.to(ScalarType.Float64);
        layer.call(ones(1, 1, ScalarType.Float64)).sum().backward();
        optimizer.step();
        Assert.Equal(-0.5, layer.weight.item<double>());
    }

    [Fact]
    public void Training_mode_reaches_every_part()
    {
        using Sequential net = Sequential(Sequential(Dropout(0.9)), Identity());
        Assert.All(net.modules(), module => Assert.True(module.training));
        net.eval();
        Assert.All(net.modules(), module => Assert.False(module.training));
        using Tensor input = ones(100);
        using Tensor quiet = net.call(input);
        Assert.True(quiet.allclose(input, 0, 0));
        net.train();
        using Tensor dropped = net.call(input);
        Assert.False(dropped.allclose(input, 0, 0));
        Assert.Equal(1f, input.mean().item<float>());
    }

    [Fact]
    public void Gradients_are_dropped_or_filled_with_zeros()
    {
        using DisposeScope scope = NewDisposeScope();
        using Linear layer = Linear(2, 1);
        layer.call(ones(1, 2)).sum().backward();
        layer.zero_grad(set_to_none: false);
        Assert.Equal([0f, 0f], layer.weight.grad!.data<float>().ToArray());
        layer.zero_grad();
        Assert.Null(layer.weight.grad);
    }

    [Fact]
    public void Apply_visits_the_innermost_first()
    {
        using Sequential net = Sequential(Sequential(ReLU()), Flatten());
        List<string> visited = [];
        net.apply(module => visited.Add(module.GetName()));
        Assert.Equal(["ReLU", "Sequential", "Flatten", "Sequential"], visited);
    }

    [Fact]
    public void Hooks_see_and_change_what_goes_in_and_out_until_removed()
    {
        using DisposeScope scope = NewDisposeScope();
        ReLU layer = ReLU();
        var before = layer.register_forward_pre_hook((_, input) => input + 1);
        var after = layer.register_forward_hook((_, _, output) => output * 10);
        Assert.Equal(10f, layer.call(zeros(1)).item<float>());
        before.remove();
        Assert.Equal(0f, layer.call(zeros(1)).item<float>());
        after.remove();
        Assert.Equal(2f, layer.call(full([1], 2f)).item<float>());
    }

    [Fact]
    public void Lists_and_dictionaries_register_their_modules_in_order()
    {
        using ModuleList<Linear> list = ModuleList(Linear(1, 1, hasBias: false), Linear(1, 2, hasBias: false));
        list.Insert(1, Linear(1, 3, hasBias: false));
        Assert.Equal(["0.weight", "1.weight", "2.weight"], list.state_dict().Keys);
        Assert.Equal([1L, 3L, 2L], list.Select(layer => layer.out_features));
        list.RemoveAt(0);
        Assert.Equal([3L, 2L], list.parameters().Select(parameter => parameter.size(0)));

        using ModuleDict<Linear> dictionary = ModuleDict(("z", Linear(1, 1)), ("a", Linear(1, 2)));
        Assert.Equal(["z.weight", "z.bias", "a.weight", "a.bias"], dictionary.state_dict().Keys);
        Assert.True(dictionary.Remove("z"));
        Assert.Equal(["a.weight", "a.bias"], dictionary.state_dict().Keys);
    }

    [Fact]
    public void A_slice_of_a_sequence_shares_its_parts()
    {
        using Sequential net = Sequential(Linear(2, 3), ReLU(), Linear(3, 1));
        Sequential part = net[1..];
        Assert.Equal(["1", "2"], part.named_children().Select(named => named.name));
        Assert.Same(net[2], part[1]);
    }

    [Fact]
    public void A_module_of_two_inputs_has_hooks_that_may_change_both()
    {
        using DisposeScope scope = NewDisposeScope();
        using var difference = new Difference();
        Assert.Equal(-1f, difference.call(ones(1), full([1], 2f)).item<float>());
        difference.register_forward_pre_hook((_, left, right) => (right, left));
        difference.register_forward_hook((_, _, _, output) => output * 3);
        Assert.Equal(3f, difference.call(ones(1), full([1], 2f)).item<float>());
    }

    [Fact]
    public void A_field_can_be_registered_under_another_name()
    {
        using var module = new Difference();
        Assert.Equal(["offset"], module.state_dict().Keys);
        Assert.True(module.has_buffer("offset"));
        Assert.False(module.has_buffer("renamed"));
    }

    private class Block : Module<Tensor, Tensor>
    {
        private readonly Conv2d convolution = Conv2d(3, 4, 3, padding: 1);
        private readonly BatchNorm2d normalisation = BatchNorm2d(4);
        private readonly Parameter scale = new(ones(4));
        private readonly Tensor anchors = arange(4);
        private readonly Module<Tensor, Tensor> rest = Sequential(ReLU());

        public Block()
            : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            using Tensor first = convolution.call(input);
            using Tensor second = normalisation.call(first);
            using Tensor third = rest.call(second);
            return (third * scale.view(1, 4, 1, 1)) + anchors.view(1, 4, 1, 1);
        }
    }

    private sealed class Derived : Block
    {
        private readonly Linear last = Linear(4, 2);

        public Derived() => RegisterComponents();

        public override Tensor forward(Tensor input) => last.call(base.forward(input).mean([2, 3]));
    }

    private sealed class Difference : Module<Tensor, Tensor, Tensor>
    {
        [ComponentName(Name = "offset")]
        private readonly Tensor renamed = zeros(1);

        public Difference()
            : base(nameof(Difference)) => RegisterComponents();

        public override Tensor forward(Tensor input1, Tensor input2) => input1 - input2 + renamed;
    }
}
