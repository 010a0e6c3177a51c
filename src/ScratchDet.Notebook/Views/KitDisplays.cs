using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Synthetic;
using ScratchDet.Evaluation;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Evaluation.Errors;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Runs;
using static TorchSharp.torch;

namespace ScratchDet.Notebook;

/// <summary>How the kit's own types look when one of their values ends a cell. They do not know it themselves.</summary>
public static class KitDisplays
{
    /// <summary>What <see cref="Of"/> has views for, besides <see cref="IDisplayable"/>: kernels show these by their views also within lists and records.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(Tensor), typeof(Detector), typeof(DetectorSpec), typeof(ModelPreset), typeof(DetectionDataset), typeof(PlanarImage), typeof(AnnotatedImage),
        typeof(SyntheticShapesImage), typeof(Ablation<Experiment>), typeof(Study), typeof(DefaultBoxSet), typeof(DefaultBoxSpec), typeof(VocResult), typeof(CocoEvaluation),
        typeof(RunFolder), typeof(RunStore), typeof(ErrorSplit), typeof(ConfusionMatrix), typeof(BinnedAveragePrecision), typeof(ScoreCalibration), typeof(ImageRanking),
        typeof(PairedBootstrap),
    ];

    /// <summary>The view of a value; null for a type that is not the kit's, which is formatted as any other.</summary>
    public static IDisplayable? Of(object? value) => value switch
    {
        IDisplayable displayable => displayable,
        Tensor tensor => TensorView.Of(tensor),
        Detector detector => ModelSummary.Of(detector),
        DetectorSpec spec => ModelSummary.Of(spec),
        ModelPreset preset => ModelSummary.Of(preset.Spec),
        DetectionDataset dataset => new DatasetView(dataset),
        PlanarImage image => ImageOverlay.Of(image),
        AnnotatedImage annotated => ImageOverlay.Of(annotated),
        SyntheticShapesImage shapes => ImageOverlay.Of(shapes),
        Ablation<Experiment> ablation => AblationView.Of(ablation),
        Study study => AblationView.Of(study, Scale.Minutes),
        DefaultBoxSet boxes => new DefaultBoxView(boxes),
        DefaultBoxSpec boxes => new DefaultBoxView(new DefaultBoxSet(boxes)),
        VocResult result => new EvaluationView(result),
        CocoEvaluation evaluation => new CocoEvaluationView(evaluation),
        ErrorSplit split => new ErrorSplitView(split),
        ConfusionMatrix matrix => new ConfusionView(matrix),
        BinnedAveragePrecision bins => new BinnedPrecisionView(bins),
        ScoreCalibration calibration => new CalibrationView(calibration),
        ImageRanking ranking => new ImageRankingView(ranking),
        PairedBootstrap bootstrap => new BootstrapView(bootstrap),
        RunFolder run => new RunView(run),
        RunStore store => new RunStoreView(store),
        _ => null,
    };
}
