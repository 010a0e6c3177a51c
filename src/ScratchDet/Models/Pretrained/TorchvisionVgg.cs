using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>
/// torchvision's vgg11 to vgg19, with batch norm or without: features.N are the convolutions; classifier.0 and
/// classifier.3 are subsampled to fc6 and fc7. A file whose classifier is missing or not finite (torchvision's
/// IMAGENET1K_FEATURES, which came from Caffe) leaves fc6 and fc7 as they start.
/// </summary>
internal sealed class TorchvisionVgg : WeightSource
{
    private const string Prefix = "features.";
    private const int FullyConnectedLayers = 2;

    private static readonly string[] Classifiers = ["classifier.0", "classifier.3"];

    public override ImportPlan? PlanFor(string path, TensorArchive file, Backbone backbone, IReadOnlyDictionary<string, Tensor> targets)
    {
        var layers = new VggLayers(file, Prefix);
        if (layers.Convolutions is not [0, ..]) return null;
        const string Family = "torchvision's VGG";
        if (backbone is not Vgg) throw OtherBackbone(path, Family, "a VGG", backbone);
        string source = layers.HasNorm ? $"{Family} with batch norm" : Family;
        IReadOnlyList<int> into = VggLayers.Targets(targets);
        layers.Check(path, Family, into.Count - FullyConnectedLayers, targets);
        List<TensorImport> imports = [.. layers.Imports(layers.Convolutions.Zip(into))];
        int[] fullyConnected = [.. into.TakeLast(FullyConnectedLayers)];
        string first = $"layers.{into[0]}.convolution.weight";
        if (!HasClassifier(path, file))
        {
            return new ImportPlan($"{source}, features alone", PretrainedReport.CaffeInput, imports, first)
            {
                MayStayAtStart = name => fullyConnected.Any(layer => name.StartsWith($"layers.{layer}.", StringComparison.Ordinal)),
                Notes = ["the file has no classifier to make fc6 and fc7 of", "without a classifier the file is taken for torchvision's IMAGENET1K_FEATURES: RGB less 123, 117, 104"],
            };
        }
        List<string> notes = ["fc6 and fc7 are subsamples of the classifier"];
        if (layers.HasNorm) notes.Add("the classifier has no batch norm, so that of fc6 and fc7 starts with the bias as its shift");
        for (int k = 0; k < FullyConnectedLayers; k++)
        {
            string to = $"layers.{fullyConnected[k]}";
            imports.Add(new($"{Classifiers[k]}.weight", $"{to}.convolution.weight") { Subsampled = true });
            imports.Add(new($"{Classifiers[k]}.bias", layers.HasNorm ? $"{to}.norm.bias" : $"{to}.convolution.bias") { Subsampled = true });
        }
        string[] startsOfNorms = [.. fullyConnected.SelectMany(layer => new[] { "weight", "running_mean", "running_var" }.Select(tensor => $"layers.{layer}.norm.{tensor}"))];
        return new ImportPlan(source, PretrainedReport.TorchvisionInput, imports, first) { MayStayAtStart = name => startsOfNorms.Contains(name) || IsNormAfterPool(name), Notes = notes };
    }

    /// <summary>"layers.3.weight": a norm behind a pool, which torchvision's nets do not have.</summary>
    private static bool IsNormAfterPool(string name) => name.Split('.') is ["layers", _, "weight" or "bias" or "running_mean" or "running_var"];

    private static bool HasClassifier(string path, TensorArchive file)
    {
        foreach (string layer in Classifiers)
        {
            if (!file.Entries.Any(entry => entry.Name == $"{layer}.bias") || !file.Entries.Any(entry => entry.Name == $"{layer}.weight")) return false;
            using DisposeScope scope = NewDisposeScope();
            if (!WeightFile.Load(path, file, $"{layer}.bias").isfinite().all().item<bool>()) return false;
        }
        return true;
    }
}
