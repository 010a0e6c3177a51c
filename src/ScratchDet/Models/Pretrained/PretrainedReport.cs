using ScratchDet.Data;
using ScratchDet.Torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>The order in which the first convolution's weights expect colours; the kit's images are RGB.</summary>
public enum ChannelOrder
{
    Rgb,

    /// <summary>Caffe's and OpenCV's: the weights are turned round when they are loaded.</summary>
    Bgr,
}

/// <summary>How to load pre-trained weights.</summary>
public sealed record PretrainedOptions
{
    /// <summary>
    /// What the file's first convolution was trained on. Names do not tell: torchvision's files are RGB, and what
    /// ssd.pytorch converted from Caffe is fed RGB by it, torchvision and mmdetection; a plain conversion from Caffe is BGR.
    /// </summary>
    public ChannelOrder FirstLayer { get; init; } = ChannelOrder.Rgb;

    /// <summary>
    /// The extra layers, projections and L2Norm too, and nothing may be left as it starts: for a backbone that is frozen, as DSSD's
    /// is while its deconvolution side learns. Weights of this kit alone have all of it.
    /// </summary>
    public bool WholeBackbone { get; init; }

    /// <summary>How to read a checkpoint with several mappings.</summary>
    public TensorArchiveOptions Archive { get; init; } = new();
}

/// <summary>What became of a file of pre-trained weights.</summary>
/// <param name="Source">Whose names the file has.</param>
/// <param name="Input">What the weights were trained on, for RGB images; null where the file does not tell.</param>
/// <param name="Loaded">Tensors of the backbone that got their values from the file.</param>
/// <param name="Ignored">Tensors of the file that were not needed: a classifier, a head.</param>
/// <param name="LeftAtStart">Tensors of the backbone that stay as they were: extra layers, and what the file lacks by design.</param>
/// <param name="Notes">What a reader of results should know, as sentences.</param>
public sealed record PretrainedReport(
    string Source, Normalization? Input, IReadOnlyList<string> Loaded, IReadOnlyList<string> Ignored, IReadOnlyList<string> LeftAtStart, IReadOnlyList<string> Notes)
{
    /// <summary>torchvision's for ImageNet (mean 0.485, 0.456, 0.406, deviation 0.229, 0.224, 0.225), for pixels from 0 to 255.</summary>
    public static Normalization TorchvisionInput { get; } = new()
    {
        MeanRed = 123.675f,
        MeanGreen = 116.28f,
        MeanBlue = 103.53f,
        DeviationRed = 58.395f,
        DeviationGreen = 57.12f,
        DeviationBlue = 57.375f,
    };

    /// <summary>SSD's and Caffe's VGG: less 123, 117, 104, not divided.</summary>
    public static Normalization CaffeInput { get; } = new();

    public override string ToString() =>
        $"{Source}: {Loaded.Count} tensors loaded, {Ignored.Count} of the file not needed, {LeftAtStart.Count} of the backbone left as they start{string.Concat(Notes.Select(note => $"; {note}"))}";
}
