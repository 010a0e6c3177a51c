using System.Text.Json;
using ScratchDet.Tests.Golden;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch.Optim;

/// <summary>Against PyTorch: Golden/optim.json, made by Golden/optim.py.</summary>
public sealed class SGDTests
{
    private static readonly JsonElement Golden = GoldenNumbers.Read("optim.json").GetProperty("sgd");
    private static readonly long[][] Shapes = [[3, 4], [4], [5]];

    public static TheoryData<string> Names => [.. Golden.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Twenty_steps_give_the_numbers_of_PyTorch_bit_for_bit(string name)
    {
        JsonElement expected = Golden.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        using DisposeScope scope = NewDisposeScope();
        (Parameter[] parameters, SGD optimizer) = Run(expected);
        using (optimizer)
        {
            for (int i = 0; i < parameters.Length; i++)
            {
                Assert.Equal(Floats(expected.GetProperty("values")[i]), parameters[i].detach().data<float>().ToArray());
                Tensor? momentum = ((SGD.State)optimizer._state[parameters[i]]).momentum_buffer;
                Assert.Equal(Floats(expected.GetProperty("momenta")[i]), momentum?.data<float>().ToArray() ?? []);
            }
        }
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_as_it_is()
    {
        using DisposeScope scope = NewDisposeScope();
        var used = new Parameter(ones(2));
        var unused = new Parameter(ones(2));
        using SGD optimizer = optim.SGD([used, unused], 0.1, momentum: 0.9, weight_decay: 0.5);
        used.sum().backward();
        optimizer.step();
        Assert.Equal([1f, 1f], unused.detach().data<float>().ToArray());
        Assert.NotEqual(1f, used.detach().data<float>()[0]);
    }

    [Fact]
    public void A_gradient_is_the_same_after_a_step()
    {
        using DisposeScope scope = NewDisposeScope();
        var parameter = new Parameter(ones(3));
        using SGD optimizer = optim.SGD([parameter], 0.1, momentum: 0.9, weight_decay: 0.5, nesterov: true);
        parameter.square().sum().backward();
        optimizer.step();
        Assert.Equal([2f, 2f, 2f], parameter.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Zero_grad_fills_gradients_with_zeros_so_that_decay_and_momentum_go_on()
    {
        using DisposeScope scope = NewDisposeScope();
        var used = new Parameter(ones(1));
        var never = new Parameter(ones(1));
        using SGD optimizer = optim.SGD([used, never], 0.1, momentum: 0.5, weight_decay: 1);
        used.sum().backward();
        optimizer.step();   // velocity 1 + 1 = 2
        optimizer.zero_grad();
        Assert.Equal([0f], used.grad!.data<float>().ToArray());
        Assert.Null(never.grad);
        optimizer.step();   // velocity 0.5 * 2 + 0.8 = 1.8
        Assert.Equal(1 - (0.1 * 2) - (0.1 * 1.8), used.detach().data<float>()[0], 1e-6);
        Assert.Equal(1f, never.detach().data<float>()[0]);
    }

    [Fact]
    public void The_momentum_outlives_the_scope_of_the_step_and_a_step_keeps_gradients_on()
    {
        using var parameter = new Parameter(ones(3));
        using SGD optimizer = optim.SGD([parameter], 0.1, momentum: 0.9);
        for (int i = 0; i < 3; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor? loss = optimizer.step(() =>
            {
                Tensor sum = parameter.sum();
                sum.backward();
                return sum;
            });
            Assert.True(is_grad_enabled());
            Assert.True(loss!.requires_grad);
        }
        // Velocities 1, 1.9, 2.71.
        Assert.Equal(1 - (0.1 * (1 + 1.9 + 2.71)), parameter.detach().data<float>()[0], 1e-6);
    }

    [Fact]
    public void Parameters_of_different_types_are_changed_each_in_its_own()
    {
        using DisposeScope scope = NewDisposeScope();
        var single = new Parameter(ones(2));
        var twice = new Parameter(ones(2, ScalarType.Float64));
        using SGD optimizer = optim.SGD([single, twice], 0.1, momentum: 0.5);
        for (int i = 0; i < 2; i++)
        {
            optimizer.zero_grad();
            (single.sum() + twice.sum()).backward();
            optimizer.step();
        }
        Assert.Equal(0.75, twice.detach().data<double>()[0], 1e-15);
        Assert.Equal(0.75, single.detach().data<float>()[0], 1e-6);
        Assert.Equal(ScalarType.Float32, single.dtype);
    }

    [Fact]
    public void A_module_that_changes_its_type_goes_on()
    {
        using DisposeScope scope = NewDisposeScope();
        using Linear layer = nn.Linear(2, 2);
        using SGD optimizer = optim.SGD(layer.parameters(), 0.1);
        for (int i = 0; i < 4; i++)
        {
            if (i == 2) layer.to(ScalarType.Float64);
            optimizer.zero_grad();
            layer.weight.sum().backward();
            double before = layer.weight.detach().sum().ToDouble();
            optimizer.step();
            Assert.Equal(0.4, before - layer.weight.detach().sum().ToDouble(), 1e-5);
        }
    }

    [Fact]
    public void State_that_was_saved_goes_on_bit_for_bit()
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement setting = Golden.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == "groups");
        (Parameter[] first, SGD whole) = Run(setting, 0, 20);
        (Parameter[] second, SGD half) = Run(setting, 0, 9);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        half.save_state_dict(writer);
        foreach (bool fromFile in new[] { true, false })
        {
            Parameter[] copies = [.. second.Select(parameter => new Parameter(parameter.detach().clone()))];
            SGD resumed = Build(setting, copies);
            stream.Position = 0;
            if (fromFile) resumed.load_state_dict(new BinaryReader(stream));
            else resumed.load_state_dict(half.state_dict());
            Steps(resumed, copies, 9, 20);
            for (int i = 0; i < first.Length; i++) Assert.True(first[i].allclose(copies[i], 0, 0));
            resumed.Dispose();
        }
        stream.SetLength(stream.Length - 5);
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => half.load_state_dict(new BinaryReader(stream)));
        whole.Dispose();
        half.Dispose();
    }

    [Fact]
    public void A_step_makes_no_garbage()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [.. Enumerable.Range(0, 20).Select(_ => new Parameter(ones(3, 3)))];
        using SGD optimizer = optim.SGD(parameters, 0.1, momentum: 0.9, weight_decay: 0.01, nesterov: true);
        foreach (Parameter parameter in parameters) parameter.grad = ones(3, 3);
        for (int i = 0; i < 3; i++) optimizer.step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) optimizer.step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        var parameter = new Parameter(ones(2));
        Assert.Throws<ArgumentException>(() => optim.SGD(Array.Empty<Parameter>(), 0.1));
        Assert.Throws<ArgumentException>(() => optim.SGD([parameter], -0.1));
        Assert.Throws<ArgumentException>(() => optim.SGD([parameter], double.NaN));
        Assert.Throws<ArgumentException>(() => optim.SGD([parameter], 0.1, momentum: -1));
        Assert.Throws<ArgumentException>(() => optim.SGD([parameter], 0.1, nesterov: true));
        Assert.Throws<ArgumentException>(() => optim.SGD([parameter, parameter], 0.1));
    }

    private static (Parameter[] Parameters, SGD Optimizer) Run(JsonElement setting, int from = 0, int to = 20)
    {
        Parameter[] parameters = [.. Shapes.Select((shape, i) => new Parameter(Numbers(shape, (uint)i + 1)))];
        SGD optimizer = Build(setting, parameters);
        Steps(optimizer, parameters, from, to);
        return (parameters, optimizer);
    }

    private static SGD Build(JsonElement setting, Parameter[] parameters)
    {
        JsonElement options = setting.GetProperty("options");
        return optim.SGD(setting.GetProperty("groups").EnumerateArray().Select(group => new SGD.ParamGroup(
                group.GetProperty("members").EnumerateArray().Select(member => parameters[member.GetInt32()]),
                new SGD.Options { LearningRate = Number(group, "lr"), momentum = Number(group, "momentum"), weight_decay = Number(group, "weight_decay") })),
            Number(options, "lr") ?? 0, Number(options, "momentum") ?? 0, Number(options, "dampening") ?? 0, Number(options, "weight_decay") ?? 0,
            options.TryGetProperty("nesterov", out _), options.TryGetProperty("maximize", out _));
    }

    /// <summary>The course of optim.py: the last parameter gets its first gradient at step 4; at step 10 all rates fall to a tenth.</summary>
    private static void Steps(SGD optimizer, Parameter[] parameters, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            for (int i = 0; i < parameters.Length; i++)
            {
                if (i < 2 || step >= 4) parameters[i].grad = Numbers(Shapes[i], (uint)(100 + (10 * step) + i));
            }
            if (step == 10)
            {
                foreach (optim.ILearningRateController group in optimizer.ParamGroups) group.LearningRate *= 0.1;
            }
            optimizer.step();
        }
    }

    private static Tensor Numbers(long[] shape, uint seed) =>
        tensor([.. GoldenNumbers.Sequence((int)shape.TotalSize(), seed).Select(value => (float)(value - 0.5))], shape);

    private static double? Number(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : null;

    private static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(value => (float)value.GetDouble())];
}
