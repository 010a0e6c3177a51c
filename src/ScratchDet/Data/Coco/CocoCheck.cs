using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ScratchDet.Data.Coco;

/// <summary>
/// Checks a data set in COCO layout: annotations/instances_*.json beside images/ (with or without a folder per split).
/// Ids are unique and exist, boxes are inside their images, categories are known, every image opens, splits share none.
/// </summary>
public static class CocoCheck
{
    /// <summary>Boxes this far outside an image are accepted, in pixels: rescaled annotations round.</summary>
    public const double TolerancePixels = 1;

    /// <summary>True when the folder holds annotations/instances_*.json.</summary>
    public static bool IsCoco(string folder) =>
        Directory.Exists(Path.Combine(folder, "annotations")) && Directory.EnumerateFiles(Path.Combine(folder, "annotations"), "instances_*.json").Any();

    /// <summary>All findings; empty when all is well. Parameters as in <see cref="DatasetCheck.Voc"/>.</summary>
    public static IReadOnlyList<Finding> Run(string folder, ImageDecoder decode, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        string annotations = Path.Combine(folder, "annotations");
        if (!Directory.Exists(annotations))
            return [new Finding(annotations, null, "the folder does not exist")];
        string[] files = Directory.GetFiles(annotations, "instances_*.json");
        Array.Sort(files, StringComparer.Ordinal);
        if (files.Length == 0)
            return [new Finding(annotations, null, "there is no instances_*.json")];
        var findings = new List<Finding>();
        var fileOfImage = new Dictionary<string, string>(StringComparer.Ordinal);
        int done = 0;
        foreach (string file in files)
        {
            if (Read(file, findings) is not { } instances) continue;
            var imageById = new Dictionary<long, CheckedImage>();
            var paths = new List<(string Path, CheckedImage Image)>();
            CheckImages(folder, file, instances.Images, imageById, paths, fileOfImage, findings);
            CheckAnnotations(file, instances, imageById, findings);
            findings.AddRange(DatasetCheck.InOrder(paths.Count, cancellation, (i, found) =>
            {
                (string path, CheckedImage image) = paths[i];
                if (DatasetCheck.CheckImage(path, decode, found) is var (width, height) && (width != image.Width || height != image.Height))
                    found.Add(new Finding(file, $"image {image.Id}", $"says {image.Width} x {image.Height}, {image.FileName} is {width} x {height}"));
                progress?.Report(Interlocked.Increment(ref done));
            }));
        }
        return findings;
    }

    private static CheckedFile? Read(string file, List<Finding> findings)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            CheckedFile? instances = JsonSerializer.Deserialize(stream, CheckedJson.Default.CheckedFile);
            if (instances is { Images: not null, Annotations: not null, Categories: not null }
                && !instances.Images.Contains(null!) && !instances.Annotations.Contains(null!) && !instances.Categories.Contains(null!))
                return instances;
            findings.Add(new Finding(file, null, "needs the lists 'images', 'annotations' and 'categories', without null in them"));
        }
        catch (JsonException exception)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"line {exception.LineNumber + 1} {exception.Path}");
            findings.Add(new Finding(file, place, $"not COCO JSON: {exception.Message.ReplaceLineEndings(" ")}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            findings.Add(new Finding(file, null, $"cannot be read ({exception.Message})"));
        }
        return null;
    }

    private static void CheckImages(
        string folder, string file, List<CheckedImage> images, Dictionary<long, CheckedImage> imageById,
        List<(string, CheckedImage)> paths, Dictionary<string, string> fileOfImage, List<Finding> findings)
    {
        string split = Path.GetFileNameWithoutExtension(file)["instances_".Length..];
        foreach (CheckedImage image in images)
        {
            string place = $"image {image.Id}";
            if (!imageById.TryAdd(image.Id, image))
                findings.Add(new Finding(file, place, "the id is used twice"));
            if (image.Width <= 0 || image.Height <= 0)
                findings.Add(new Finding(file, place, $"says {image.Width} x {image.Height} pixels"));
            if (string.IsNullOrEmpty(image.FileName) || Path.IsPathRooted(image.FileName) || image.FileName.Split('/', '\\').Contains(".."))
            {
                findings.Add(new Finding(file, place, $"file_name '{image.FileName}' does not name an image of this folder"));
                continue;
            }
            if (ImagePath(folder, split, image.FileName) is not { } path)
            {
                findings.Add(new Finding(file, place, $"{image.FileName} is neither in images nor in images/{split}"));
                continue;
            }
            if (fileOfImage.TryAdd(Path.GetFullPath(path), file))
                paths.Add((path, image));
            else if (fileOfImage[Path.GetFullPath(path)] is var other && other != file)
                findings.Add(new Finding(file, place, $"{image.FileName} is also in {Path.GetFileName(other)}: splits share no image"));
            else
                findings.Add(new Finding(file, place, $"{image.FileName} is named twice"));
        }
    }

    private static void CheckAnnotations(string file, CheckedFile instances, Dictionary<long, CheckedImage> imageById, List<Finding> findings)
    {
        var categories = new HashSet<long>();
        foreach (CheckedCategory category in instances.Categories)
        {
            if (!categories.Add(category.Id))
                findings.Add(new Finding(file, $"category {category.Id}", "the id is used twice"));
            if (string.IsNullOrWhiteSpace(category.Name))
                findings.Add(new Finding(file, $"category {category.Id}", "has no name"));
        }
        var ids = new HashSet<long>();
        foreach (CheckedAnnotation annotation in instances.Annotations)
        {
            string place = $"annotation {annotation.Id}";
            if (!ids.Add(annotation.Id))
                findings.Add(new Finding(file, place, "the id is used twice"));
            if (!categories.Contains(annotation.CategoryId))
                findings.Add(new Finding(file, place, $"category {annotation.CategoryId} is unknown"));
            if (!imageById.TryGetValue(annotation.ImageId, out CheckedImage? image))
                findings.Add(new Finding(file, place, $"image {annotation.ImageId} is unknown"));
            else if (BoxProblem(annotation.Box, image) is { } problem)
                findings.Add(new Finding(file, place, problem));
        }
    }

    // COCO boxes: x, y of the upper left corner, width, height; continuous pixels from 0.
    private static string? BoxProblem(double[]? box, CheckedImage image)
    {
        if (box is null) return "has no bbox";
        if (box.Length != 4) return $"bbox has {box.Length} numbers, not 4";
        string text = string.Create(CultureInfo.InvariantCulture, $"the bbox (x {box[0]}, y {box[1]}, width {box[2]}, height {box[3]})");
        if (!box.All(double.IsFinite)) return $"{text} is not finite";
        if (box[2] <= 0 || box[3] <= 0) return $"{text} has no area";
        return box[0] < -TolerancePixels || box[1] < -TolerancePixels
            || box[0] + box[2] > image.Width + TolerancePixels || box[1] + box[3] > image.Height + TolerancePixels
            ? $"{text} is outside the image of {image.Width} x {image.Height}"
            : null;
    }

    private static string? ImagePath(string folder, string split, string fileName)
    {
        string[] candidates = [Path.Combine(folder, "images", fileName), Path.Combine(folder, "images", split, fileName), Path.Combine(folder, split, fileName)];
        return Array.Find(candidates, File.Exists);
    }
}

/// <summary>The part of a COCO file that is checked; the polygons, most of its bytes, are skipped.</summary>
internal sealed record CheckedFile(
    [property: JsonPropertyName("images")] List<CheckedImage> Images,
    [property: JsonPropertyName("annotations")] List<CheckedAnnotation> Annotations,
    [property: JsonPropertyName("categories")] List<CheckedCategory> Categories);

internal sealed record CheckedImage(
    [property: JsonPropertyName("id"), JsonRequired] long Id,
    [property: JsonPropertyName("file_name")] string? FileName,
    [property: JsonPropertyName("width")] int Width,
    [property: JsonPropertyName("height")] int Height);

internal sealed record CheckedAnnotation(
    [property: JsonPropertyName("id"), JsonRequired] long Id,
    [property: JsonPropertyName("image_id"), JsonRequired] long ImageId,
    [property: JsonPropertyName("category_id"), JsonRequired] long CategoryId,
    [property: JsonPropertyName("bbox")] double[]? Box);

internal sealed record CheckedCategory(
    [property: JsonPropertyName("id"), JsonRequired] long Id,
    [property: JsonPropertyName("name")] string? Name);

[JsonSerializable(typeof(CheckedFile))]
internal sealed partial class CheckedJson : JsonSerializerContext;
