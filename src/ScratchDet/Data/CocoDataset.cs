using ScratchDet.Boxes;
using ScratchDet.Data.Coco;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Data;

/// <summary>
/// Images annotated in COCO's form: <c>annotations/instances_SPLIT.json</c>, the images in <c>SPLIT/</c>,
/// <c>images/SPLIT/</c> or <c>images/</c>. Labels are the file's categories in its order.
/// </summary>
public static class CocoDataset
{
    private const string AnnotationFolder = "annotations";

    /// <summary>Whether a folder is laid out so; where it is a VOC folder too, VOC's layout counts.</summary>
    public static bool IsFolder(string folder) =>
        !Directory.Exists(Path.Combine(folder, VocLayout.Annotations)) && Splits(folder).Count > 0;

    /// <summary>The splits that have an annotation file.</summary>
    public static IReadOnlyList<string> Splits(string folder)
    {
        string annotations = Path.Combine(folder, AnnotationFolder);
        if (!Directory.Exists(annotations)) return [];
        return [.. Directory.EnumerateFiles(annotations, "instances_*.json").Select(file => Path.GetFileNameWithoutExtension(file)["instances_".Length..]).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Reads one split. Boxes are clipped to the image; those without area are left out, as usual training code does. A crowd
    /// becomes a difficult object: scored as ignored.
    /// </summary>
    /// <param name="classNames">In label order, for a split whose file lists its categories otherwise; null: the file's order.</param>
    /// <param name="keepCrowds">False for training.</param>
    /// <exception cref="BadInputException">The split, an image or a category is missing, or the file is damaged.</exception>
    public static DetectionDataset Read(string folder, string split, IReadOnlyList<string>? classNames = null, bool keepCrowds = true)
    {
        string file = Path.Combine(folder, AnnotationFolder, $"instances_{split}.json");
        if (!File.Exists(file))
            throw new BadInputException(file, null, "no such file", $"choose among {string.Join(", ", Splits(folder))}");
        CocoGroundTruth truth = CocoGroundTruthReader.Read(file);
        string images = ImageFolder(folder, split, file, truth);
        IReadOnlyList<string> names = classNames ?? [.. truth.Categories.Select(category => category.Name)];
        int[] labels = [.. truth.Categories.Select(category => LabelOf(category, names, file))];
        RequireOwnNames(truth, file);
        ILookup<int, CocoObject> byImage = truth.Objects.ToLookup(item => item.ImageIndex);
        Sample[] samples = VocDataset.InParallel(truth.Images.Count, index =>
        {
            CocoImage image = truth.Images[index];
            string path = Path.Combine(images, image.FileName ?? "");
            if (image.FileName is null || !File.Exists(path))
                throw new BadInputException(file, $"image {image.Id}", $"there is no {path}", "put the image there, or take it out of the file");
            ImageHeader header = ImageFiles.ReadHeader(path);
            return new Sample(IdOf(image.FileName), path, header.Width, header.Height, [.. Objects(byImage[index], labels, header, keepCrowds)]);
        });
        return new DetectionDataset(names, samples);
    }

    /// <summary>"a/0001" of "a/0001.jpg": the folder counts, for COCO's tools know images by number, ours by name.</summary>
    private static string IdOf(string fileName) => Path.ChangeExtension(fileName, null).Replace('\\', '/');

    /// <summary>Every image has a name of its own that stays in the folder.</summary>
    private static void RequireOwnNames(CocoGroundTruth truth, string file)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (CocoImage image in truth.Images)
        {
            if (image.FileName is null) continue;
            if (Path.IsPathRooted(image.FileName) || IdOf(image.FileName).Split('/').Contains(".."))
                throw new BadInputException(file, $"image {image.Id}", $"the file name {image.FileName} leaves the folder of the images", "give a path below it");
            if (!seen.TryAdd(IdOf(image.FileName), image.Id))
                throw new BadInputException(file, $"image {image.Id}", $"image {seen[IdOf(image.FileName)]} has the name {IdOf(image.FileName)} too", "give each image a file of its own");
        }
    }

    private static IEnumerable<ObjectAnnotation> Objects(IEnumerable<CocoObject> items, int[] labels, ImageHeader header, bool keepCrowds)
    {
        foreach (CocoObject item in items)
        {
            if (item.IsCrowd && !keepCrowds) continue;
            CocoBox box = item.Box;
            Box clipped = new Box((float)box.X, (float)box.Y, (float)(box.X + box.Width), (float)(box.Y + box.Height)).Clip(header.Width, header.Height);
            if (clipped.Area > 0) yield return new ObjectAnnotation(labels[item.CategoryIndex], clipped, Difficult: item.IsCrowd || item.Ignore);
        }
    }

    private static string ImageFolder(string folder, string split, string file, CocoGroundTruth truth)
    {
        string first = truth.Images.FirstOrDefault(image => image.FileName is not null)?.FileName
            ?? throw new BadInputException(file, "images", "no image has a file name", "give each image its file_name");
        string[] places = [Path.Combine(folder, split), Path.Combine(folder, "images", split), Path.Combine(folder, "images")];
        return places.FirstOrDefault(place => File.Exists(Path.Combine(place, first)))
            ?? throw new BadInputException(file, "images", $"{first} is in none of {string.Join(", ", places)}", "put the images into one of these folders");
    }

    private static int LabelOf(CocoCategory category, IReadOnlyList<string> names, string file)
    {
        for (int label = 0; label < names.Count; label++)
            if (names[label] == category.Name)
                return label;
        throw new BadInputException(file, $"category {category.Id}", $"the class '{category.Name}' is not among those of the training images", "use splits with the same categories");
    }
}
