using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>The base network of torchvision's trained ssd300_vgg16; its extra layers and head are not taken.</summary>
internal sealed class TorchvisionSsd : WeightSource
{
    private const string Prefix = "backbone.";

    public override ImportPlan? PlanFor(string path, TensorArchive file, Backbone backbone, IReadOnlyDictionary<string, Tensor> targets)
    {
        if (!file.Entries.Any(entry => entry.Name == "backbone.features.0.weight")) return null;
        const string Source = "torchvision's ssd300_vgg16";
        if (backbone is not Vgg) throw OtherBackbone(path, Source, "a VGG", backbone);
        List<TensorImport> imports = [];
        foreach (TensorEntry entry in file.Entries)
        {
            if (TorchvisionNames.ToOurs(entry.Name) is { } ours && ours.StartsWith(Prefix, StringComparison.Ordinal) && PretrainedWeights.IsPretrainedPart(ours[Prefix.Length..]))
                imports.Add(new TensorImport(entry.Name, ours[Prefix.Length..]));
        }
        new VggLayers(file, "backbone.features.").Check(path, Source, VggLayers.Targets(targets).Count - 5, targets); // conv5, fc6 and fc7 are in "extra"
        return new ImportPlan(Source, PretrainedReport.CaffeInput, imports, "layers.0.convolution.weight");
    }
}
