using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Losses;
using ScratchDet.Models;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Evaluation;

/// <summary>The detections of one image, in pixels of the image on disk, by falling score.</summary>
public sealed record ImageDetections(string ImageId, IReadOnlyList<ObjectAnnotation> Objects, IReadOnlyList<Detection> Detections);

/// <summary>What a pass over annotated images gave.</summary>
/// <param name="Coco">Boxes by COCO's rules; difficult objects are ignored.</param>
/// <param name="Loss">Mean loss per batch in evaluation mode.</param>
/// <param name="Images">In the order of the data set.</param>
public sealed record DetectorEvaluation(VocResult Voc, CocoEvaluation Coco, double Loss, IReadOnlyList<ImageDetections> Images);

/// <summary>How far an evaluation is.</summary>
/// <param name="Images">Images that the detector has seen.</param>
/// <param name="Total">Images in all.</param>
public readonly record struct EvaluationProgress(int Images, int Total);

/// <summary>Runs a detector over a data set once, in batches: detections, VOC and COCO scores, validation loss. Changes nothing in the detector.</summary>
public sealed class DetectorEvaluator(DetectionDataset data, Loader<DetectionBatch> loader, DetectionDecoder decoder, BoxCoder coder, MultiBoxLoss loss)
{
    /// <param name="forward">The detector in evaluation mode on its device: images on the CPU -> raw outputs on the CPU, float.</param>
    /// <param name="progress">Told after every batch, on the thread that evaluates.</param>
    public DetectorEvaluation Run(
        Detector detector, Func<Tensor, RawDetections> forward, Action<EvaluationProgress>? progress = null, CancellationToken cancellation = default)
    {
        bool wasTraining = detector.training;
        detector.eval();
        try
        {
            using IDisposable noGradient = no_grad();
            var evaluator = new VocEvaluator(data.ClassNames);
            List<ImageDetections> images = [];
            double lossSum = 0;
            int batches = 0;
            foreach (DetectionBatch batch in loader.Once(cancellation))
            {
                using (batch)
                using (DisposeScope scope = NewDisposeScope())
                {
                    RawDetections raw = forward(batch.Images);
                    MultiBoxTerms terms = loss.Compute(raw.BoxRegression, raw.ClassLogits, batch.Labels, batch.Offsets);
                    lossSum += terms.Total().item<float>();
                    batches++;
                    images.AddRange(Decode(detector, raw, batch));
                    progress?.Invoke(new EvaluationProgress(images.Count, data.Samples.Count));
                }
            }
            foreach (ImageDetections image in images) evaluator.Add(image.ImageId, image.Objects, image.Detections);
            CocoEvaluation coco = CocoEvaluator.Evaluate(CocoConversion.GroundTruth(data), CocoConversion.Results(data, images), cancellation: cancellation);
            return new DetectorEvaluation(evaluator.Compute(), coco, lossSum / Math.Max(1, batches), images);
        }
        finally
        {
            detector.train(wasTraining);
        }
    }

    private ImageDetections[] Decode(Detector detector, RawDetections raw, DetectionBatch batch)
    {
        int boxes = detector.DefaultBoxes.Count;
        int classes = detector.ClassCount;
        var found = new ImageDetections[batch.Count];
        Parallel.For(0, batch.Count, i =>
        {
            LoadedSample sample = batch.Samples[i];
            ReadOnlySpan<float> logits = raw.ClassLogits.AsSpan<float>().Slice(i * boxes * classes, boxes * classes);
            ReadOnlySpan<float> offsets = raw.BoxRegression.AsSpan<float>().Slice(i * boxes * 4, boxes * 4);
            List<Detection> detections = decoder.Decode(logits, offsets, detector.DefaultBoxes, coder, sample.OriginalWidth, sample.OriginalHeight);
            found[i] = new ImageDetections(sample.Id, data.Samples[sample.Index].Objects, detections);
        });
        return found;
    }
}
