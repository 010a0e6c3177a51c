using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Training;

/// <summary>
/// A detector's backbone without its extra layers, the mean over its last map, and a linear layer: what is trained on
/// pictures of single objects before detection. The backbone's tensors have the names that they have in the detector.
/// </summary>
public sealed class BackboneClassifier : Module<Tensor, Tensor>
{
    private readonly Backbone backbone;
    private readonly Linear classes;

    /// <exception cref="ArgumentException">The values of the specification do not go together.</exception>
    public BackboneClassifier(DetectorSpec spec, int classCount, Generator generator)
        : base(nameof(BackboneClassifier))
    {
        backbone = BodyOf(spec).Build(NormWhileTraining(spec.Norm));
        long channels = backbone.Channels[^1];
        classes = Linear(channels, classCount);
        RegisterComponents();
        Initialization.Apply(backbone, spec.Init, generator);
        using IDisposable noGradient = no_grad();
        double limit = Math.Sqrt(6.0 / (channels + classCount));
        classes.weight!.uniform_(-limit, limit, generator);
        classes.bias!.zero_();
    }

    public Backbone Backbone => backbone;

    /// <summary>The backbone without extra layers: what pre-training concerns.</summary>
    public static BackboneSpec BodyOf(DetectorSpec spec) => spec.Backbone with { Extras = [] };

    /// <summary>Images (N, 3, S, S) -> logits (N, classes).</summary>
    public override Tensor forward(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] maps = backbone.call(images);
        Tensor mean = maps[^1].mean([2, 3]); // (N, C, H, W) -> (N, C)
        return classes.call(mean.to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>A frozen norm has nothing to freeze yet: it is trained as batch norm and frozen in the detector.</summary>
    private static NormPlacement NormWhileTraining(NormPlacement norm) =>
        norm.Backbone == NormKind.FrozenBatch ? norm with { Backbone = NormKind.Batch, Extras = null } : norm with { Extras = null };
}
