using ScratchDet.Boxes;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Data;

/// <summary>A batch as the network takes it, in CPU memory, with the targets of the loss.</summary>
/// <param name="Images">(N, 3, S, S) float, normalised.</param>
/// <param name="Labels">(N, A) int64; see <see cref="TargetEncoder.Encode"/>.</param>
/// <param name="Offsets">(N, A, 4) float, encoded boxes.</param>
/// <param name="Samples">The images behind it, in order.</param>
public sealed record DetectionBatch(Tensor Images, Tensor Labels, Tensor Offsets, IReadOnlyList<LoadedSample> Samples) : IDisposable
{
    public int Count => Samples.Count;

    /// <summary>Makes the tensors of a batch; runs on the loader's worker threads.</summary>
    public static DetectionBatch Collate(IReadOnlyList<LoadedSample> samples, Normalization normalization, TargetEncoder encoder, bool useDifficult)
    {
        int size = samples[0].Image.Width;
        int boxes = encoder.DefaultBoxes.Count;
        using DisposeScope scope = NewDisposeScope();
        Tensor images = empty(samples.Count, 3, size, size);
        Tensor labels = empty(samples.Count, boxes, ScalarType.Int64);
        Tensor offsets = empty(samples.Count, boxes, 4L);
        Span<float> pixels = images.AsSpan<float>();
        Span<long> labelValues = labels.AsSpan<long>();
        Span<float> offsetValues = offsets.AsSpan<float>();
        int imageLength = 3 * size * size;
        for (int i = 0; i < samples.Count; i++)
        {
            LoadedSample sample = samples[i];
            normalization.Write(sample.Image, pixels.Slice(i * imageLength, imageLength));
            encoder.Encode(sample.Objects, sample.Image.Width, sample.Image.Height,
                labelValues.Slice(i * boxes, boxes), offsetValues.Slice(i * boxes * 4, boxes * 4), useDifficult);
        }
        scope.Detach(images, labels, offsets);
        return new DetectionBatch(images, labels, offsets, samples);
    }

    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        Offsets.Dispose();
    }
}
