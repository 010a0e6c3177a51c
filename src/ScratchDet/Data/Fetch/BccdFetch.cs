using System.Text;

namespace ScratchDet.Data.Fetch;

/// <summary>BCCD: blood cells under the microscope, in VOC layout already.</summary>
public static class BccdFetch
{
    private const string Folder = "BCCD";

    public static GitHubArchive Source { get; } = new(
        "Shenggan", "BCCD_Dataset", "d272fb14cdff6e473fafeeeba32aba5f560e9e43",
        ContentSha256: "efb138de2c95afe446cfaf0576b0f737ce4fad076767e3572808f2de06073fb6", AboutBytes: 7_500_000, UnpackedBytes: 9_100_000, Entries: 760);

    /// <param name="source">Another commit than <see cref="Source"/>.</param>
    /// <inheritdoc cref="DeepPcbFetch.RunAsync" path="/exception"/>
    public static Task<FetchedSet> RunAsync(FetchRequest request, GitHubArchive? source, CancellationToken stop)
    {
        source ??= Source;
        var set = new ConvertedSet(request, "bccd", source, "all");
        return set.MakeAsync((originals, target) => Convert(originals, target, source, stop), stop);
    }

    private static (int, int) Convert(string originals, string target, GitHubArchive source, CancellationToken stop)
    {
        string folder = Path.Combine(originals, Folder);
        foreach (string part in new[] { VocLayout.JpegImages, VocLayout.ImageSets })
            Copy(Path.Combine(folder, part), Path.Combine(target, part));
        string annotations = Directory.CreateDirectory(Path.Combine(target, VocLayout.Annotations)).FullName;
        int objects = 0, images = 0;
        var dropped = new List<string>();
        foreach (string path in Files(Path.Combine(folder, VocLayout.Annotations), "*.xml"))
        {
            stop.ThrowIfCancellationRequested();
            VocAnnotation annotation = VocAnnotationReader.Read(path);
            int[] empty = [.. Enumerable.Range(0, annotation.Objects.Count).Where(i => IsEmpty(annotation.Objects[i]))];
            File.WriteAllText(Path.Combine(annotations, Path.GetFileName(path)), Without(File.ReadAllText(path), empty, path));
            if (empty.Length > 0) dropped.Add(Path.GetFileNameWithoutExtension(path));
            objects += annotation.Objects.Count - empty.Length;
            images++;
        }
        File.Copy(Path.Combine(originals, "LICENSE"), Path.Combine(target, "LICENSE"));
        AtomicFile.WriteText(Path.Combine(target, "README.txt"), Readme(source, images, objects, dropped));
        return (images, objects);
    }

    private static bool IsEmpty(VocObject item) => item.XMax <= item.XMin || item.YMax <= item.YMin;

    /// <summary>The text without some of its objects, and else as it is.</summary>
    private static string Without(string xml, ReadOnlySpan<int> objects, string path)
    {
        const string begin = "<object>", end = "</object>";
        if (objects.IsEmpty) return xml;
        var text = new StringBuilder(xml.Length);
        int from = 0;
        for (int i = 0, at = 0; (at = xml.IndexOf(begin, at, StringComparison.Ordinal)) >= 0; i++)
        {
            int after = xml.IndexOf(end, at, StringComparison.Ordinal) + end.Length;
            if (after < at) throw new BadInputException(path, null, $"an {begin} has no end", "fetch the archive again");
            if (objects.Contains(i))
            {
                // With the line's beginning, so that no empty line stays.
                text.Append(xml.AsSpan(from, at - from).TrimEnd());
                from = after;
            }
            at = after;
        }
        return text.Append(xml, from, xml.Length - from).ToString();
    }

    private static void Copy(string from, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Files(from, "*")) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    private static string[] Files(string folder, string pattern) => Directory.Exists(folder)
        ? Directory.GetFiles(folder, pattern)
        : throw new BadInputException(folder, null, "the folder does not exist", "try again, or use another --mirror");

    private static string Readme(GitHubArchive source, int images, int boxes, List<string> dropped) =>
        $"""
        BCCD - blood cell detection (real microscope photos), VOC layout
        source : {source.Source} (originals from github.com/cosmicad/dataset)
        licence: MIT (LICENSE file copied)
        images : {images} JPEG
        boxes  : {boxes} of Platelets, RBC, WBC
        splits : ImageSets/Main of the repository
        changes: boxes without an area dropped ({string.Join(", ", dropped.Order(StringComparer.Ordinal))}); nothing else
        quirks : the annotation is not exhaustive (some overlapping RBC and some at the border are not marked)
        made by: data-scripts/fetch-bccd.cs of ScratchDet.Notebooks

        """.ReplaceLineEndings("\n");
}
