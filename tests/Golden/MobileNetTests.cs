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

    /// <summary>In double precision, as the recipe: in single, what falls on the other side of a ReLU6's kink moves gradients by one per cent.</summary>
    [Fact]
    public void Maps_gradients_and_running_statistics_are_torchvisions()
    {
        net.to(ScalarType.Float64);
        LoadWeights();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] maps = net.call(Numbers(7, [2, 3, Size, Size]));
        Tensor loss = zeros(1, ScalarType.Float64);
        uint seed = 11;
        foreach (Tensor map in maps) loss = loss + (map * Numbers(seed++, map.shape)).mean();
        loss.backward();

        foreach ((Tensor map, JsonElement expected) in maps.Zip(Golden.GetProperty("maps").EnumerateArray()))
        {
            Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), map.shape);
            AssertClose("sum", expected.GetProperty("sum"), map.sum());
            AssertClose("squares", expected.GetProperty("squares"), map.square().sum());
            Tensor first = map.flatten();
            foreach ((JsonElement value, int index) in expected.GetProperty("first").EnumerateArray().Select((value, index) => (value, index)))
                AssertClose($"value {index}", value, first[index]);
        }
        AssertClose("loss", Golden.GetProperty("loss"), loss);
        foreach (JsonProperty expected in Golden.GetProperty("gradients").EnumerateObject())
            AssertClose(expected.Name, expected.Value, net.get_parameter(OursOf[expected.Name])!.grad!.norm());
        foreach (JsonProperty expected in Golden.GetProperty("running").EnumerateObject())
        {
            Tensor buffer = net.get_buffer(OursOf[expected.Name])!;
            AssertClose($"sum of {expected.Name}", expected.Value[0], buffer.sum());
            AssertClose($"squares of {expected.Name}", expected.Value[1], buffer.square().sum());
        }
    }

    /// <summary>To the digits that are stored; gradients that are 0 but for rounding (shifts in front of a norm) may differ by it.</summary>
    private static void AssertClose(string name, JsonElement expected, Tensor ours)
    {
        const double Relative = 1e-6, Absolute = 1e-10;
        (double theirs, double value) = (expected.GetDouble(), ours.item<double>());
        Assert.True(Math.Abs(theirs - value) <= Relative * Math.Abs(theirs) + Absolute, $"{name}: {value}, torchvision has {theirs}");
    }

    /// <summary>As the recipe makes them: scaled for convolutions, around 1 for the scales of norms, around 0 for their shifts.</summary>
    private void LoadWeights()
    {
        using IDisposable noGradient = no_grad();
        uint seed = FirstWeightSeed;
        foreach (string key in Golden.GetProperty("gradients").EnumerateObject().Select(entry => entry.Name))
        {
            using DisposeScope scope = NewDisposeScope();
            Parameter parameter = net.get_parameter(OursOf[key])!;
            Tensor values = Numbers(seed++, parameter.shape);
            if (parameter.shape is [_, var inputs, var height, var width]) values = values * Math.Sqrt(6.0 / (inputs * height * width));
            else values = key.EndsWith("weight", StringComparison.Ordinal) ? values / 2 + 1 : values / 2;
            parameter.copy_(values);
        }
    }

    /// <summary>Numbers in [-1, 1).</summary>
    private static Tensor Numbers(uint seed, long[] shape)
    {
        double[] values = GoldenNumbers.Sequence((int)shape.Aggregate(1L, (product, size) => product * size), seed);
        return tensor([.. values.Select(value => 2 * value - 1)], shape);
    }
}
