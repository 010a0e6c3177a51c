using System.Runtime.ExceptionServices;
using ScratchDet.Boxes;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Data;

/// <summary>How <see cref="VocDataset"/> reads.</summary>
public sealed record VocReadOptions
{
    /// <summary>The classes in label order; null takes the names in all annotations of the folder, ordinally sorted.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>False leaves difficult objects out, for training; scoring needs them.</summary>
    public bool KeepDifficult { get; init; } = true;
}

/// <summary>
/// Reads data in the layout of the PASCAL VOC devkit: JPEGImages, Annotations, ImageSets/Main. Also the user's own data
/// in that layout: float coordinates, absent optional tags, .jpg, .jpeg and .png of any case.
/// </summary>
public static class VocDataset
{
    /// <summary>The twenty classes of VOC 2007 to 2012 in their usual order.</summary>
    public static IReadOnlyList<string> PascalClassNames { get; } =
    [
        "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
        "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ];

    /// <summary>
    /// Reads the annotations and the image headers of an image set; boxes become continuous pixels of the image, whose
    /// size comes from the image file and not from the annotation.
    /// </summary>
    /// <param name="folder">A VOC folder, or a devkit of several years.</param>
    /// <param name="split">"trainval", "train+val", "VOC2007:trainval+VOC2012:trainval". Without a year, every year that has the list.</param>
    /// <exception cref="BadInputException">The first unusable file, in the order of the list: see the rules of
    /// <see cref="VocAnnotationReader"/>, <see cref="VocBoxRule"/> and <see cref="ImageFiles.ReadHeader"/>.</exception>
    public static DetectionDataset Read(string folder, string split, VocReadOptions? options = null)
    {
        options ??= new VocReadOptions();
        IReadOnlyList<VocLayout> layouts = VocLayout.Find(folder);
        List<(VocLayout Layout, string Id, string ListPath)> entries = Entries(folder, layouts, split);
        IReadOnlyList<string> classNames = options.ClassNames ?? DiscoverClassNames(layouts);
        var indexByName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < classNames.Count; i++)
            if (!indexByName.TryAdd(classNames[i], i))
                throw new ArgumentException($"the class '{classNames[i]}' is listed twice", nameof(options));
        Sample[] samples = InParallel(entries.Count, i => ReadSample(entries[i].Layout, entries[i].Id, entries[i].ListPath, indexByName, options.KeepDifficult));
        return new DetectionDataset(classNames, samples);
    }

    /// <summary>Whether a text names image sets as <see cref="Read"/> takes them; they need not exist.</summary>
    public static bool IsSplit(string text) => text.Split('+').All(part => VocLayout.IsSplitPart(part.Trim()));

    /// <summary>The names of the image sets (ImageSets/Main/*.txt) of a folder, over all years.</summary>
    public static IReadOnlyList<string> Splits(string folder) =>
        [.. VocLayout.Find(folder).SelectMany(layout => layout.Splits()).Distinct().Order(StringComparer.Ordinal)];

    // Classes come from all annotations and not from one image set, so that training and test sets agree on the labels.
    private static IReadOnlyList<string> DiscoverClassNames(IReadOnlyList<VocLayout> layouts)
    {
        string[] paths = [.. layouts.SelectMany(layout => Directory.EnumerateFiles(Path.Combine(layout.Root, VocLayout.Annotations), "*.xml"))];
        Array.Sort(paths, StringComparer.Ordinal);
        VocAnnotation[] annotations = InParallel(paths.Length, i => VocAnnotationReader.Read(paths[i]));
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (VocAnnotation annotation in annotations)
            foreach (VocObject item in annotation.Objects)
                names.Add(item.ClassName);
        if (names.Count == 0)
            throw new BadInputException(Path.Combine(layouts[0].Root, VocLayout.Annotations), null, "no annotation has an object, so there are no classes", "annotate objects, or give the class names");
        return [.. names];
    }

    internal static List<(VocLayout Layout, string Id, string ListPath)> Entries(string folder, IReadOnlyList<VocLayout> layouts, string split)
    {
        var entries = new List<(VocLayout Layout, string Id, string ListPath)>();
        var listOfId = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string? year, string name) in VocLayout.ParseSplit(split))
        {
            VocLayout[] sources = year is not null
                ? [.. layouts.Where(layout => layout.Name == year)]
                : layouts.Count == 1 ? [layouts[0]] : [.. layouts.Where(layout => File.Exists(layout.SplitPath(name)))];
            if (sources.Length == 0)
                throw new BadInputException(folder, null, year is null ? $"no year has the image set '{name}'" : $"there is no folder '{year}'", $"choose among {string.Join(", ", layouts.SelectMany(layout => layout.Splits().Select(one => $"{layout.Name}:{one}")))}");
            foreach (VocLayout layout in sources)
            {
                string listPath = layout.SplitPath(name);
                foreach (string id in VocLayout.ReadIds(listPath, $"choose among {string.Join(", ", layout.Splits())}"))
                {
                    if (!listOfId.TryAdd(id, listPath))
                        throw new BadInputException(listPath, null, $"the image '{id}' is also in {listOfId[id]}", "join only image sets that share no image");
                    entries.Add((layout, id, listPath));
                }
            }
        }
        return entries;
    }

    private static Sample ReadSample(VocLayout layout, string id, string listPath, Dictionary<string, int> indexByName, bool keepDifficult)
    {
        string imagePath = layout.ImagePath(id)
            ?? throw new BadInputException(listPath, id, $"no image of that name (.jpg, .jpeg, .png) is in {layout.ImageFolder}", "add the image or take its name out of the list");
        ImageHeader header = ImageFiles.ReadHeader(imagePath);
        string annotationPath = layout.AnnotationPath(id);
        VocAnnotation annotation = VocAnnotationReader.Read(annotationPath);
        var objects = new List<ObjectAnnotation>(annotation.Objects.Count);
        for (int i = 0; i < annotation.Objects.Count; i++)
        {
            VocObject item = annotation.Objects[i];
            if (!indexByName.TryGetValue(item.ClassName, out int classIndex))
                throw new BadInputException(annotationPath, Place(item, i), $"the class '{item.ClassName}' is unknown", $"correct it, or add it to the classes ({Shorten(indexByName.Keys)})");
            if (!VocBoxRule.TryConvert(item, header.Width, header.Height, out Box box, out string? problem))
                throw new BadInputException(annotationPath, Place(item, i), problem!, "correct the box or delete the object");
            if (keepDifficult || !item.Difficult)
                objects.Add(new ObjectAnnotation(classIndex, box, item.Difficult, item.Truncated));
        }
        return new Sample(id, imagePath, header.Width, header.Height, objects);
    }

    internal static string Place(VocObject item, int index) => $"line {item.Line}, object {index + 1} ({item.ClassName})";

    private static string Shorten(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(25)) + (names.Count > 25 ? ", ..." : "");

    // Reads on all cores; of several failures the first in order is thrown, so that the message does not depend on timing.
    internal static T[] InParallel<T>(int count, Func<int, T> read)
    {
        var results = new T[count];
        var failures = new BadInputException?[count];
        int firstFailure = int.MaxValue;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            if (i > Volatile.Read(ref firstFailure)) return;
            try
            {
                results[i] = read(i);
            }
            catch (BadInputException failure)
            {
                failures[i] = failure;
                int seen;
                while (i < (seen = Volatile.Read(ref firstFailure)) && Interlocked.CompareExchange(ref firstFailure, i, seen) != seen)
                {
                }
            }
        });
        if (firstFailure != int.MaxValue) ExceptionDispatchInfo.Throw(failures[firstFailure]!);
        return results;
    }
}
