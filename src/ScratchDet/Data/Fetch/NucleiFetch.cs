using System.Security.Cryptography;
using System.Text;
using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Fetch;

/// <summary>Nuclei of the Data Science Bowl 2018 with a mask each, into COCO layout with label maps beside.</summary>
public static class NucleiFetch
{
    private const string Originals = "stage1_train";
    private const int MostNuclei = ushort.MaxValue;

    /// <summary>The fifth of the images that becomes val.</summary>
    private const int ValidationShare = 5;

    public static GitHubArchive Source { get; } = new(
        "lopuhin", "kaggle-dsbowl-2018-dataset-fixes", "30354551efef351c1241da7c6d48cf938d76f02a",
        ContentSha256: "72a27dcabc0e3763039d46e23b2206ddfcde6d735a8119e33237ec50e9a181d2", AboutBytes: 72_000_000, UnpackedBytes: 78_000_000, Entries: 31_700);

    /// <param name="source">Another commit than <see cref="Source"/>.</param>
    /// <inheritdoc cref="DeepPcbFetch.RunAsync" path="/exception"/>
    public static Task<FetchedSet> RunAsync(FetchRequest request, GitHubArchive? source, CancellationToken stop)
    {
        source ??= Source;
        var set = new ConvertedSet(request, "nuclei", source, "all");
        return set.MakeAsync((originals, target) => Convert(originals, target, source, request.Progress, stop), stop);
    }

    private static (int, int) Convert(string originals, string target, GitHubArchive source, IProgress<FetchProgress>? progress, CancellationToken stop)
    {
        string folder = Path.Combine(originals, Originals);
        if (!Directory.Exists(folder)) throw new BadInputException(folder, null, "the folder does not exist", "try again, or use another --mirror");
        string[] ids = [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)!)];
        Array.Sort(ids, StringComparer.Ordinal);
        Directory.CreateDirectory(Path.Combine(target, "images"));
        Directory.CreateDirectory(Path.Combine(target, "labels"));

        NucleiImage[] images = Conversion.Run(
            "converting nuclei", ids.Length, i => Convert(Path.Combine(folder, ids[i]), ids[i], i + 1, target), progress, stop);
        HashSet<string> validation = Validation(ids);
        // The ids of the nuclei go on from image to image, whatever the split.
        long firstId = 1;
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = images[i] with { FirstId = firstId };
            firstId += images[i].Nuclei.Length;
        }
        foreach ((string split, bool isValidation) in new[] { ("train", false), ("val", true) })
        {
            NucleiImage[] part = [.. images.Where(image => validation.Contains(image.SourceId) == isValidation)];
            string file = Path.Combine(target, "annotations", $"instances_{split}.json");
            NucleiJson.Write(file, part);
            CocoGroundTruthReader.Read(file, CocoParts.Boxes | CocoParts.Masks, cancellation: stop); // what is written is readable
        }
        int nuclei = images.Sum(image => image.Nuclei.Length);
        AtomicFile.WriteText(Path.Combine(target, "README.txt"), Readme(source, images, nuclei, validation.Count));
        return (images.Length, nuclei);
    }

    /// <summary>Writes the image and its label map.</summary>
    private static NucleiImage Convert(string folder, string sourceId, int number, string target)
    {
        string original = Path.Combine(folder, "images", sourceId + ".png");
        PlanarImage image = ImageFiles.Decode(original);
        string[] masks = Directory.Exists(Path.Combine(folder, "masks")) ? Directory.GetFiles(Path.Combine(folder, "masks"), "*.png") : [];
        Array.Sort(masks, StringComparer.Ordinal);
        if (masks.Length > MostNuclei) throw new BadInputException(folder, null, $"{masks.Length} masks are too many for a label map of 16 bits", "divide the image");

        var labels = new ushort[image.Width * image.Height];
        ushort nuclei = 0;
        bool overlaps = false;
        foreach (string path in masks)
        {
            PlanarImage mask = ImageFiles.Decode(path);
            if (mask.Width != image.Width || mask.Height != image.Height)
                throw new BadInputException(path, null, $"the mask is {mask.Width} x {mask.Height}, its image {image.Width} x {image.Height}", "try again, or use another --mirror");
            // A nucleus that lies under others altogether has no label.
            if (Draw(mask.Plane(0), labels, (ushort)(nuclei + 1), ref overlaps)) nuclei++;
        }
        string name = $"{number:D6}.png";
        AtomicFile.Write(Path.Combine(target, "images", name), ImageFiles.EncodePng(image));
        AtomicFile.Write(Path.Combine(target, "labels", name), LabelMapPng.Encode(labels, image.Width, image.Height));
        return new(number, name, sourceId, image.Width, image.Height, LabelMapMasks.Of(labels, image.Width, image.Height, nuclei), overlaps);
    }

    /// <summary>Gives the mask's pixels the label, but for those that an earlier mask has.</summary>
    /// <param name="overlaps">Set where there are such.</param>
    /// <returns>Whether any pixel has the label.</returns>
    private static bool Draw(ReadOnlySpan<byte> mask, Span<ushort> labels, ushort label, ref bool overlaps)
    {
        bool isDrawn = false;
        int i = 0;
        while (mask[i..].IndexOfAnyExcept((byte)0) is >= 0 and var skipped)
        {
            for (i += skipped; i < mask.Length && mask[i] != 0; i++)
            {
                if (labels[i] != 0) overlaps = true;
                else (labels[i], isDrawn) = (label, true);
            }
        }
        return isDrawn;
    }

    /// <summary>The first fifth by the MD5 of the original id: a draw that does not depend on any program's random numbers.</summary>
    private static HashSet<string> Validation(IReadOnlyList<string> ids) => [.. ids
        .OrderBy(id => System.Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(id))), StringComparer.Ordinal)
        .Take((int)Math.Round((double)ids.Count / ValidationShare))];

    private static string Readme(GitHubArchive source, NucleiImage[] images, int nuclei, int validation) =>
        $"""
        DSB2018 nuclei - real microscopy images with an instance mask for every nucleus; one class
        source : {source.Source} (stage1_train of Kaggle Data Science Bowl 2018 = BBBC038, with fixes)
        licence: CC0 1.0 (stated in the repository's README.rst for data and fixes)
        images : {images.Length} PNG (RGBA there, alpha dropped)
        objects: {nuclei} nuclei with masks
        layout : images/NNNNNN.png, numbered in the order of the original ids;
                 labels/NNNNNN.png = 16-bit label map (0 background, k = k-th nucleus in the order of the masks' file names);
                 annotations/instances_train.json and instances_val.json = COCO: bbox, area, uncompressed run lengths
        splits : none there; made here by the order of the md5 of the original id: val {validation}, train {images.Length - validation}
        changes: masks packed into label maps and run lengths; where masks overlap ({images.Count(image => image.Overlaps)} images) the earlier one keeps the pixels;
                 the original id is the "source_id" of an image's record
        made by: data-scripts/fetch-nuclei.cs of ScratchDet.Notebooks

        """.ReplaceLineEndings("\n");
}

/// <summary>One converted image.</summary>
/// <param name="Number">From 1; its id, and its file's name.</param>
/// <param name="Overlaps">Two masks had pixels in common.</param>
internal sealed record NucleiImage(int Number, string FileName, string SourceId, int Width, int Height, RunLengthMask[] Nuclei, bool Overlaps)
{
    /// <summary>The id of the first nucleus.</summary>
    public long FirstId { get; init; }
}
