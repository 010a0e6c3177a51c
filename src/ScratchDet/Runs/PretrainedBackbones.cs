using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Models.Pretrained;
using ScratchDet.Torch;
using ScratchDet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Runs;

/// <summary>
/// The pre-trained backbones of a run store, in <c>pretrained/</c> beside the runs: one file for each backbone, norm and
/// way of pre-training, made when a run first needs it.
/// </summary>
/// <param name="weightFile">What the user named instead of the stand-in; null: none.</param>
/// <param name="weightChannels">What its first convolution was trained on.</param>
public sealed class PretrainedBackbones(string storeRoot, string? weightFile = null, ChannelOrder weightChannels = ChannelOrder.Rgb)
{
    private const string Prefix = "backbone.";

    /// <summary>Where the stand-in of an experiment lies, there or not.</summary>
    public string PathFor(Experiment experiment)
    {
        var text = new StringBuilder();
        foreach (object part in new object[] { BackboneClassifier.BodyOf(experiment.Detector), experiment.Detector.Norm with { Head = NormKind.None, Extras = null }, experiment.Pretrain, experiment.Augment.Normalization })
            text.Append(VariantName.Fingerprint(part));
        text.Append(experiment.Detector.Init);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
        return Path.Combine(storeRoot, "pretrained", $"{hash}.safetensors");
    }

    /// <summary>Puts pre-trained weights into the detector's backbone, its extra layers aside; trains the stand-in first where there is none.</summary>
    /// <param name="note">Told what was done.</param>
    /// <exception cref="BadInputException">The weight file does not fit the backbone.</exception>
    /// <exception cref="SpecException">The stand-in diverged; nothing is kept of it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while the stand-in was trained.</exception>
    public void Load(Detector detector, Experiment experiment, Execution execution, Action<string> note, CancellationToken cancellation)
    {
        if (weightFile is not null)
        {
            note(PretrainedWeights.Load(weightFile, detector, new PretrainedOptions { FirstLayer = weightChannels }).ToString());
            return;
        }
        string path = PathFor(experiment);
        if (!File.Exists(path)) Make(path, experiment, execution, cancellation);
        note($"pre-trained on single shapes, a stand-in for ImageNet: {FactsOf(path)}");
        PretrainedWeights.Load(path, detector);
    }

    private static void Make(string path, Experiment experiment, Execution execution, CancellationToken cancellation)
    {
        (BackboneClassifier classifier, PretrainOutcome outcome) =
            Pretraining.Run(experiment.Detector, experiment.Augment.Normalization, experiment.Pretrain, execution, stepped: null, cancellation);
        using (classifier)
        {
            if (outcome.DivergedAtStep is { } step)
                throw new SpecException(FormattableString.Invariant($"the stand-in for ImageNet diverged at step {step}: give a smaller Pretrain.PeakRate than {experiment.Pretrain.PeakRate}"));
            var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["format"] = "scratchdet-pretrained-1",
                ["task"] = "classification of single shapes, a stand-in for ImageNet",
                ["accuracy"] = outcome.Accuracy.ToString("R", CultureInfo.InvariantCulture),
                ["loss"] = outcome.Loss.ToString("R", CultureInfo.InvariantCulture),
                ["steps"] = outcome.Steps.ToString(CultureInfo.InvariantCulture),
                ["pretrain"] = SpecJson.Write(experiment.Pretrain),
            };
            using DisposeScope scope = NewDisposeScope();
            classifier.cpu();
            (string, Tensor)[] tensors = [.. Stored(classifier, experiment.Detector.Norm).Select(entry => (Prefix + entry.Key, entry.Value))];
            AtomicFile.Write(path, stream => SafetensorsFile.Write(stream, tensors, metadata));
        }
    }

    /// <summary>How well the stand-in does its own task, as its file says.</summary>
    private static string FactsOf(string path)
    {
        using SafetensorsFile file = WeightFile.OpenSafetensors(path);
        string Fact(string name) => file.Metadata.GetValueOrDefault(name) ?? "?";
        string accuracy = double.TryParse(Fact("accuracy"), CultureInfo.InvariantCulture, out double share) ? FormattableString.Invariant($"{100 * share:0.0} %") : "?";
        return $"{Fact("steps")} steps, accuracy {accuracy}";
    }

    /// <summary>Norms that the detector freezes have no count of batches.</summary>
    private static IEnumerable<KeyValuePair<string, Tensor>> Stored(BackboneClassifier classifier, NormPlacement norm) =>
        classifier.Backbone.state_dict().Where(entry =>
            norm.Backbone != NormKind.FrozenBatch || !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal));
}
