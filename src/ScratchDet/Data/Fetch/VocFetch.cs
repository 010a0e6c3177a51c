namespace ScratchDet.Data.Fetch;

/// <summary>An archive of PASCAL VOC.</summary>
/// <param name="Year">Of the folder: "VOC2007".</param>
/// <param name="Split">The image set that it brings.</param>
/// <param name="Images">That the image set names.</param>
public sealed record VocArchive(PublishedArchive Archive, string Year, string Split, int Images);

/// <summary>Fetches PASCAL VOC into a VOCdevkit.</summary>
public static class VocFetch
{
    // The sums are not the publisher's, who gives none: they are those that tensorflow-datasets and others found, and agree
    // with the md5 of torchvision for the same files.
    public static VocArchive Trainval2007 { get; } = Of(
        "voc2007", "VOCtrainval_06-Nov-2007.tar", 460_032_000, "7d8cd951101b0957ddfd7a530bdc8a94f06121cfc1e511bb5937e973020c7508",
        "VOC2007", "trainval", images: 5011, entries: 10_945);

    public static VocArchive Test2007 { get; } = Of(
        "voc2007", "VOCtest_06-Nov-2007.tar", 451_020_800, "6836888e2e01dca84577a849d339fa4f73e1e4f135d312430c4856b5609b4892",
        "VOC2007", "test", images: 4952, entries: 10_347);

    /// <summary>The folder has 17,125 images; those of the image sets are annotated with boxes.</summary>
    public static VocArchive Trainval2012 { get; } = Of(
        "voc2012", "VOCtrainval_11-May-2012.tar", 1_999_639_040, "e14f763270cf193d0b5f74b169f44157a4b0c6efa708f4dd0ff78ee691763bcb",
        "VOC2012", "trainval", images: 11_540, entries: 40_178);

    /// <summary>Brings the archives that are not in the folder yet, each as a whole.</summary>
    /// <returns>One for each archive.</returns>
    /// <exception cref="BadInputException">A wrong file, an archive that is not taken, or the unpacked folder lacks something.</exception>
    /// <exception cref="DownloadException">See <see cref="Download.FetchAsync"/>.</exception>
    /// <exception cref="IOException">There is no room.</exception>
    public static async Task<IReadOnlyList<FetchedSet>> RunAsync(FetchRequest request, IReadOnlyList<VocArchive> archives, CancellationToken stop)
    {
        VocArchive[] absent = [.. archives.Where(archive => FaultOf(request.Folder, archive) is not null)];
        if (absent.Length > 0)
        {
            using var fetch = new ArchiveFetch(request, Path.Combine(request.Folder, "download"), [.. absent.Select(archive => archive.Archive)]);
            foreach (VocArchive archive in absent)
            {
                await fetch.UseAsync(archive.Archive, unpacked => Enter(unpacked, request.Folder, archive), stop).ConfigureAwait(false);
            }
        }
        return [.. archives.Select(archive => new FetchedSet(Root(request.Folder, archive), $"{archive.Year} {archive.Split}", archive.Images, 0, !absent.Contains(archive)))];
    }

    private static void Enter(string unpacked, string folder, VocArchive archive)
    {
        if (FaultOf(unpacked, archive) is { } fault) throw fault;
        // The image sets come last: where they are, all that they name is.
        FolderMerge.Into(unpacked, folder, file => file.Contains(VocLayout.ImageSets, StringComparison.Ordinal));
    }

    /// <summary>What the image set lacks, or null.</summary>
    internal static BadInputException? FaultOf(string folder, VocArchive archive)
    {
        string root = Root(folder, archive);
        try
        {
            if (!Directory.Exists(root))
                throw new BadInputException(root, null, "the folder does not exist", "fetch it");
            VocLayout layout = VocLayout.Find(root)[0];
            string list = layout.SplitPath(archive.Split);
            IReadOnlyList<string> ids = VocLayout.ReadIds(list, "fetch it");
            if (ids.Count != archive.Images)
                throw new BadInputException(list, null, $"names {ids.Count} images, expected {archive.Images}", "fetch it again");
            string? missing = ids.FirstOrDefault(id => layout.ImagePath(id) is null || !File.Exists(layout.AnnotationPath(id)));
            return missing is null ? null : new BadInputException(list, missing, "its image or its annotation is not there", "fetch it again");
        }
        catch (BadInputException exception)
        {
            return exception;
        }
    }

    private static string Root(string folder, VocArchive archive) => Path.Combine(folder, "VOCdevkit", archive.Year);

    private static VocArchive Of(string path, string name, long bytes, string sha256, string year, string split, int images, int entries)
    {
        var file = new RemoteFile(name, $"http://host.robots.ox.ac.uk/pascal/VOC/{path}/{name}", bytes, sha256);
        return new(new(file, UnpackedBytes: bytes, entries), year, split, images); // a tar is not compressed
    }
}
