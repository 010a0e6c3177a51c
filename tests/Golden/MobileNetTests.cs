using System.Text.Json;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Golden;

/// <summary>Our MobileNetV2 against torchvision's on the same weights; see mobilenet.py.</summary>
public sealed class MobileNetTests : IDisposable
{
    private const uint FirstWeightSeed = 100;
    private const int Size = 64;

    private static readonly JsonElement Golden = GoldenNumbers.Read("mobilenet.json");
    private static readonly MobileNetSpec Spec = new() { Extras = [] };
    private static readonly Dictionary<string, string> OursOf = TorchvisionMobileNetNames.Of(Spec).ToDictionary(pair => pair.Theirs, pair => pair.Ours);

    private readonly MobileNet net = new(Spec, NormPlacement.Everywhere);

    public void Dispose() => net.Dispose();

    [Fact]
    public void Names_lead_to_tensors_of_the_same_shapes_in_torchvisions_order()
    {
        Dictionary<string, Tensor> state = net.state_dict();
        var keys = Golden.GetProperty("keys").EnumerateObject();

        Assert.Equal(keys.Select(key => key.Name), OursOf.Keys);
        Assert.Equal(state.Keys.Order(), OursOf.Values.Order());
        Assert.All(keys, key => Assert.Equal(key.Value.EnumerateArray().Select(size => size.GetInt64()), state[OursOf[key.Name]].shape));
    }

    [Fact]
    public void A_root_stem_has_no_names_in_torchvision() =>
        Assert.Throws<ArgumentException>(() => TorchvisionMobileNetNames.Of(Spec with { Stem = MobileStemKind.Root }));

    [Fact]
    public void Maps_gradients_and_running_statistics_are_torchvisions()
    {
        LoadWeights();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] maps = net.call(Numbers(7, [2, 3, Size, Size]));
        Tensor loss = zeros(1);
        uint seed = 11;
        foreach (Tensor map in maps) loss = loss + (map * Numbers(seed++, map.shape)).mean();
        loss.backward();

        const double Relative = 1e-4;
        foreach ((Tensor map, JsonElement expected) in maps.Zip(Golden.GetProperty("maps").EnumerateArray()))
        {
            Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), map.shape);
            AssertClose("sum", expected.GetProperty("sum").GetDouble(), map.to(ScalarType.Float64).sum().item<double>(), Relative);
            AssertClose("squares", expected.GetProperty("squares").GetDouble(), map.to(ScalarType.Float64).square().sum().item<double>(), Relative);
            double[] first = [.. expected.GetProperty("first").EnumerateArray().Select(value => value.GetDouble())];
            float[] ours = map.flatten()[..first.Length].data<float>().ToArray();
            for (int i = 0; i < first.Length; i++) Assert.Equal(first[i], ours[i], 1e-3);
        }
        Assert.Equal(Golden.GetProperty("loss").GetDouble(), loss.item<float>(), 1e-5);
        foreach (JsonProperty expected in Golden.GetProperty("gradients").EnumerateObject())
        {
            Parameter parameter = net.get_parameter(OursOf[expected.Name])!;
            AssertClose(expected.Name, expected.Value.GetDouble(), parameter.grad!.to(ScalarType.Float64).norm().item<double>(), 1e-2); // ReLU6 has two kinks
        }
        foreach (JsonProperty expected in Golden.GetProperty("running").EnumerateObject())
        {
            Tensor buffer = net.get_buffer(OursOf[expected.Name])!.to(ScalarType.Float64);
            double[] sums = [.. expected.Value.EnumerateArray().Select(value => value.GetDouble())];
            Assert.Equal(sums[0], buffer.sum().item<double>(), 1e-3);
            AssertClose(expected.Name, sums[1], buffer.square().sum().item<double>(), 1e-3);
        }
    }

    private static void AssertClose(string name, double expected, double ours, double relative) =>
        Assert.True(Math.Abs(expected - ours) <= relative * Math.Abs(expected), $"{name}: {ours}, torchvision has {expected}");

    /// <summary>As the recipe makes them: scaled for convolutions, around 1 for the scales of norms, around 0 for their shifts.</summary>
    private void LoadWeights()
    {
        using IDisposable noGradient = no_grad();
        uint seed = FirstWeightSeed;
        foreach (string key in Golden.GetProperty("gradients").EnumerateObject().Select(entry => entry.Name))
        {
            using DisposeScope scope = NewDisposeScope();
            Parameter parameter = net.get_parameter(OursOf[key])!;
            Tensor values = Numbers(seed++, parameter.shape, ScalarType.Float64);
            if (parameter.shape is [_, var inputs, var height, var width]) values = values * Math.Sqrt(6.0 / (inputs * height * width));
            else values = key.EndsWith("weight", StringComparison.Ordinal) ? values / 2 + 1 : values / 2;
            parameter.copy_(values);
        }
    }

    /// <summary>Numbers in [-1, 1).</summary>
    private static Tensor Numbers(uint seed, long[] shape, ScalarType type = ScalarType.Float32)
    {
        double[] values = GoldenNumbers.Sequence((int)shape.Aggregate(1L, (product, size) => product * size), seed);
        using Tensor flat = tensor([.. values.Select(value => 2 * value - 1)], shape);
        return flat.to(type);
    }
}
