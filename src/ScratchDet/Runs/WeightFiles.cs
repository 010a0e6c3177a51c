using System.Security.Cryptography;
using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Models.Pretrained;
using ScratchDet.Training;

namespace ScratchDet.Runs;

/// <summary>
/// The weight files that the pre-trained variants of a study start from: one for each kind of backbone, as with batch norm and
/// without. All variants, those from scratch too, then see images normalised as these weights expect them, so that they go on
/// differing in what the study varies alone.
/// </summary>
public sealed class WeightFiles
{
    private readonly Dictionary<string, (string Path, string Fingerprint)> byBackbone;

    private WeightFiles(Dictionary<string, (string Path, string Fingerprint)> byBackbone, Normalization? input) => (this.byBackbone, Input) = (byBackbone, input);

    /// <summary>Null: the files do not tell, or nothing starts from them.</summary>
    public Normalization? Input { get; }

    /// <summary>Finds for every pre-trained experiment the file that fits its backbone: before anything is trained.</summary>
    /// <param name="paths">In the order in which they are tried.</param>
    /// <param name="channels">What their first convolutions were trained on.</param>
    /// <exception cref="BadInputException">A file is damaged, none fits a backbone, or the files expect different images.</exception>
    public static WeightFiles Open(IReadOnlyList<string> paths, IEnumerable<Experiment> experiments, ChannelOrder channels = ChannelOrder.Rgb)
    {
        Dictionary<string, string> fingerprints = paths.Distinct().ToDictionary(path => path, path => FingerprintOf(path) + (channels == ChannelOrder.Bgr ? "-bgr" : ""));
        var byBackbone = new Dictionary<string, (string, string)>();
        Normalization? input = null;
        foreach (DetectorSpec spec in experiments.Where(one => one.Start == StartWeights.Pretrained).Select(one => one.Detector).DistinctBy(KeyOf))
        {
            (string path, Normalization? expected) = FileFor(spec, paths, new PretrainedOptions { FirstLayer = channels });
            if (input is not null && expected is not null && input != expected)
                throw new BadInputException(path, null, $"its weights expect other images than those of {string.Join(", ", byBackbone.Values.Select(file => file.Item1))}", "give files of one publisher");
            input ??= expected;
            byBackbone[KeyOf(spec)] = (path, fingerprints[path]);
        }
        return new WeightFiles(byBackbone, input);
    }

    /// <summary>What the specification says of a file: its content, not its place.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public static string FingerprintOf(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, null, "it cannot be read", "check the path and its permissions", fault);
        }
    }

    /// <summary>The file that a pre-trained experiment starts from; null: it starts from scratch.</summary>
    public string? PathFor(Experiment experiment) => experiment.Start == StartWeights.Pretrained ? byBackbone[KeyOf(experiment.Detector)].Path : null;

    /// <summary>The experiment with what the files change of it.</summary>
    public Experiment Apply(Experiment experiment)
    {
        if (experiment.Start == StartWeights.Pretrained)
            experiment = experiment with { Pretrain = experiment.Pretrain with { WeightFile = byBackbone[KeyOf(experiment.Detector)].Fingerprint } };
        return Input is null ? experiment : experiment with { Augment = experiment.Augment with { Normalization = Input } };
    }

    private static string KeyOf(DetectorSpec spec) => spec.FreezeBackbone + VariantName.Fingerprint(spec.Backbone) + VariantName.Fingerprint(spec.Norm with { Head = NormKind.None });

    private static (string Path, Normalization? Input) FileFor(DetectorSpec spec, IReadOnlyList<string> paths, PretrainedOptions options)
    {
        var refused = new List<BadInputException>();
        using var detector = new Detector(spec, classCount: 2);
        foreach (string path in paths)
        {
            try
            {
                return (path, PretrainedWeights.Load(path, detector, options).Input);
            }
            catch (BadInputException exception)
            {
                refused.Add(exception);
            }
        }
        if (refused.Count == 1) throw refused[0];
        throw new BadInputException(string.Join(", ", paths), null, $"none fits a backbone of the study: {string.Join("; ", refused.Select(one => one.Message))}", "give a file for each kind of backbone");
    }
}
