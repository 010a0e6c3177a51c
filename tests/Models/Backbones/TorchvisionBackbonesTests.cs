using System.Text.Json;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Tests.Golden;
using ScratchDet.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Models.Backbones;

/// <summary>
/// One pass in training mode against torchvision's numbers in Golden/backbones.json, which Golden/backbones.py made:
/// detection maps, the gradient of every parameter and every running statistic, in float64 and by torchvision's names.
/// </summary>
public class TorchvisionBackbonesTests
{
    private const int Size = 64;
    private const double Tolerance = 1e-7;

    [Theory]
    [InlineData("resnet18", 18)]
    [InlineData("resnet34", 34)]
    [InlineData("resnet50", 50)]
    [InlineData("resnet101", 101)]
    public void A_ResNet_has_torchvisions_maps_gradients_and_running_statistics(string name, int depth)
    {
        using var backbone = new Residual(ResidualSpec.Torchvision(depth) with { FirstMapStride = 4 }, NormPlacement.BackboneOnly);
        AssertSame(name, backbone, ResNetName, []);
    }

    [Theory]
    [InlineData("vgg16", NormKind.None)]
    [InlineData("vgg16_bn", NormKind.Batch)]
    public void VGG_16_has_torchvisions_conv4_3_and_conv5_3_with_gradients_and_running_statistics(string name, NormKind norm)
    {
        // fc6 and fc7 are SSD's own and small here; the image is a multiple of 32, so that no pool rounds.
        using var backbone = new Vgg(new VggSpec { L2Norm = false, FullyConnectedChannels = 8, Extras = [] }, new NormPlacement { Backbone = norm });
        AssertSame(name, backbone, ours => VggName(ours, norm), ["layers.12", "layers.16"]);
    }

    /// <param name="watched">Layers whose outputs are compared, in this order; none: the detection maps.</param>
    private static void AssertSame(string name, Backbone backbone, Func<string, string?> theirs, IReadOnlyList<string> watched)
    {
        JsonElement golden = GoldenNumbers.Read("backbones.json").GetProperty(name);
        string[] order = [.. golden.GetProperty("gradient_norms").EnumerateObject().Select(entry => entry.Name)];
        Dictionary<string, Parameter> parameters = Named(backbone.named_parameters(), theirs);
        Assert.Equal(order.Order(), parameters.Keys.Order());

        backbone.to(ScalarType.Float64);
        for (int seed = 0; seed < order.Length; seed++) Fill(parameters[order[seed]], order[seed], (ulong)seed);
        using (DisposeScope scope = NewDisposeScope())
        {
            JsonElement maps = golden.GetProperty("maps");
            Tensor loss = zeros(1, ScalarType.Float64);
            int map = 0;
            void Compare(Tensor output)
            {
                Assert.Equal(maps[map].GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), output.shape);
                AssertClose(maps[map].GetProperty("sum").GetDouble(), output.sum().item<double>(), $"sum of map {map}");
                AssertClose(maps[map].GetProperty("norm").GetDouble(), output.square().sum().sqrt().item<double>(), $"norm of map {map}");
                loss += (output * Numbers(1000 + (ulong)map, output.shape)).sum();
                map++;
            }

            Dictionary<string, nn.Module> layers = backbone.named_modules().ToDictionary(named => named.name, named => named.module);
            IDisposable[] hooks = [.. watched.Select(layer => LayerHook.OnOutput((nn.Module<Tensor, Tensor>)layers[layer], Compare))];
            Tensor[] outputs = backbone.call(Numbers(900, 2, 3, Size, Size));
            foreach (IDisposable hook in hooks) hook.Dispose();
            if (watched.Count == 0)
            {
                foreach (Tensor output in outputs) Compare(output);
            }
            Assert.Equal(maps.GetArrayLength(), map);
            loss.backward();
        }
        foreach ((string key, Parameter parameter) in parameters)
            AssertClose(golden.GetProperty("gradient_norms").GetProperty(key).GetDouble(), Norm(parameter.grad!), $"gradient of {key}");
        Dictionary<string, Tensor> running = Named(backbone.named_buffers(), theirs);
        foreach (JsonProperty entry in golden.GetProperty("running_norms").EnumerateObject())
            AssertClose(entry.Value.GetDouble(), Norm(running[entry.Name]), entry.Name);
    }

    private static Dictionary<string, T> Named<T>(IEnumerable<(string Name, T Value)> ours, Func<string, string?> theirs) =>
        ours.Where(entry => theirs(entry.Name) is not null).ToDictionary(entry => theirs(entry.Name)!, entry => entry.Value);

    private static string ResNetName(string ours)
    {
        string[] parts = ours.Split('.');
        bool isConvolution = parts[^2] == "convolution";
        if (parts[0] == "stem") return $"{(isConvolution ? "conv1" : "bn1")}.{parts[^1]}";
        string layer = $"layer{int.Parse(parts[1]) + 1}.{parts[2]}";
        if (parts[3] == "shortcut") return $"{layer}.downsample.{(isConvolution ? 0 : 1)}.{parts[^1]}";
        int number = Array.IndexOf(["first", "second", "third"], parts[3]) + 1;
        return $"{layer}.{(isConvolution ? "conv" : "bn")}{number}.{parts[^1]}";
    }

    /// <summary>torchvision numbers convolutions, norms, ReLUs and pools one by one; ours numbers layers and pools.</summary>
    private static string? VggName(string ours, NormKind norm)
    {
        string[] parts = ours.Split('.');
        int layer = int.Parse(parts[1]);
        int[] pools = [2, 5, 9, 13, 17];
        if (layer > pools[^1]) return null; // fc6 and fc7
        int poolsBefore = pools.Count(pool => pool < layer), perLayer = norm == NormKind.None ? 2 : 3;
        int feature = (layer - poolsBefore) * perLayer + poolsBefore + (parts[2] == "norm" ? 1 : 0);
        return $"{feature}.{parts[^1]}";
    }

    /// <summary>As <c>fill</c> in the recipe.</summary>
    private static void Fill(Parameter parameter, string name, ulong seed)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor values = Numbers(seed, parameter.shape);
        if (parameter.ndim == 4) values *= Math.Sqrt(6.0 / (parameter.shape[1] * parameter.shape[2] * parameter.shape[3]));
        else values = 0.1 * values + (name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
        parameter.copy_(values);
    }

    /// <summary>As <c>numbers</c> in the recipe.</summary>
    private static Tensor Numbers(ulong seed, params long[] shape)
    {
        var values = new double[shape.Aggregate(1L, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
        {
            ulong z = unchecked(((ulong)i + 1 + (seed << 32)) * 0x9E3779B97F4A7C15);
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            z ^= z >> 31;
            values[i] = (z >> 40) / (double)(1 << 23) - 1;
        }
        return TensorSpans.FromArray(values, shape);
    }

    private static double Norm(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.detach().square().sum().sqrt().item<double>();
    }

    private static void AssertClose(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: {expected} expected, {actual}");
}
