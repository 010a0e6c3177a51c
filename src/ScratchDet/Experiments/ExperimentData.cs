using System.Security.Cryptography;
using System.Text;
using ScratchDet.Data;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Experiments;

/// <summary>The images of an experiment, opened: what it trains on and what it is scored on.</summary>
/// <param name="Folder">Where they lie; no part of the experiment.</param>
public sealed record ExperimentData(string Folder, DetectionDataset Train, DetectionDataset Test)
{
    /// <summary>Background counted.</summary>
    public int ClassCount => Train.ClassNames.Count + 1;

    /// <summary>Opens the data of a spec; synthetic data is made first where it is not there yet.</summary>
    /// <param name="folder">The folder that the user named, or null.</param>
    /// <param name="syntheticRoot">Where made data is kept.</param>
    /// <param name="progress">Images made and images in all.</param>
    /// <exception cref="BadInputException">The data cannot be used.</exception>
    /// <exception cref="SpecException">The experiment needs a folder and none was named.</exception>
    public static ExperimentData Open(DataSpec spec, string? folder, string syntheticRoot, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        string place = folder ?? spec.Source switch
        {
            DataSource.Boards => Path.Combine(syntheticRoot, FormattableString.Invariant($"boards-{spec.SyntheticSize}px-{spec.SyntheticImages}-seed{spec.SyntheticSeed}")),
            DataSource.Shapes => Path.Combine(syntheticRoot, FormattableString.Invariant($"shapes-{spec.SyntheticSize}px-{spec.SyntheticImages}-seed{spec.SyntheticSeed}")),
            _ => throw new SpecException("this study trains on your images: name a folder in VOC layout with --data DIR"),
        };
        if (folder is null) RequireSize(spec);
        if (folder is null && spec.Source == DataSource.Boards)
            BoardsDataset.Write(place, spec.SyntheticImages, spec.SyntheticSize, (ulong)spec.SyntheticSeed, ImageFiles.Write, progress, cancellation);
        else if (folder is null)
            ShapesDataset.Write(place, spec.SyntheticImages, spec.SyntheticSize, (ulong)spec.SyntheticSeed, ShapesLayout.Voc, ImageFiles.Write, progress, cancellation);
        DetectionDataset all = FolderDataset.Read(place, spec.TrainSplit, forTraining: true);
        DetectionDataset test = FolderDataset.Read(place, spec.TestSplit, all.ClassNames);
        DetectionDataset listed = spec.TrainList.Length == 0 ? all : all.Only(spec.TrainList);
        DetectionDataset train = listed.Fraction(spec.Fraction, seed: 0);
        if (spec.RepeatThreshold > 0) train = train.RepeatRare(spec.RepeatThreshold, seed: 0);
        return new ExperimentData(place, train, test);
    }

    private static void RequireSize(DataSpec spec)
    {
        (int smallest, int largest) = spec.Source == DataSource.Boards
            ? (SyntheticBoards.SmallestSize, SyntheticBoards.LargestSize)
            : (SyntheticShapes.SmallestSize, SyntheticShapes.LargestSize);
        if (spec.SyntheticSize < smallest || spec.SyntheticSize > largest)
            throw new SpecException($"Data.SyntheticSize is {spec.SyntheticSize}; for {spec.Source} it must be {smallest} to {largest}");
    }

    /// <summary>The spec for a folder that the user named: its source and what it holds become part of the identity.</summary>
    public DataSpec Describe(DataSpec spec) => spec with { Source = DataSource.VocFolder, Fingerprint = Hash() };

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var text = new StringBuilder();
        foreach (string name in Train.ClassNames) text.Append(name).Append('\n');
        foreach (DetectionDataset part in new[] { Train, Test })
        {
            foreach (Sample sample in part.Samples)
            {
                // The file's length stands for its pixels: reading all images would take longer than many a study.
                text.Append(FormattableString.Invariant($"{sample.Id} {sample.Width}x{sample.Height} {new FileInfo(sample.ImagePath).Length} bytes"));
                foreach (ObjectAnnotation item in sample.Objects)
                    text.Append(FormattableString.Invariant($" {item.ClassIndex}:{item.Box.XMin},{item.Box.YMin},{item.Box.XMax},{item.Box.YMax},{item.Difficult}"));
                text.Append('\n');
                hash.AppendData(Encoding.UTF8.GetBytes(text.ToString()));
                text.Clear();
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
