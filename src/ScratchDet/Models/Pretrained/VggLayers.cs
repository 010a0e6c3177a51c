using System.Globalization;
using System.Text.RegularExpressions;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>
/// VGG's convolutions where a file numbers all layers, ReLUs and pools among them: "features.0.weight", or "0.weight". A
/// convolution has four dimensions; batch norm stands right behind its convolution.
/// </summary>
internal sealed class VggLayers
{
    private const string RunningMean = "running_mean";

    private static readonly string[] NormTensors = ["weight", "bias", "running_var"];

    private readonly string prefix;
    private readonly HashSet<string> names;
    private readonly List<int> convolutions = [];

    /// <param name="prefix">In front of the number.</param>
    public VggLayers(TensorArchive file, string prefix)
    {
        this.prefix = prefix;
        names = file.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var weight = new Regex($@"\A{Regex.Escape(prefix)}([0-9]{{1,3}})\.weight\z", RegexOptions.CultureInvariant);
        foreach (TensorEntry entry in file.Entries)
        {
            if (weight.Match(entry.Name) is not { Success: true } match) continue;
            int number = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            if (entry.Shape.Count == 4) convolutions.Add(number);
            else HasNorm = true;
        }
        convolutions.Sort();
    }

    public bool HasNorm { get; private set; }

    /// <summary>Numbers of the convolutions, in order.</summary>
    public IReadOnlyList<int> Convolutions => convolutions;

    /// <summary>Indices of the backbone's convolutions in its layers; fc6 and fc7 are the last two.</summary>
    public static IReadOnlyList<int> Targets(IReadOnlyDictionary<string, Tensor> targets)
    {
        const string Before = "layers.", Behind = ".convolution.weight";
        return [.. targets.Keys.Where(name => name.StartsWith(Before, StringComparison.Ordinal) && name.EndsWith(Behind, StringComparison.Ordinal))
            .Select(name => int.Parse(name.AsSpan(Before.Length, name.Length - Before.Length - Behind.Length), CultureInfo.InvariantCulture)).Order()];
    }

    /// <summary>The tensors of the file's convolutions, and of their norms, for layers of the backbone.</summary>
    public IEnumerable<TensorImport> Imports(IEnumerable<(int Number, int Layer)> pairs)
    {
        foreach ((int number, int layer) in pairs)
        {
            string convolution = $"{prefix}{number}", to = $"layers.{layer}";
            yield return new($"{convolution}.weight", $"{to}.convolution.weight");
            if (!HasNorm)
            {
                yield return new($"{convolution}.bias", $"{to}.convolution.bias");
                continue;
            }
            string norm = $"{prefix}{number + 1}";
            foreach (string tensor in NormTensors) yield return new($"{norm}.{tensor}", $"{to}.norm.{tensor}");
            // Ours has no bias in front of a norm; a mean that is smaller by it gives the same.
            string bias = $"{convolution}.bias";
            yield return new($"{norm}.{RunningMean}", $"{to}.norm.{RunningMean}") { Less = names.Contains(bias) ? bias : null };
            yield return new($"{norm}.num_batches_tracked", $"{to}.norm.num_batches_tracked") { Optional = true };
        }
    }

    /// <exception cref="BadInputException">The file has norm layers and the backbone none, or the other way round, or another number of convolutions.</exception>
    public void Check(string path, string source, int convolutionCount, IReadOnlyDictionary<string, Tensor> targets)
    {
        bool wantsNorm = targets.Keys.Any(name => name.EndsWith(".norm.weight", StringComparison.Ordinal) && name.StartsWith("layers.", StringComparison.Ordinal));
        if (wantsNorm && !HasNorm)
        {
            throw new BadInputException(path, null, $"weights of {source} without norm layers; the backbone has them, and the biases of the file have no place in it",
                "give weights with batch norm (torchvision's vgg16_bn), or take a backbone without norm layers (ssd300-vgg16)");
        }
        if (!wantsNorm && HasNorm)
        {
            throw new BadInputException(path, null, $"weights of {source} with batch norm; the backbone has no norm layers",
                "give weights without batch norm (torchvision's vgg16), or take a backbone with it (ssd300-vgg16-bn)");
        }
        if (convolutions.Count != convolutionCount)
        {
            throw new BadInputException(path, null, $"weights of {source} with {convolutions.Count} convolutions; the backbone has {convolutionCount} in their place",
                "give the weights of the same VGG (16 layers with 2, 2, 3, 3, 3 convolutions)");
        }
    }
}
