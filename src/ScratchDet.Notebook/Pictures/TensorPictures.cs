using System.Globalization;
using ScratchDet.Data;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Notebook;

/// <summary>Tensors as pictures, on demand: a tensor does not say whether it is one.</summary>
public static class TensorPictures
{
    private const int WantedSide = 256;

    /// <summary>
    /// (3, H, W) as red, green and blue; (H, W) or (1, H, W) as grey. Bytes are shown as they are; other values from
    /// <paramref name="low"/> (black) to <paramref name="high"/> (white), which are the smallest and the largest finite
    /// value when left out. What is not finite is magenta. Small ones are magnified.
    /// </summary>
    /// <exception cref="ArgumentException">Another shape, no values, or complex ones.</exception>
    public static Picture AsImage(this Tensor tensor, double? low = null, double? high = null)
    {
        long[] shape = tensor.shape;
        if (!(shape is [_, _] or [1 or 3, _, _]) || tensor.numel() == 0)
            throw new ArgumentException($"a tensor of shape ({string.Join(", ", shape)}) is no picture: (3, H, W), (1, H, W) or (H, W) is wanted; select one image of a batch with [0]", nameof(tensor));
        using DisposeScope scope = NewDisposeScope();
        ReadOnlySpan<double> values = tensor.detach().to(ScalarType.Float64, CPU).contiguous().AsSpan<double>();
        (double black, double white) = (0, 255);
        string range = "";
        if (tensor.dtype != ScalarType.Byte || low is not null || high is not null)
        {
            TensorStatistics found = TensorStatistics.Of(tensor);
            (black, white) = (low ?? found.Min, high ?? found.Max);
            range = $"black is {ViewMarkup.Short(black)}, white is {ViewMarkup.Short(white)}";
        }
        PlanarImage image = Paint(values, shape.Length == 3 && shape[0] == 3, (int)shape[^1], (int)shape[^2], black, white);
        int factor = Math.Max(1, WantedSide / Math.Max(image.Width, image.Height));
        return new Picture(DetectionOverlay.Magnify(image, factor), string.Create(CultureInfo.InvariantCulture, $"tensor ({string.Join(", ", shape)}) as a picture{(range.Length > 0 ? ", " : "")}{range}"))
        {
            Caption = range,
        };
    }

    /// <summary>A normalised image (3, H, W) with its colours back: value x deviation + mean of its channel.</summary>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public static Picture AsImage(this Tensor tensor, Normalization normalization)
    {
        if (tensor.shape is not [3, _, _]) throw new ArgumentException($"a tensor of shape ({string.Join(", ", tensor.shape)}) is no normalised image: (3, H, W) is wanted", nameof(tensor));
        using DisposeScope scope = NewDisposeScope();
        Tensor means = torch.tensor(new[] { normalization.MeanRed, normalization.MeanGreen, normalization.MeanBlue }).view(3, 1, 1);
        Tensor deviations = torch.tensor(new[] { normalization.DeviationRed, normalization.DeviationGreen, normalization.DeviationBlue }).view(3, 1, 1);
        Tensor colours = (tensor.detach().to(ScalarType.Float32, CPU) * deviations) + means;
        return colours.AsImage(0, 255) with { Caption = "" };
    }

    private static PlanarImage Paint(ReadOnlySpan<double> values, bool isColour, int width, int height, double black, double white)
    {
        var image = new PlanarImage(width, height);
        double span = white > black ? white - black : 1;
        int pixels = width * height;
        for (int place = 0; place < pixels; place++)
        {
            bool finite = true;
            for (int channel = 0; channel < PlanarImage.Channels; channel++)
            {
                double value = values[isColour ? (channel * pixels) + place : place];
                finite &= double.IsFinite(value);
                image.Pixels[(channel * pixels) + place] = double.IsNaN(value) ? (byte)0 : (byte)Math.Round(Math.Clamp((value - black) / span, 0, 1) * 255);
            }
            if (finite) continue;
            (image.Pixels[place], image.Pixels[pixels + place], image.Pixels[(2 * pixels) + place]) = (255, 0, 255);
        }
        return image;
    }
}
