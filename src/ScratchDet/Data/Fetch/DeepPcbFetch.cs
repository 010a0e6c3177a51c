using System.Globalization;

namespace ScratchDet.Data.Fetch;

/// <summary>DeepPCB (Tang et al. 2019): printed circuit boards with six kinds of defects, into VOC layout.</summary>
public static class DeepPcbFetch
{
    private const string Images = "PCBData";

    /// <summary>By their number in the repository's files, from 1.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["open", "short", "mousebite", "spur", "copper", "pin-hole"];

    public static GitHubArchive Source { get; } = new(
        "tangsanli5201", "DeepPCB", "08e98c4db5922613fb97176eb3d6497d48260cb1",
        ContentSha256: "d4511cee21ed6910b30365c8f2efc38304be3f116b75f80f09fda1f9f5bf3f8d", AboutBytes: 91_000_000, UnpackedBytes: 128_000_000, Entries: 4_600);

    /// <param name="half">Images of 320 pixels instead of 640, with their boxes.</param>
    /// <param name="source">Another commit than <see cref="Source"/>.</param>
    /// <exception cref="BadInputException">A wrong archive, a file of it that cannot be used, or the folder has something else.</exception>
    /// <exception cref="DownloadException">See <see cref="Download.FetchAsync"/>.</exception>
    /// <exception cref="IOException">There is no room.</exception>
    public static Task<FetchedSet> RunAsync(FetchRequest request, bool half, GitHubArchive? source, CancellationToken stop)
    {
        source ??= Source;
        var set = new ConvertedSet(request, "deeppcb", source, half ? "half" : "full");
        return set.MakeAsync((originals, target) => Convert(originals, target, half, source, request.Progress, stop), stop);
    }

    private static (int, int) Convert(string originals, string target, bool half, GitHubArchive source, IProgress<FetchProgress>? progress, CancellationToken stop)
    {
        Board[] trainval = ReadList(originals, "trainval"), test = ReadList(originals, "test");
        Board[] boards = [.. trainval, .. test];
        string images = Directory.CreateDirectory(Path.Combine(target, VocLayout.JpegImages)).FullName;
        int[] counts = Conversion.Run("converting DeepPCB", boards.Length, i => Convert(boards[i], target, images, half), progress, stop);
        VocWriter.WriteImageSet(target, "trainval", trainval.Select(board => board.Id));
        VocWriter.WriteImageSet(target, "train", trainval.Select(board => board.Id));
        VocWriter.WriteImageSet(target, "test", test.Select(board => board.Id));
        File.Copy(Path.Combine(originals, "LICENSE"), Path.Combine(target, "LICENSE"));
        AtomicFile.WriteText(Path.Combine(target, "README.txt"), Readme(source, half, boards.Length, counts.Sum()));
        return (boards.Length, counts.Sum());
    }

    /// <returns>The number of boxes.</returns>
    private static int Convert(Board board, string target, string images, bool half)
    {
        string image = Path.Combine(images, board.Id + ".jpg");
        if (half) AtomicFile.Write(image, ImageFiles.EncodeJpeg(Halving.Grey(ImageFiles.Decode(board.ImagePath)), quality: 85, grey: true));
        else File.Copy(board.ImagePath, image);
        Torch.Vision.ImageHeader header = ImageFiles.ReadHeader(image);
        VocObject[] objects = ReadObjects(board.ObjectsPath, half);
        VocWriter.WriteAnnotation(target, board.Id, new(board.Id + ".jpg", header.Width, header.Height, objects) { Depth = header.ChannelCount });
        return objects.Length;
    }

    /// <summary>Lines "group00041/00041/00041000.jpg group00041/00041_not/00041000.txt"; the image with defects has _test in its name.</summary>
    private static Board[] ReadList(string originals, string split)
    {
        string list = Path.Combine(originals, Images, split + ".txt");
        if (!File.Exists(list)) throw new BadInputException(list, null, "the list does not exist", "try again, or use another --mirror");
        string[] lines = File.ReadAllLines(list);
        var boards = new List<Board>(lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            string[] paths = Words(lines[i]);
            if (paths.Length == 0) continue;
            if (paths.Length != 2 || paths.Any(path => path.Split('/').Contains("..") || Path.IsPathRooted(path)))
                throw new BadInputException(list, $"line {i + 1}", $"'{lines[i]}' does not name an image and its boxes", "try again, or use another --mirror");
            string id = Path.GetFileNameWithoutExtension(paths[0]), folder = Path.Combine(originals, Images);
            boards.Add(new(id, Path.Combine(folder, Path.GetDirectoryName(paths[0])!, id + "_test.jpg"), Path.Combine(folder, paths[1])));
        }
        return [.. boards];
    }

    /// <summary>Lines "x1 y1 x2 y2 type", or with commas; pixels from 0 there and from 1 in VOC, so that only the upper left corner moves.</summary>
    private static VocObject[] ReadObjects(string path, bool half)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, null, "the file of the boxes does not exist", "try again, or use another --mirror", exception);
        }
        var objects = new List<VocObject>(lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = Words(lines[i]);
            if (words.Length == 0) continue;
            var numbers = new int[words.Length];
            for (int k = 0; k < words.Length; k++)
            {
                if (!int.TryParse(words[k], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[k])) numbers = [];
                if (numbers.Length == 0) break;
            }
            if (numbers is not [var left, var top, var right, var bottom, var type] || type < 1 || type > ClassNames.Count || right <= left || bottom <= top)
                throw new BadInputException(path, $"line {i + 1}", $"'{lines[i]}' is no box 'x1 y1 x2 y2 type'", "try again, or use another --mirror");
            // Outer rounding: the half box has all pixels that the whole one touches.
            if (half) (left, top, right, bottom) = (left / 2, top / 2, (right + 1) / 2, (bottom + 1) / 2);
            objects.Add(new(ClassNames[type - 1], left + 1, top + 1, right, bottom) { Pose = "Unspecified" });
        }
        return [.. objects];
    }

    private static string[] Words(string line) => line.Split([' ', ',', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static string Readme(GitHubArchive source, bool half, int images, int boxes) =>
        $"""
        DeepPCB - defects of printed circuit boards (real line-scan images, binarised; partly artificial defects), VOC layout
        source : {source.Source}
        licence: the LICENSE file is MIT (copied), but the repository's README says "You can only use this dataset for research purpose"
        cite   : Tang, He, Huang, Yang: Online PCB defect detector on a new PCB defect dataset, 2019
        images : {images}, the "_test" (defective) one of each pair; the templates are left out
        boxes  : {boxes} of {string.Join(", ", ClassNames)}
        splits : those of the repository: trainval (the same as train) and test
        changes: boxes from "x1 y1 x2 y2 type" to VOC's XML, whose pixels count from 1 (xmin = x1 + 1, xmax = x2){(half ? "; images halved to grey ones (Lanczos, 3 lobes), JPEG of quality 85; boxes halved with outer rounding" : "; nothing else")}
        made by: data-scripts/fetch-deeppcb.cs of ScratchDet.Notebooks{(half ? " --half" : "")}

        """.ReplaceLineEndings("\n");

    private sealed record Board(string Id, string ImagePath, string ObjectsPath);
}
