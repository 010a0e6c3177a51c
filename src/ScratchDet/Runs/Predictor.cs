using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;
using ScratchDet.Models;
using ScratchDet.Torch;
using ScratchDet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Runs;

/// <summary>Detections of single images by a trained model.</summary>
public sealed class Predictor
{
    private readonly TrainedModel trained;
    private readonly Execution execution;
    private readonly Pipeline pipeline;
    private readonly ModelConventions conventions;

    /// <param name="trained">Moved to the device of <paramref name="execution"/>; belongs to the caller.</param>
    public Predictor(TrainedModel trained, Execution execution)
    {
        (this.trained, this.execution, conventions) = (trained, execution, trained.Experiment.Conventions);
        execution.Prepare(trained.Detector);
        trained.Detector.eval();
        int size = trained.Experiment.Detector.ImageSize;
        pipeline = new Pipeline(trained.Experiment.Augment.ForTest(), size, size);
    }

    /// <summary>By falling score, boxes in pixels of the image.</summary>
    public List<Detection> Detect(PlanarImage image)
    {
        using DisposeScope scope = NewDisposeScope();
        PlanarImage resized = pipeline.Apply(new AnnotatedImage(image, []), new Random(0)).Image; // nothing is random at test
        Tensor input = empty(1, 3, resized.Height, resized.Width);
        trained.Experiment.Augment.Normalization.Write(resized, input.AsSpan<float>());
        RawDetections raw = execution.Infer(trained.Detector, input);
        return conventions.Decoder.Decode(raw.ClassLogits.AsSpan<float>(), raw.BoxRegression.AsSpan<float>(),
            trained.Detector.DefaultBoxes, conventions.Coder, image.Width, image.Height);
    }
}
