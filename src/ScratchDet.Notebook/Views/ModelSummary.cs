using System.Globalization;
using System.Text;
using ScratchDet.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Notebook;

/// <summary>One layer of a model, as one image passes through it.</summary>
/// <param name="Name">The dotted path of the module.</param>
/// <param name="Kind">"conv 3x3, stride 2", "max pool 2x2".</param>
/// <param name="InputShape">(channels, height, width).</param>
/// <param name="MultiplyAdds">Of convolutions, for one image; 0 for the others.</param>
/// <param name="Norm">As <see cref="NormReport"/> names it; empty: none.</param>
public sealed record LayerSummary(
    string Name, string Kind, IReadOnlyList<long> InputShape, IReadOnlyList<long> OutputShape, long Parameters, long MultiplyAdds, string Norm);

/// <summary>
/// A detector on a page: what it costs, its detection maps and default boxes, where it is normalised, and every layer.
/// </summary>
/// <param name="ClassCount">Background counted.</param>
/// <param name="Layers">In the order in which they run; a convolution and its norm are one layer.</param>
/// <param name="Norms">What normalises each part.</param>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record ModelSummary(DetectorSpec Spec, int ClassCount, ModelProfile Profile, IReadOnlyList<LayerSummary> Layers, IReadOnlyList<NormUse> Norms) : IDisplayable
{
    /// <summary>Class count of VOC, background counted.</summary>
    public const int VocClassCount = 21;

    private const int MostLayersOpen = 24;

    /// <summary>A batch without images passes through, so nothing is computed. The model stays the caller's.</summary>
    /// <param name="imagesPerBatch">Images that batch norm sees; null: not known.</param>
    public static ModelSummary Of(Detector detector, int? imagesPerBatch = null)
    {
        ModelProfile profile = ModelProfile.Of(detector);
        var layers = new List<LayerSummary>();
        var hooks = new List<IDisposable>();
        bool wasTraining = detector.training;
        detector.eval(); // batch norm has no statistics of no images
        try
        {
            var inside = new HashSet<Module>(ReferenceEqualityComparer.Instance);
            foreach ((string name, Module part) in detector.named_modules())
            {
                if (inside.Contains(part) || part is not Module<Tensor, Tensor> layer) continue;
                if (layer is not (ConvNorm or NormConv) && layer.children().Any()) continue;
                inside.UnionWith(layer.modules());
                var remover = layer.register_forward_hook((_, input, output) =>
                {
                    layers.Add(Describe(name, layer, input.shape, output.shape));
                    return output;
                });
                hooks.Add(new Removal(remover.remove));
            }
            using IDisposable noGradient = no_grad();
            using Tensor none = zeros(0, 3, detector.Spec.ImageSize, detector.Spec.ImageSize);
            using (detector.call(none))
            {
            }
        }
        finally
        {
            foreach (IDisposable hook in hooks) hook.Dispose();
            detector.train(wasTraining);
        }
        return new ModelSummary(detector.Spec, detector.ClassCount, profile, layers, NormReport.Of(detector, imagesPerBatch));
    }

    /// <summary>Builds the model for a moment.</summary>
    /// <param name="classCount">Background counted.</param>
    /// <exception cref="ArgumentException">The values of the specification do not go together.</exception>
    public static ModelSummary Of(DetectorSpec spec, int classCount = VocClassCount)
    {
        using var detector = new Detector(spec, classCount);
        return Of(detector);
    }

    /// <summary>What normalises each part, how many layers of it, and what mean and variance are taken over.</summary>
    public TextTable NormTable() => NormTable(Norms);

    /// <inheritdoc cref="NormTable()"/>
    public static TextTable NormTable(IReadOnlyList<NormUse> norms) => new(
        ["part", "norm", "layers", "statistics"],
        [.. norms.Select(use => (IReadOnlyList<string>)[use.Part, use.Kind, Number(use.Layers), use.Statistics])]);

    /// <summary>Detection maps, the finest first.</summary>
    public TextTable MapTable() => new(
        ["map", "cells", "channels", "boxes per cell", "default boxes"],
        [.. Profile.FeatureMaps.Select((map, k) => (IReadOnlyList<string>)
            [Number(k + 1), $"{map.Height} x {map.Width}", Number(map.Channels), Number(Profile.BoxesPerCell[k]), ViewMarkup.Grouped(map.Height * map.Width * Profile.BoxesPerCell[k])])]);

    public TextTable LayerTable() => new(
        ["layer", "kind", "norm", "input", "output", "parameters", "multiply-adds"],
        [.. Layers.Select(layer => (IReadOnlyList<string>)
            [layer.Name, layer.Kind, layer.Norm, ShapeText(layer.InputShape), ShapeText(layer.OutputShape), layer.Parameters == 0 ? "" : ViewMarkup.Grouped(layer.Parameters), layer.MultiplyAdds == 0 ? "" : ViewMarkup.Grouped(layer.MultiplyAdds)])]);

    public string ToText() =>
        $"{Title}\n{Costs}\n\n{MapTable().ToText()}\n{NormTable().ToText()}\n{LayerTable().ToText()}";

    public MimeBundle ToMimeBundle() => ViewMarkup.Bundle(ToText(), html =>
    {
        html.Title(Title).Line(Costs);
        MapTable().WriteHtml(html);
        NormTable().WriteHtml(html);
        html.Append(Layers.Count <= MostLayersOpen ? "<details open>" : "<details>").Append($"<summary>{ViewMarkup.Count(Layers.Count, "layer")}</summary>");
        LayerTable().WriteHtml(html, sortable: true);
        html.Append("</details>");
    });

    public override string ToString() => ToText();

    private string Title => string.Create(CultureInfo.InvariantCulture,
        $"detector ({KindOf(Spec.Backbone)}) for images of {Spec.ImageSize} x {Spec.ImageSize} px, {ClassCount} classes with background");

    private string Costs =>
        $"{ViewMarkup.Grouped(Profile.Parameters)} parameters, {ViewMarkup.Grouped(Profile.MultiplyAdds)} multiply-adds an image, {ViewMarkup.Grouped(Profile.DefaultBoxes)} default boxes";

    private static LayerSummary Describe(string name, Module layer, long[] input, long[] output)
    {
        Module[] parts = [layer, .. layer.modules().Where(part => part != layer)];
        Conv2d? convolution = parts.OfType<Conv2d>().FirstOrDefault();
        return new LayerSummary(name, KindOf(layer, convolution), input[1..], output[1..],
            layer.parameters().Sum(parameter => parameter.numel()),
            convolution is not null ? ModelProfile.MultiplyAddsOf(convolution, output)
                : layer is ConvTranspose2d transposed ? ModelProfile.MultiplyAddsOf(transposed, input) : 0,
            string.Join(", ", parts.Select(NormReport.KindOf).OfType<string>()));
    }

    private static string KindOf(Module layer, Conv2d? convolution)
    {
        if (convolution is null)
        {
            return layer switch
            {
                MaxPool2d pool => $"max pool {pool.kernel_size[0]}x{pool.kernel_size[^1]}",
                ConvTranspose2d transposed => $"deconv {transposed.kernel_size[0]}x{transposed.kernel_size[1]}, stride {transposed.stride[0]}",
                _ => layer.GetName(),
            };
        }
        var kind = new StringBuilder($"conv {convolution.kernel_size[0]}x{convolution.kernel_size[1]}");
        if (convolution.stride[0] != 1) kind.Append(CultureInfo.InvariantCulture, $", stride {convolution.stride[0]}");
        if (convolution.dilation[0] != 1) kind.Append(CultureInfo.InvariantCulture, $", dilation {convolution.dilation[0]}");
        if (convolution.groups != 1) kind.Append(CultureInfo.InvariantCulture, $", {convolution.groups} groups");
        return kind.ToString();
    }

    private static string KindOf(Models.Backbones.BackboneSpec backbone) => backbone switch
    {
        Models.Backbones.VggSpec => "VGG",
        Models.Backbones.ResidualSpec { Block: Models.Backbones.BlockKind.Basic } residual => $"ResNet, stem {residual.Stem}",
        Models.Backbones.ResidualSpec residual => $"ResNet, {residual.Block} blocks, stem {residual.Stem}",
        Models.Backbones.MobileNetSpec mobile => $"MobileNetV2, stem {mobile.Stem}",
        Models.Backbones.DenseSpec => "dense blocks",
        Models.Backbones.FireSpec => "Fire modules",
        _ => backbone.GetType().Name,
    };

    private static string ShapeText(IReadOnlyList<long> shape) => string.Join(" x ", shape);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Removal(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
