using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Tests.Torch;

/// <summary>Modules and functions against PyTorch's numbers in Golden/nn.json, which Golden/nn.py made.</summary>
[Collection(nameof(AloneCollection))]
public class NnGoldenTests
{
    private static readonly Dictionary<string, Func<Tensor>> Cases = new()
    {
        ["initial Conv2d"] = () => Initialised(() => Conv2d(4, 6, (3, 2), groups: 2)),
        ["initial ConvTranspose2d"] = () => Initialised(() => ConvTranspose2d(2, 3, 2)),
        ["initial Linear"] = () => Initialised(() => Linear(5, 3)),
        ["xavier_uniform_"] = () => Drawn(tensor => init.xavier_uniform_(tensor, 1.5), 4, 3, 2, 2),
        ["xavier_normal_"] = () => Drawn(tensor => init.xavier_normal_(tensor), 4, 6),
        ["kaiming_normal_ fan out"] = () => Drawn(
            tensor => init.kaiming_normal_(tensor, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU), 4, 3, 2, 2),
        ["kaiming_uniform_"] = () => Drawn(tensor => init.kaiming_uniform_(tensor, 0.3), 4, 6),
        ["trunc_normal_"] = () => Drawn(tensor => init.trunc_normal_(tensor, 0.1, 0.5, -0.3, 0.9), 4, 6),
        ["dirac_"] = () => init.dirac_(empty(3, 2, 3, 3)),
        ["eye_"] = () => init.eye_(empty(2, 3)),
        ["conv2d"] = () => functional.conv2d(X(), Weight()[..2], Numbers(7, 2)),
        ["conv2d stride padding"] = () => functional.conv2d(X(), Weight()[..2], strides: [2, 1], padding: [1, 2]),
        ["conv2d dilation"] = () => functional.conv2d(X(), Weight()[..2], padding: [2, 2], dilation: [2, 2]),
        ["conv2d groups"] = () => functional.conv2d(X(), Weight()[..4, ..2], strides: [2, 2], padding: [1, 1], groups: 2),
        ["Conv2d same"] = () => WithNumbers(Conv2d(4, 2, (3, 2), Padding.Same, dilation: (1, 2))).call(X()[..1]),
        ["Conv2d reflect"] = () => Padded(PaddingModes.Reflect),
        ["Conv2d replicate"] = () => Padded(PaddingModes.Replicate),
        ["Conv2d circular"] = () => Padded(PaddingModes.Circular),
        ["ConvTranspose2d"] = () => WithNumbers(ConvTranspose2d(4, 2, 3, 2, 1, 1)).call(X()[..1, .., ..3, ..3]),
        ["ConvTranspose2d output size"] = () => WithNumbers(ConvTranspose2d(4, 2, 3, 2, 1)).forward(X()[..1, .., ..3, ..3], [6, 5]),
        ["max_pool2d ceil"] = () => MaxPool2d(2, ceil_mode: true).call(Image()),
        ["max_pool2d floor"] = () => functional.max_pool2d(Image(), 3, 2, 1, 1),
        ["max_pool2d indices"] = () => MaxPool2d(2, ceil_mode: true).forward_with_indices(Image()).Indices.@float(),
        ["avg_pool2d ceil"] = () => AvgPool2d((3, 2), (2, 3), (1, 1), true, false).call(Image()),
        ["adaptive_avg_pool2d"] = () => AdaptiveAvgPool2d((3, 2)).call(Image()),
        ["BatchNorm2d train"] = () => Normalised(1, 0.1, false),
        ["BatchNorm2d eval"] = () => Normalised(2, 0.3, true),
        ["BatchNorm2d cumulative"] = () => Normalised(3, null, true),
        ["InstanceNorm2d"] = () => WithNumbers(InstanceNorm2d(4, affine: true)).call(X()[0]),
        ["GroupNorm"] = () => WithNumbers(GroupNorm(2, 4)).call(X()[..1]),
        ["LayerNorm"] = () => WithNumbers(LayerNorm([7, 6])).call(X()[..1, ..2]),
        ["normalize"] = () => functional.normalize(X()[..1]),
        ["pad reflect"] = () => functional.pad(Image(), (2, 1, 1, 0), PaddingModes.Reflect),
        ["pad constant"] = () => functional.pad(Image(), [2, 0, 0, 1], value: 1.5),
        ["nearest"] = () => functional.interpolate(Image(), [7, 4]),
        ["nearest factor"] = () => Upsample(scale_factor: [1.7]).call(Image()),
        ["nearest exact"] = () => functional.interpolate(Image(), [7, 4], mode: InterpolationMode.NearestExact),
        ["bilinear"] = () => functional.interpolate(Image(), [7, 4], mode: InterpolationMode.Bilinear),
        ["bilinear corners"] = () => Upsample([7, 4], mode: UpsampleMode.Bilinear, align_corners: true).call(Image()),
        ["bilinear factor"] = () => functional.interpolate(Image(), scale_factor: [1.3, 0.8], mode: InterpolationMode.Bilinear),
        ["bilinear recomputed"] = () =>
            functional.interpolate(Image(), scale_factor: [1.3], mode: InterpolationMode.Bilinear, recompute_scale_factor: true),
        ["bilinear antialias"] = () => functional.interpolate(Image(), [2, 3], mode: InterpolationMode.Bilinear, antialias: true),
        ["bicubic"] = () => functional.interpolate(Image(), [7, 4], mode: InterpolationMode.Bicubic),
        ["area"] = () => functional.interpolate(Image(), scale_factor: [0.6], mode: InterpolationMode.Area),
        ["cross_entropy"] = () => functional.cross_entropy(Scores(), Target()),
        ["cross_entropy weights"] = () => functional.cross_entropy(Scores(), Target(), tensor([0.2f, 1, 3]), 0),
        ["cross_entropy smoothing"] = () => functional.cross_entropy(Scores(), Target(), reduction: Reduction.None, label_smoothing: 0.1),
        ["nll_loss"] = () => functional.nll_loss(functional.log_softmax(Scores(), 1), Target(), reduction: Reduction.Sum),
        ["smooth_l1_loss"] = () => functional.smooth_l1_loss(Left(), Right(), Reduction.None),
        ["smooth_l1_loss beta"] = () => functional.smooth_l1_loss(Left(), Right(), Reduction.Sum, 1 / 9.0),
        ["huber_loss"] = () => functional.huber_loss(Left(), Right(), 0.5, Reduction.None),
        ["l1_loss"] = () => functional.l1_loss(Left(), Right()),
        ["mse_loss"] = () => functional.mse_loss(Left(), Right()),
        ["binary_cross_entropy_with_logits"] = () => functional.binary_cross_entropy_with_logits(
            Left(), Right().gt(0).@float(), Right().abs(), pos_weights: tensor([1f, 2, 0.5f])),
        ["gelu"] = () => GELU().call(Left()),
        ["gelu tanh"] = () => functional.gelu(Left(), TorchSharp.Modules.GELU.Approximate.tanh),
        ["relu6"] = () => ReLU6().call(Left() * 5),
        ["silu"] = () => SiLU().call(Left()),
        ["leaky_relu"] = () => LeakyReLU(0.2, inplace: true).call(Left()),
        ["softmax"] = () => functional.softmax(Left(), 1),
        ["one_hot"] = () => functional.one_hot(Target(), 4).@float(),
        ["clip_grad_norm_ 2"] = () => Clipped(0.5, 2),
        ["clip_grad_norm_ 1"] = () => Clipped(0.5, 1),
        ["clip_grad_norm_ infinity"] = () => Clipped(0.5, double.PositiveInfinity),
        ["clip_grad_norm_ large"] = () => Clipped(50, 2),
        ["fuse_conv_bn_weights"] = () => Fused(false),
        ["fuse_conv_bn_weights transpose"] = () => Fused(true),
    };

    private static readonly Dictionary<string, Golden> Expected = JsonSerializer.Deserialize<Dictionary<string, Golden>>(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "nn.json")),
        new JsonSerializerOptions { PropertyNameCaseInsensitive = true })!;

    public static TheoryData<string> Names => [.. Expected.Keys];

    [Fact]
    public void Every_golden_case_is_computed_here() => Assert.Equal(Expected.Keys.Order(), Cases.Keys.Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void The_numbers_are_those_of_PyTorch(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor result = Cases[name]();
        Assert.Equal(Expected[name].Shape, result.shape);
        float[] values = result.detach().contiguous().data<float>().ToArray();
        for (int i = 0; i < values.Length; i++)
            Assert.True(Math.Abs(values[i] - Expected[name].Values[i]) <= 2e-5 * Math.Max(1, Math.Abs(values[i])), $"{i}: {values[i]}, PyTorch {Expected[name].Values[i]}");
    }

    /// <summary>The numbers of <c>numbers</c> in nn.py.</summary>
    private static Tensor Numbers(long seed, params long[] shape)
    {
        var values = new double[shape.Aggregate(1L, (product, size) => product * size)];
        long state = seed;
        for (int i = 0; i < values.Length; i++)
        {
            state = ((1103515245 * state) + 12345) % 2147483648;
            values[i] = (2 * state / 2147483648.0) - 1;
        }
        return tensor(values, shape, ScalarType.Float32);
    }

    private static Tensor X() => Numbers(1, 2, 4, 7, 6);

    private static Tensor Image() => Numbers(2, 1, 2, 5, 7);

    private static Tensor Weight() => Numbers(3, 6, 4, 3, 3);

    private static Tensor Scores() => Numbers(4, 5, 3) * 4;

    private static Tensor Target() => tensor(new long[] { 2, 0, 1, 1, 2 });

    private static Tensor Left() => Numbers(5, 4, 3) * 2;

    private static Tensor Right() => Numbers(6, 4, 3) * 2;

    private static Tensor Initialised(Func<Module> make)
    {
        manual_seed(7);
        using Module module = make();
        return cat([.. module.parameters().Select(parameter => parameter.detach().flatten())]);
    }

    private static Tensor Drawn(Func<Tensor, Tensor> fill, params long[] shape)
    {
        manual_seed(11);
        return fill(empty(shape));
    }

    private static T WithNumbers<T>(T module)
        where T : Module
    {
        using IDisposable noGradients = no_grad();
        int index = 0;
        foreach (Parameter parameter in module.parameters()) parameter.copy_(Numbers(31 + index++, parameter.shape));
        return module;
    }

    private static Tensor Padded(PaddingModes mode) =>
        WithNumbers(Conv2d(4, 2, (3, 3), (2, 2), (1, 2), padding_mode: mode)).call(X()[..1]);

    private static Tensor Normalised(int batches, double? momentum, bool evaluate)
    {
        using BatchNorm2d module = WithNumbers(BatchNorm2d(3));
        module.momentum = momentum;
        Tensor result = empty(0);
        for (int batch = 0; batch < batches; batch++) result = module.call(Numbers(41 + batch, 2, 3, 4, 5) * (2 + batch));
        module.eval();
        if (evaluate) result = module.call(Numbers(47, 1, 3, 2, 2));
        return cat([result.flatten(), module.running_mean!, module.running_var!, module.num_batches_tracked!.reshape(1).@float()]);
    }

    private static Tensor Clipped(double maximum, double type)
    {
        Parameter[] parameters = [new(Numbers(51, 3, 2)), new(Numbers(52, 4)), new(Numbers(53, 2))];
        (parameters[0].grad, parameters[1].grad) = (Numbers(54, 3, 2), Numbers(55, 4));
        double total = utils.clip_grad_norm_(parameters, maximum, type);
        return cat([tensor([(float)total]), parameters[0].grad!.flatten(), parameters[1].grad!]);
    }

    private static Tensor Fused(bool transpose)
    {
        (Parameter weight, Parameter bias) = utils.fuse_conv_bn_weights(
            Numbers(61, 3, 3, 2, 2), Numbers(62, 3), Numbers(63, 3), Numbers(64, 3).abs(), 1e-3, Numbers(65, 3), Numbers(66, 3), transpose);
        return cat([weight.flatten(), bias]);
    }

    private sealed record Golden(long[] Shape, double[] Values);
}
