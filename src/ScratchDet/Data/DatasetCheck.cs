using System.Globalization;
using ScratchDet.Data.Coco;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Data;

/// <summary>Something wrong in a data set: the file, the place in it (null: the whole file), and what.</summary>
public sealed record Finding(string File, string? Place, string What)
{
    /// <summary>One line, file first.</summary>
    public override string ToString() => Place is null ? $"{File}: {What}" : $"{File}: {Place}: {What}";

    internal static Finding Of(BadInputException exception) => new(exception.File, exception.Place, exception.What);
}

/// <summary>Holds a whole data set against the rules of its layout and lists everything wrong, where reading stops at the first.</summary>
public static class DatasetCheck
{
    private static readonly (string, string)[] DisjointSplits = [("train", "val"), ("train", "test"), ("val", "test"), ("trainval", "test")];

    /// <summary>Checks a folder in the layout that it has: COCO when annotations/instances_*.json is there, else VOC.</summary>
    /// <inheritdoc cref="Voc" path="/param"/>
    public static IReadOnlyList<Finding> Run(string folder, ImageDecoder decode, IProgress<int>? progress = null, CancellationToken cancellation = default) =>
        CocoCheck.IsCoco(folder)
            ? CocoCheck.Run(folder, decode, progress, cancellation)
            : Voc(folder, decode, classNames: null, progress, cancellation);

    /// <summary>
    /// Checks a VOC folder or devkit: every image opens and has the size its annotation says, every annotation is read,
    /// every box is sane, train, val and test share no image, and trainval is train and val together. Empty when all is well.
    /// </summary>
    /// <param name="decode">Decodes an image; any exception of it becomes a finding. Called from several threads.</param>
    /// <param name="classNames">The known classes; null accepts every name.</param>
    /// <param name="progress">Gets the number of images checked so far.</param>
    public static IReadOnlyList<Finding> Voc(
        string folder, ImageDecoder decode, IReadOnlyList<string>? classNames = null,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var findings = new List<Finding>();
        IReadOnlyList<VocLayout> layouts;
        try
        {
            layouts = VocLayout.Find(folder);
        }
        catch (BadInputException exception)
        {
            return [Finding.Of(exception)];
        }
        HashSet<string>? known = classNames is null ? null : new HashSet<string>(classNames, StringComparer.Ordinal);
        int done = 0;
        foreach (VocLayout layout in layouts)
        {
            string[] ids = CheckSplits(layout, findings);
            findings.AddRange(InOrder(ids.Length, cancellation, (i, found) =>
            {
                CheckVocImage(layout, ids[i], decode, known, found);
                progress?.Report(Interlocked.Increment(ref done));
            }));
        }
        return findings;
    }

    // Returns the ids to look at: all that are listed, and all images, sorted.
    private static string[] CheckSplits(VocLayout layout, List<Finding> findings)
    {
        var ids = new SortedSet<string>(layout.ImageIds, StringComparer.Ordinal);
        var idsBySplit = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        IReadOnlyList<string> splits = layout.Splits();
        if (splits.Count == 0)
            findings.Add(new Finding(Path.Combine(layout.Root, VocLayout.ImageSets), null, "there is no image set (a .txt file)"));
        foreach (string split in splits)
        {
            string path = layout.SplitPath(split);
            IReadOnlyList<string> listed;
            try
            {
                listed = VocLayout.ReadIds(path, "add it");
            }
            catch (BadInputException exception)
            {
                findings.Add(Finding.Of(exception));
                continue;
            }
            idsBySplit[split] = new HashSet<string>(listed, StringComparer.Ordinal);
            foreach (string id in listed)
            {
                if (layout.ImagePath(id) is null)
                    findings.Add(new Finding(path, id, $"no image of that name (.jpg, .jpeg, .png) is in {layout.ImageFolder}"));
                else if (!File.Exists(layout.AnnotationPath(id)))
                    findings.Add(new Finding(path, id, $"{layout.AnnotationPath(id)} does not exist"));
            }
        }
        foreach ((string one, string other) in DisjointSplits)
            if (idsBySplit.TryGetValue(one, out HashSet<string>? ofOne) && idsBySplit.TryGetValue(other, out HashSet<string>? ofOther))
                Report(ofOne.Where(ofOther.Contains), $"also in {other}.txt: image sets for training and scoring share no image", layout.SplitPath(one), findings);
        if (idsBySplit.TryGetValue("trainval", out HashSet<string>? both) && idsBySplit.TryGetValue("train", out HashSet<string>? train) && idsBySplit.TryGetValue("val", out HashSet<string>? val))
        {
            Report(train.Union(val).Where(id => !both.Contains(id)), "in train.txt or val.txt but not here", layout.SplitPath("trainval"), findings);
            Report(both.Where(id => !train.Contains(id) && !val.Contains(id)), "neither in train.txt nor in val.txt", layout.SplitPath("trainval"), findings);
        }
        return [.. ids];
    }

    private static void Report(IEnumerable<string> ids, string what, string path, List<Finding> findings)
    {
        foreach (string id in ids.Order(StringComparer.Ordinal)) findings.Add(new Finding(path, id, what));
    }

    private static void CheckVocImage(VocLayout layout, string id, ImageDecoder decode, HashSet<string>? known, List<Finding> findings)
    {
        string imagePath = layout.ImagePath(id)!;
        (int Width, int Height)? size = CheckImage(imagePath, decode, findings);
        string annotationPath = layout.AnnotationPath(id);
        if (!File.Exists(annotationPath)) return;   // reported where a list names it
        VocAnnotation annotation;
        try
        {
            annotation = VocAnnotationReader.Read(annotationPath);
        }
        catch (BadInputException exception)
        {
            findings.Add(Finding.Of(exception));
            return;
        }
        if (size is not var (width, height))
        {
            // Without the image the annotation's own size is the best there is.
            if (annotation is not { Width: > 0 and int statedWidth, Height: > 0 and int statedHeight }) return;
            (width, height) = (statedWidth, statedHeight);
        }
        else if ((annotation.Width ?? width) != width || (annotation.Height ?? height) != height)
        {
            findings.Add(new Finding(annotationPath, "size", string.Create(CultureInfo.InvariantCulture, $"says {annotation.Width} x {annotation.Height}, the image is {width} x {height}")));
        }
        for (int i = 0; i < annotation.Objects.Count; i++)
        {
            VocObject item = annotation.Objects[i];
            if (known?.Contains(item.ClassName) == false)
                findings.Add(new Finding(annotationPath, VocDataset.Place(item, i), $"the class '{item.ClassName}' is unknown"));
            if (!VocBoxRule.TryConvert(item, width, height, out _, out string? problem))
                findings.Add(new Finding(annotationPath, VocDataset.Place(item, i), problem!));
        }
    }

    /// <summary>Header and pixels of one image; the size when the header is usable.</summary>
    internal static (int Width, int Height)? CheckImage(string path, ImageDecoder decode, List<Finding> findings)
    {
        ImageHeader header;
        try
        {
            header = ImageFiles.ReadHeader(path);
        }
        catch (BadInputException exception)
        {
            findings.Add(Finding.Of(exception));
            return null;
        }
        try
        {
            PlanarImage image = decode(path);
            if (image.Width != header.Width || image.Height != header.Height)
                findings.Add(new Finding(path, null, $"the header says {header.Width} x {header.Height}, the pixels are {image.Width} x {image.Height}"));
        }
        catch (BadInputException exception)
        {
            findings.Add(Finding.Of(exception));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            findings.Add(new Finding(path, null, $"the image cannot be decoded: {exception.Message.ReplaceLineEndings(" ")}"));
        }
        return (header.Width, header.Height);
    }

    /// <summary>Runs the checks on all cores; the findings come in the order of the items.</summary>
    internal static IEnumerable<Finding> InOrder(int count, CancellationToken cancellation, Action<int, List<Finding>> check)
    {
        var findings = new List<Finding>?[count];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, count, options, i =>
        {
            var found = new List<Finding>();
            check(i, found);
            if (found.Count > 0) findings[i] = found;
        });
        return findings.Where(found => found is not null).SelectMany(found => found!);
    }
}
