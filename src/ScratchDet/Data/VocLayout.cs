using System.Text.RegularExpressions;

namespace ScratchDet.Data;

/// <summary>
/// One VOC folder: JPEGImages, Annotations and ImageSets/Main. Finds an id's image whatever its extension's case.
/// </summary>
internal sealed partial class VocLayout
{
    public const string Annotations = "Annotations";
    public const string JpegImages = "JPEGImages";

    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png"];   // in the order of preference

    private readonly Dictionary<string, string> imageById = new(StringComparer.Ordinal);

    private VocLayout(string root, bool needsImages)
    {
        Root = root;
        ImageFolder = Path.Combine(root, JpegImages);
        if (needsImages && !Directory.Exists(ImageFolder))
            throw new BadInputException(ImageFolder, null, "the folder does not exist", "a VOC folder holds JPEGImages, Annotations and ImageSets/Main");
        if (!Directory.Exists(Path.Combine(root, Annotations)))
            throw new BadInputException(Path.Combine(root, Annotations), null, "the folder does not exist", "a VOC folder holds JPEGImages, Annotations and ImageSets/Main");
        if (!needsImages) return;
        foreach (string path in Directory.EnumerateFiles(ImageFolder))
        {
            int rank = Rank(path);
            string id = Path.GetFileNameWithoutExtension(path);
            if (rank < 0 || (imageById.TryGetValue(id, out string? other) && !Precedes(path, other))) continue;
            imageById[id] = path;
        }
    }

    public static string ImageSets { get; } = Path.Combine("ImageSets", "Main");

    public string Root { get; }

    public string ImageFolder { get; }

    /// <summary>Ids that have an image, in no order; none when images are not needed.</summary>
    public IReadOnlyCollection<string> ImageIds => imageById.Keys;

    /// <summary>The year of a devkit folder (VOC2007), else the folder's name.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Root)));

    public string? ImagePath(string id) => imageById.GetValueOrDefault(id);

    public string AnnotationPath(string id) => Path.Combine(Root, Annotations, id + ".xml");

    public string SplitPath(string split) => Path.Combine(Root, ImageSets, split + ".txt");

    /// <summary>Names of the lists in ImageSets/Main, ordinally sorted.</summary>
    public IReadOnlyList<string> Splits()
    {
        string folder = Path.Combine(Root, ImageSets);
        if (!Directory.Exists(folder)) return [];
        string[] names = [.. Directory.EnumerateFiles(folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>
    /// The VOC folders under a path: itself, or every VOC* folder of a devkit (also one level down, in VOCdevkit), by name.
    /// </summary>
    /// <param name="needsImages">False: JPEGImages is not looked at and need not be there.</param>
    /// <exception cref="BadInputException">No such folder, or no VOC folder in it.</exception>
    public static IReadOnlyList<VocLayout> Find(string folder, bool needsImages = true)
    {
        if (!Directory.Exists(folder))
            throw new BadInputException(folder, null, "the folder does not exist", "give the folder that holds JPEGImages, Annotations and ImageSets, or a VOCdevkit");
        if (IsVoc(folder)) return [new VocLayout(folder, needsImages)];
        string devkit = Path.Combine(folder, "VOCdevkit");
        string parent = Directory.Exists(devkit) ? devkit : folder;
        string[] years = [.. Directory.EnumerateDirectories(parent).Where(IsVoc)];
        if (years.Length == 0)
            throw new BadInputException(folder, null, "neither JPEGImages nor ImageSets is in this folder, nor in a folder below it", "give the folder that holds JPEGImages, Annotations and ImageSets, or a VOCdevkit");
        Array.Sort(years, StringComparer.Ordinal);
        return [.. years.Select(year => new VocLayout(year, needsImages))];
    }

    /// <summary>The ids of a list: one a line, blank lines left out.</summary>
    /// <exception cref="BadInputException">Absent or empty list, an id that names a place outside the folder, or twice the same.</exception>
    public static IReadOnlyList<string> ReadIds(string listPath, string absentAdvice)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(listPath);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(listPath, null, "the list does not exist", absentAdvice, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(listPath, null, $"the list cannot be read ({exception.Message})", "check the file and its permissions", exception);
        }
        var ids = new List<string>(lines.Length);
        var lineById = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < lines.Length; i++)
        {
            string id = lines[i].Trim();
            if (id.Length == 0) continue;
            if (!IsPlainName(id))
                throw new BadInputException(listPath, $"line {i + 1}", $"'{id}' is not the name of an image", "write one image name a line, without folder and extension");
            if (!lineById.TryAdd(id, i + 1))
                throw new BadInputException(listPath, $"line {i + 1}", $"'{id}' is already on line {lineById[id]}", "name every image once");
            ids.Add(id);
        }
        return ids.Count > 0 ? ids : throw new BadInputException(listPath, null, "the list is empty", "name at least one image, one a line");
    }

    private static bool IsPlainName(string id) =>
        id is not ("." or "..") && id.Length <= 250 && id.IndexOfAny(['/', '\\', '\0']) < 0;

    private static bool IsVoc(string folder) =>
        Directory.Exists(Path.Combine(folder, JpegImages)) || Directory.Exists(Path.Combine(folder, "ImageSets"));

    private static int Rank(string path) => Array.IndexOf(Extensions, Path.GetExtension(path).ToLowerInvariant());

    private static bool Precedes(string path, string other) =>
        Rank(path) != Rank(other) ? Rank(path) < Rank(other) : string.CompareOrdinal(path, other) < 0;

    public const string SplitForm = "write 'trainval', 'train+val' or 'VOC2007:trainval+VOC2012:trainval'";

    /// <summary>Splits "VOC2007:trainval+VOC2012:trainval" into (year or null, split).</summary>
    /// <exception cref="ArgumentException">Not of this form.</exception>
    public static IReadOnlyList<(string? Year, string Split)> ParseSplit(string text)
    {
        var parts = new List<(string?, string)>();
        foreach (string part in text.Split('+'))
        {
            Match match = SplitPart().Match(part.Trim());
            if (!match.Success)
                throw new ArgumentException($"'{text}' names no image set; {SplitForm}", nameof(text));
            parts.Add((match.Groups["year"].Success ? match.Groups["year"].Value : null, match.Groups["split"].Value));
        }
        return parts;
    }

    public static bool IsSplitPart(string text) => SplitPart().IsMatch(text);

    [GeneratedRegex(@"^((?<year>[\w.-]+):)?(?<split>[\w-][\w.-]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex SplitPart();
}
