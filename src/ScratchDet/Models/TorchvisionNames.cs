using static TorchSharp.torch;

namespace ScratchDet.Models;

/// <summary>
/// The state_dict keys of torchvision's ssd300_vgg16 beside our names for the same tensors. torchvision numbers ReLUs and
/// pools too, and puts the layers behind conv4_3 into "extra": extra.0 is pool4, conv5, pool5, fc6, fc7.
/// </summary>
public static class TorchvisionNames
{
    private static readonly (string Ours, string Theirs)[] Pairs = [.. Tensors()];

    private static readonly Dictionary<string, string> TheirsByOurs = Pairs.ToDictionary(pair => pair.Ours, pair => pair.Theirs, StringComparer.Ordinal);

    private static readonly Dictionary<string, string> OursByTheirs = Pairs.ToDictionary(pair => pair.Theirs, pair => pair.Ours, StringComparer.Ordinal);

    /// <summary>All keys, in torchvision's order.</summary>
    public static IEnumerable<string> Keys => Pairs.Select(pair => pair.Theirs);

    /// <summary>torchvision's key for a name of ours, or null.</summary>
    public static string? FromOurs(string name) => TheirsByOurs.GetValueOrDefault(name);

    /// <summary>Our name for a key of torchvision's, or null.</summary>
    public static string? ToOurs(string key) => OursByTheirs.GetValueOrDefault(key);

    /// <summary>The tensors of an SSD300 with VGG-16 under torchvision's keys and in its order; they are the detector's own.</summary>
    /// <exception cref="ArgumentException">The detector is built otherwise.</exception>
    public static IReadOnlyDictionary<string, Tensor> StateOf(Detector detector)
    {
        Dictionary<string, Tensor> ours = detector.state_dict();
        if (ours.Count != Pairs.Length || ours.Keys.FirstOrDefault(name => !TheirsByOurs.ContainsKey(name)) is not null)
            throw new ArgumentException("only an SSD300 with VGG-16 and without batch norm has names in torchvision", nameof(detector));
        var state = new OrderedDictionary<string, Tensor>(Pairs.Length, StringComparer.Ordinal);
        foreach ((string name, string key) in Pairs) state.Add(key, ours[name]);
        return state;
    }

    private static IEnumerable<(string Ours, string Theirs)> Tensors()
    {
        yield return ("backbone.l2Norm.scale", "backbone.scale_weight");
        foreach ((string ours, string theirs) in Convolutions())
        {
            yield return ($"{ours}.convolution.weight", $"{theirs}.weight");
            yield return ($"{ours}.convolution.bias", $"{theirs}.bias");
        }
    }

    private static IEnumerable<(string Ours, string Theirs)> Convolutions()
    {
        int layer = 0, feature = 0;
        foreach (int convolutions in (int[])[2, 2, 3, 3])
        {
            for (int i = 0; i < convolutions; i++, feature += 2)
                yield return ($"backbone.layers.{layer++}", $"backbone.features.{feature}");
            layer++; // the pool
            feature++;
        }
        for (int i = 0; i < 3; i++)
            yield return ($"backbone.layers.{layer++}", $"backbone.extra.0.{1 + 2 * i}");
        layer++;
        yield return ($"backbone.layers.{layer++}", "backbone.extra.0.7.1");
        yield return ($"backbone.layers.{layer}", "backbone.extra.0.7.3");
        for (int extra = 0; extra < 4; extra++)
        {
            yield return ($"backbone.extras.layers.{2 * extra}", $"backbone.extra.{extra + 1}.0");
            yield return ($"backbone.extras.layers.{2 * extra + 1}", $"backbone.extra.{extra + 1}.2");
        }
        for (int map = 0; map < 6; map++)
            yield return ($"head.classes.maps.{map}", $"head.classification_head.module_list.{map}");
        for (int map = 0; map < 6; map++)
            yield return ($"head.boxes.maps.{map}", $"head.regression_head.module_list.{map}");
    }
}
