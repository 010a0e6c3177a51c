using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>
/// SSD's base network as ssd.pytorch converted it from Caffe (vgg16_reducedfc.pth): layers by number alone, fc6 and fc7
/// already convolutions, "31" and "33". Under "vgg." also the base of its trained detectors.
/// </summary>
internal sealed class CaffeVgg : WeightSource
{
    public override ImportPlan? PlanFor(string path, TensorArchive file, Backbone backbone, IReadOnlyDictionary<string, Tensor> targets)
    {
        foreach (string prefix in (string[])["", "vgg."])
        {
            var layers = new VggLayers(file, prefix);
            if (layers.Convolutions is not [0, .., 31, 33] || layers.HasNorm) continue;
            const string Source = "Caffe's VGG-16 with reduced fc6 and fc7";
            if (backbone is not Vgg) throw OtherBackbone(path, Source, "a VGG", backbone);
            IReadOnlyList<int> into = VggLayers.Targets(targets);
            layers.Check(path, Source, into.Count, targets);
            return new ImportPlan(Source, PretrainedReport.CaffeInput, [.. layers.Imports(layers.Convolutions.Zip(into))], $"layers.{into[0]}.convolution.weight")
            {
                Notes = ["ssd.pytorch, torchvision and mmdetection feed these weights RGB; a file that expects BGR needs --weights-bgr"],
            };
        }
        return null;
    }
}
