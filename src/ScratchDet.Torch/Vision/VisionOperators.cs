using ScratchDet.Torch.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Torch.Vision;

/// <summary>torchvision's operators for boxes and regions, on the CPU and on CUDA.</summary>
/// <remarks>Every method throws <see cref="DllNotFoundException"/> when libtorch came without torchvision.</remarks>
public static class VisionOperators
{
    // torchvision's rule (ops/boxes.py, batched_nms): beyond these counts of numbers one call per class is faster.
    private const long CoordinateTrickLimitOnCpu = 4_000;
    private const long CoordinateTrickLimitOnDevice = 20_000;

    /// <summary>Greedy non-maximum suppression over all boxes alike.</summary>
    /// <param name="boxesXyxy">(N, 4) corners x1, y1, x2, y2 with x1 &lt;= x2 and y1 &lt;= y2; float.</param>
    /// <param name="scores">(N), the element type of the boxes.</param>
    /// <param name="iouThreshold">A box that overlaps a kept one by more than this is dropped.</param>
    /// <returns>int64 indices of the kept boxes, by falling score.</returns>
    public static Tensor Nms(Tensor boxesXyxy, Tensor scores, double iouThreshold)
    {
        TorchVisionLibraries.RequireOperators();
        return Operators.nms.Call(boxesXyxy, scores, iouThreshold);
    }

    /// <summary>Greedy non-maximum suppression within each class; boxes of different classes never suppress each other.</summary>
    /// <param name="boxesXyxy">(N, 4) corners x1, y1, x2, y2; float.</param>
    /// <param name="scores">(N), the element type of the boxes.</param>
    /// <param name="classIndices">(N) int64, not negative.</param>
    /// <param name="iouThreshold">A box that overlaps a kept one of its class by more than this is dropped.</param>
    /// <returns>int64 indices of the kept boxes, by falling score.</returns>
    public static Tensor BatchedNms(Tensor boxesXyxy, Tensor scores, Tensor classIndices, double iouThreshold)
    {
        TorchVisionLibraries.RequireOperators();
        TensorInfo boxes = boxesXyxy.Describe();
        if (boxes.Elements == 0) return empty(0, ScalarType.Int64, boxesXyxy.device);
        using IDisposable withoutGradients = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long limit = boxes.DeviceType == (int)DeviceType.CPU ? CoordinateTrickLimitOnCpu : CoordinateTrickLimitOnDevice;
        Tensor kept = boxes.Elements > limit
            ? NmsClassByClass(boxesXyxy, scores, classIndices, iouThreshold)
            : NmsWithClassOffsets(boxesXyxy, scores, classIndices, iouThreshold);
        return kept.MoveToOuterDisposeScope();
    }

    /// <summary>Features of regions, bilinear, without rounding (He et al. 2017, Mask R-CNN, section 3); has a gradient.</summary>
    /// <param name="input">(N, C, H, W) feature map.</param>
    /// <param name="boxes">(K, 5): image number in the batch, then x1, y1, x2, y2 in pixels of the image.</param>
    /// <param name="spatialScale">Feature pixels per image pixel, such as 1/16.</param>
    /// <param name="samplingRatio">Samples per bin and direction; 0 or less takes as many as the bin has pixels.</param>
    /// <param name="aligned">Pixel centres lie at +0.5 (right); false is the older, shifted form.</param>
    /// <returns>(K, C, pooledHeight, pooledWidth).</returns>
    public static Tensor RoiAlign(Tensor input, Tensor boxes, double spatialScale, int pooledHeight, int pooledWidth, int samplingRatio, bool aligned)
    {
        TorchVisionLibraries.RequireOperators();
        return Operators.roi_align.Call(input, boxes, spatialScale, pooledHeight, pooledWidth, samplingRatio, aligned);
    }

    /// <summary>One call: every class is moved to coordinates of its own, where it meets no other.</summary>
    private static Tensor NmsWithClassOffsets(Tensor boxesXyxy, Tensor scores, Tensor classIndices, double iouThreshold)
    {
        // torchvision shifts by the greatest coordinate + 1, which lets classes touch when coordinates are negative;
        // the least negative coordinate is added here, so that the numbers are torchvision's whenever there is none.
        Tensor extent = boxesXyxy.max() - boxesXyxy.min().clamp_max(0) + 1;
        Tensor offsets = classIndices.to(boxesXyxy.dtype) * extent;
        return Operators.nms.Call(boxesXyxy + offsets.unsqueeze(1), scores, iouThreshold);
    }

    private static Tensor NmsClassByClass(Tensor boxesXyxy, Tensor scores, Tensor classIndices, double iouThreshold)
    {
        Tensor classes = Operators._unique2.Call(classIndices).cpu();
        var keptOfClasses = new List<Tensor>();
        foreach (long classIndex in classes.data<long>().ToArray())
        {
            Tensor members = classIndices.eq(classIndex).nonzero().squeeze(1);
            Tensor kept = Operators.nms.Call(boxesXyxy.index_select(0, members), scores.index_select(0, members), iouThreshold);
            keptOfClasses.Add(members.index_select(0, kept));
        }
        // Ascending box order first, so that equal scores come out in the order torchvision gives them.
        Tensor all = cat(keptOfClasses).sort().Values;
        return all.index_select(0, scores.index_select(0, all).sort(descending: true).Indices);
    }
}
