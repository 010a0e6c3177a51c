using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Fetch;

/// <summary>An archive of COCO.</summary>
/// <param name="Split">"train2017": the folder of images, and of the annotations' file. Null for the archive of the annotations.</param>
/// <param name="Images">In the folder.</param>
public sealed record CocoArchive(PublishedArchive Archive, string? Split, int Images);

/// <summary>Fetches COCO 2017 into its own layout: annotations/, train2017/, val2017/.</summary>
public static class CocoFetch
{
    private const string Annotations = "annotations";
    private const string LastAnnotations = "instances_val2017.json";

    // The sums are not the publisher's, who gives none: they are those that tensorflow-datasets and others found.
    public static CocoArchive Train2017 { get; } = new(
        new(Of("zips", "train2017.zip", 19_336_861_798, "69a8bb58ea5f8f99d24875f21416de2e9ded3178e903f1f7603e283b9e06d929"), 19_400_000_000, 118_288),
        "train2017", 118_287);

    public static CocoArchive Val2017 { get; } = new(
        new(Of("zips", "val2017.zip", 815_585_330, "4f7e2ccb2866ec5041993c9cf2a952bbed69647b115d0f74da7ce8f4bef82f05"), 820_000_000, 5_001),
        "val2017", 5_000);

    /// <summary>Boxes, masks, keypoints and captions of both splits.</summary>
    public static CocoArchive Annotations2017 { get; } = new(
        new(Of(Annotations, "annotations_trainval2017.zip", 252_907_541, "113a836d90195ee1f884e704da6304dfaaecff1f023f49b6ca93c4aaae470268"), 820_000_000, 20),
        null, 0);

    /// <summary>Brings the archives that are not in the folder yet, each as a whole.</summary>
    /// <param name="archives">The annotations must be there, or among them.</param>
    /// <returns>One for each archive.</returns>
    /// <exception cref="BadInputException">A wrong file, an archive that is not taken, or images are missing.</exception>
    /// <exception cref="DownloadException">See <see cref="Download.FetchAsync"/>.</exception>
    /// <exception cref="IOException">There is no room.</exception>
    public static async Task<IReadOnlyList<FetchedSet>> RunAsync(FetchRequest request, IReadOnlyList<CocoArchive> archives, CancellationToken stop)
    {
        CocoArchive[] absent = [.. archives.Where(archive => !IsThere(request.Folder, archive))];
        if (absent.Length > 0)
        {
            using var fetch = new ArchiveFetch(request, Path.Combine(request.Folder, "download"), [.. absent.Select(archive => archive.Archive)]);
            foreach (CocoArchive archive in absent)
            {
                await fetch.UseAsync(archive.Archive, unpacked =>
                {
                    if (!IsThere(unpacked, archive))
                        throw new BadInputException(archive.Archive.File.Name, null, $"has not the layout of COCO: {Expected(archive)}", "try another --mirror");
                    FolderMerge.Into(unpacked, request.Folder, file => IsLast(file, archive));
                }, stop).ConfigureAwait(false);
            }
        }
        foreach (CocoArchive archive in archives.Where(archive => archive.Split is not null))
            CheckNames(request.Folder, archive.Split!, stop);
        return [.. archives.Select(archive => new FetchedSet(request.Folder, archive.Split ?? Annotations, archive.Images, 0, !absent.Contains(archive)))];
    }

    /// <summary>Every image that the annotations name is there.</summary>
    private static void CheckNames(string folder, string split, CancellationToken stop)
    {
        string file = Path.Combine(folder, Annotations, $"instances_{split}.json");
        CocoGroundTruth truth = CocoGroundTruthReader.Read(file, cancellation: stop);
        var present = Directory.EnumerateFiles(Path.Combine(folder, split)).Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        if (truth.Images.FirstOrDefault(image => !present.Contains(image.FileName)) is { } missing)
            throw new BadInputException(file, $"image {missing.Id}", $"{missing.FileName} is not in {Path.Combine(folder, split)}", $"remove {Path.Combine(folder, split)} and run this again");
    }

    private static bool IsThere(string folder, CocoArchive archive)
    {
        if (archive.Split is null) return File.Exists(Path.Combine(folder, Annotations, LastAnnotations));
        string images = Path.Combine(folder, archive.Split);
        return Directory.Exists(images) && Directory.EnumerateFiles(images, "*.jpg").Count() == archive.Images;
    }

    private static string Expected(CocoArchive archive) =>
        archive.Split is null ? $"{Annotations}/{LastAnnotations} is missing" : $"expected {archive.Images} images in {archive.Split}";

    // Where this file is the others are; of the images, all are counted.
    private static bool IsLast(string file, CocoArchive archive) => archive.Split is null && Path.GetFileName(file) == LastAnnotations;

    private static RemoteFile Of(string path, string name, long bytes, string sha256) =>
        new(name, $"http://images.cocodataset.org/{path}/{name}", bytes, sha256);
}
