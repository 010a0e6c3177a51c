using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Models;

/// <summary>Size in cells and channels of a detection map.</summary>
public readonly record struct FeatureMap(long Height, long Width, long Channels);

/// <summary>A tensor's name and row-major sizes.</summary>
public sealed record NamedShape(string Name, IReadOnlyList<long> Shape);

/// <summary>What a detector consists of and what one image costs.</summary>
/// <param name="Parameters">Numbers that training changes; running statistics are not among them.</param>
/// <param name="MultiplyAdds">Of the convolutions alone, for one image: what torchvision publishes as GFLOPS.</param>
/// <param name="StateDict">Parameters and buffers in the names asked for.</param>
public sealed record ModelProfile(
    long Parameters, long MultiplyAdds, IReadOnlyList<FeatureMap> FeatureMaps, IReadOnlyList<int> BoxesPerCell, int DefaultBoxes,
    IReadOnlyList<NamedShape> StateDict)
{
    /// <summary>Counts. A batch without images passes through, so that every layer has its real sizes and nothing is computed.</summary>
    public static ModelProfile Of(Detector detector, WeightNames names = WeightNames.Ours)
    {
        long multiplyAdds = 0;
        List<IDisposable> hooks = [];
        bool wasTraining = detector.training;
        detector.eval(); // batch norm has no statistics of no images
        try
        {
            // A layer with standardised weights does not call its convolution.
            HashSet<Module> counted = new(ReferenceEqualityComparer.Instance);
            foreach ((string _, Module part) in detector.named_modules().OrderBy(named => named.module is ConvNorm or NormConv ? 0 : 1))
            {
                if (ConvolutionOf(part) is { } convolution && counted.Add(convolution))
                    hooks.Add(LayerHook.OnOutput((Module<Tensor, Tensor>)part, output => multiplyAdds += MultiplyAddsOf(convolution, output.shape)));
                else if (part is ConvTranspose2d transposed)
                    hooks.Add(LayerHook.OnInput(transposed, input => multiplyAdds += MultiplyAddsOf(transposed, input.shape)));
            }
            using IDisposable noGradient = no_grad();
            int size = detector.Spec.ImageSize;
            using Tensor none = zeros(0, 3, size, size);
            using (detector.call(none))
            {
            }
            long costOfAll = multiplyAdds;
            Tensor[] maps = detector.MapsOf(none);
            FeatureMap[] sizes = [.. maps.Select(map => map.shape).Select(shape => new FeatureMap(shape[2], shape[3], shape[1]))];
            foreach (Tensor map in maps) map.Dispose();
            return new ModelProfile(
                detector.parameters().Sum(parameter => parameter.numel()),
                costOfAll,
                sizes,
                [.. sizes.Select((_, map) => detector.Spec.Boxes.BoxesOnMap(map))],
                detector.DefaultBoxes.Count,
                [.. ModelWeights.StateOf(detector, names).Select(entry => new NamedShape(entry.Key, entry.Value.shape))]);
        }
        finally
        {
            foreach (IDisposable hook in hooks) hook.Dispose();
            detector.train(wasTraining);
        }
    }

    /// <summary>The one whose output is the layer's.</summary>
    private static Conv2d? ConvolutionOf(Module layer) => layer switch
    {
        ConvNorm after => after.Convolution,
        NormConv before => before.Convolution,
        _ => layer as Conv2d,
    };

    /// <summary>Of one transposed convolution, for one image: every input value meets the whole kernel.</summary>
    public static long MultiplyAddsOf(ConvTranspose2d convolution, long[] inputShape) =>
        inputShape[1] * inputShape[2] * inputShape[3] * (convolution.out_channels / convolution.groups * convolution.kernel_size[0] * convolution.kernel_size[1]);

    /// <summary>Of one convolution, for one image.</summary>
    public static long MultiplyAddsOf(Conv2d convolution, long[] outputShape)
    {
        long perValue = convolution.in_channels / convolution.groups * convolution.kernel_size[0] * convolution.kernel_size[1];
        return outputShape[1] * outputShape[2] * outputShape[3] * perValue;
    }
}
