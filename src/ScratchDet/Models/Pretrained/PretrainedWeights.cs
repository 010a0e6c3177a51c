using ScratchDet.Data;
using ScratchDet.Models.Backbones;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Models.Pretrained;

/// <summary>
/// Puts pre-trained weights into a backbone, for runs that are compared with training from scratch: recognises whose
/// names a file has, and loads what both have. Extra layers, projections, L2Norm and the head stay as they start.
/// </summary>
public static class PretrainedWeights
{
    private static readonly WeightSource[] Sources = [new OwnBackbone(), new TorchvisionSsd(), new TorchvisionResNet(), new TorchvisionMobileNet(), new TorchvisionVgg(), new CaffeVgg()];

    private static readonly string[] NeverPretrained = ["extras.", "projections.", "l2Norm.", "l2Norms."];

    /// <summary>
    /// As <see cref="Load(string, Backbone, PretrainedOptions?)"/>, for a detector's backbone; a frozen one takes all of it from the
    /// file (<see cref="PretrainedOptions.WholeBackbone"/>), for what stayed random would never be trained.
    /// </summary>
    /// <exception cref="BadInputException">The file is damaged, of no known source, or not for this backbone.</exception>
    public static PretrainedReport Load(string path, Detector detector, PretrainedOptions? options = null)
    {
        options ??= new PretrainedOptions();
        return Load(path, detector.Backbone, detector.Spec.FreezeBackbone ? options with { WholeBackbone = true } : options);
    }

    /// <summary>Copies weights of a file into a backbone, in the backbone's types; nothing is changed unless all fit.</summary>
    /// <param name="path">Of any format that <see cref="TensorArchive"/> reads.</param>
    /// <exception cref="BadInputException">The file is damaged, of no known source, or not for this backbone: all differences are listed.</exception>
    public static PretrainedReport Load(string path, Backbone backbone, PretrainedOptions? options = null)
    {
        options ??= new PretrainedOptions();
        using TensorArchive file = WeightFile.Open(path, options.Archive);
        if (file.Entries.Count == 0) throw new BadInputException(path, null, "it holds no tensors", "give a file of weights");
        Dictionary<string, Tensor> targets = backbone.state_dict();
        ImportPlan plan = Sources.Select(source => source.PlanFor(path, file, backbone, targets)).FirstOrDefault(found => found is not null)
            ?? throw new BadInputException(path, null, $"{file.Entries.Count} tensors, none with the names of a backbone that is known here ({file.Entries[0].Name} is the first)",
                "give weights of torchvision's VGG, ResNet or SSD, of ssd.pytorch's VGG or of this kit");
        Dictionary<string, TensorEntry> entries = file.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        if (options.FirstLayer == ChannelOrder.Bgr && plan.FirstConvolution is null)
            throw new BadInputException(path, null, $"weights of {plan.Source} are RGB", "say BGR for weights from Caffe alone");
        TensorImport[] imports = [.. plan.Imports.Where(import => options.WholeBackbone || IsPretrainedPart(import.To)).Where(import => !import.Optional || (entries.ContainsKey(import.From) && targets.ContainsKey(import.To)))];
        Check(path, plan, imports, entries, targets, options.WholeBackbone);
        Copy(path, file, plan, imports, targets, options.FirstLayer);

        var loaded = imports.Select(import => import.To).ToHashSet(StringComparer.Ordinal);
        var used = imports.SelectMany(import => import.Less is { } less ? [import.From, less] : new[] { import.From }).ToHashSet(StringComparer.Ordinal);
        List<string> notes = [.. file.Notes, .. plan.Notes];
        Normalization? input = plan.Input;
        if (options.FirstLayer == ChannelOrder.Bgr)
        {
            notes.Add("the first convolution was turned from BGR to RGB; such weights are Caffe's, so the images are not divided by a deviation");
            input = PretrainedReport.CaffeInput;
        }
        return new PretrainedReport(
            plan.Source, input, [.. targets.Keys.Where(loaded.Contains)], [.. entries.Keys.Where(name => !used.Contains(name))],
            [.. targets.Keys.Where(name => !loaded.Contains(name))], notes);
    }

    internal static bool IsPretrainedPart(string name) => !NeverPretrained.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static void Check(
        string path, ImportPlan plan, IReadOnlyList<TensorImport> imports, IReadOnlyDictionary<string, TensorEntry> entries, IReadOnlyDictionary<string, Tensor> targets, bool whole)
    {
        List<(string Name, string What)> differences = [];
        foreach (TensorImport import in imports)
        {
            if (!targets.TryGetValue(import.To, out Tensor? target)) differences.Add((import.From, $"the backbone has no {import.To}"));
            else if (!entries.TryGetValue(import.From, out TensorEntry? entry)) differences.Add((import.From, "the file lacks this tensor"));
            else if (import.Less is { } less && !(entries.TryGetValue(less, out TensorEntry? part) && part.Shape.SequenceEqual(target.shape)))
                differences.Add((less, $"it is missing, or its shape is not {WeightFile.Shape(target.shape)}"));
            else if (!import.Fits(entry.Shape, target.shape)) differences.Add((import.From, $"the shape is {WeightFile.Shape(entry.Shape)}, {import.To} has {WeightFile.Shape(target.shape)}"));
        }
        var covered = imports.Select(import => import.To).ToHashSet(StringComparer.Ordinal);
        foreach (string name in targets.Keys)
        {
            bool isCounter = name.EndsWith(".num_batches_tracked", StringComparison.Ordinal); // files of before 2018 have none
            if (isCounter || covered.Contains(name)) continue;
            if (whole) differences.Add((name, "the backbone is frozen, and the file has nothing for it"));
            else if (IsPretrainedPart(name) && !plan.MayStayAtStart(name)) differences.Add((name, "the file has nothing for it"));
        }
        if (differences.Count > 0)
            throw WeightFile.Differ(path, differences, $": the weights of {plan.Source} are not for this backbone",
                whole ? "give a detector of this kit with the same backbone and extra layers, or train the backbone" : "give weights of the same depth and width");
    }

    private static void Copy(
        string path, TensorArchive file, ImportPlan plan, IReadOnlyList<TensorImport> imports, IReadOnlyDictionary<string, Tensor> targets, ChannelOrder order)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope all = NewDisposeScope();
        List<(Tensor Target, Tensor Value)> values = [];
        foreach (TensorImport import in imports)
        {
            Tensor target = targets[import.To];
            using DisposeScope scope = NewDisposeScope();
            Tensor value = import.Read(path, file, target.shape);
            if (order == ChannelOrder.Bgr && import.To == plan.FirstConvolution) value = value.flip(1);
            if (!value.to(ScalarType.Float32).isfinite().all().item<bool>())
                throw new BadInputException(path, import.From, "it holds numbers that are not finite", "give weights of a training that did not diverge");
            values.Add((target, value.to(target.dtype).MoveToOuterDisposeScope()));
        }
        foreach ((Tensor target, Tensor value) in values) target.copy_(value); // after the last that could fail
    }
}
