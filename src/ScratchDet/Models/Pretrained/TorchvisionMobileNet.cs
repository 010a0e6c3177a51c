using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>torchvision's mobilenet_v2, see <see cref="TorchvisionMobileNetNames"/>. Its classifier is not needed.</summary>
internal sealed class TorchvisionMobileNet : WeightSource
{
    public override ImportPlan? PlanFor(string path, TensorArchive file, Backbone backbone, IReadOnlyDictionary<string, Tensor> targets)
    {
        if (!file.Entries.Any(entry => entry.Name == "features.1.conv.0.0.weight")) return null;
        const string Source = "torchvision's MobileNetV2";
        if (backbone is not MobileNet mobile) throw OtherBackbone(path, Source, "a MobileNet", backbone);
        if (mobile.Spec.Stem != MobileStemKind.StrideTwo)
            throw new BadInputException(path, null, $"weights of {Source}; the backbone's stem is {mobile.Spec.Stem}", "take MobileNetV2's own stem");
        return new ImportPlan(
            Source,
            PretrainedReport.TorchvisionInput,
            [.. TorchvisionMobileNetNames.Of(mobile.Spec).Select(pair => new TensorImport(pair.Theirs, pair.Ours) { Optional = pair.Ours.EndsWith("num_batches_tracked", StringComparison.Ordinal) })],
            "stem.0.convolution.weight");
    }
}
