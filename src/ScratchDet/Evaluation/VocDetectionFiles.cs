using System.Globalization;
using System.Text;
using ScratchDet.Boxes;

namespace ScratchDet.Evaluation;

/// <summary>One line of a devkit's detection file.</summary>
/// <param name="ClassIndex">Index of the file's class among the classes that were asked for.</param>
public readonly record struct VocDetection(string ImageId, int ClassIndex, double Score, VocCorners Box);

/// <summary>
/// The devkit's detection files, one per class: comp4_det_SPLIT_CLASS.txt with lines `image score xmin ymin xmax ymax`.
/// In the files pixels count from 1 and corners are inclusive; numbers keep all their digits, so that files that were
/// written here score to the same bits.
/// </summary>
public static class VocDetectionFiles
{
    public static string FileName(string split, string className) => $"comp4_det_{split}_{className}.txt";

    /// <summary>The split in file names: without years, so "VOC2007:test", as "VOC2007:test+VOC2012:test", gives "test".</summary>
    public static string SplitName(string split) =>
        string.Join('+', split.Split('+').Select(part => part[(part.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()).Distinct());

    /// <summary>Classes that have a detection file in a folder and are not among those named, ordinally sorted.</summary>
    public static IReadOnlyList<string> OtherClasses(string folder, string split, IReadOnlyList<string> classNames)
    {
        string start = FileName(split, "")[..^".txt".Length];
        return [.. Directory.EnumerateFiles(folder, $"{start}*.txt").Select(file => Path.GetFileNameWithoutExtension(file)[start.Length..])
            .Except(classNames).Order(StringComparer.Ordinal)];
    }

    /// <summary>Writes one file per class, empty where nothing was detected; replaces files of these names.</summary>
    public static void Write(
        string folder, string split, IReadOnlyList<string> classNames,
        IEnumerable<(string ImageId, IReadOnlyList<Detection> Detections)> images)
    {
        var lines = new StringBuilder[classNames.Count];
        for (int c = 0; c < lines.Length; c++)
            lines[c] = new StringBuilder();
        foreach ((string imageId, IReadOnlyList<Detection> detections) in images)
        {
            foreach (Detection detection in detections)
                lines[detection.ClassIndex].Append(Line(imageId, detection)).Append('\n');
        }
        for (int c = 0; c < lines.Length; c++)
            AtomicFile.WriteText(Path.Combine(folder, FileName(split, classNames[c])), lines[c].ToString());
    }

    /// <summary>
    /// Reads the files of all classes, class by class and in the order of the lines, which decides between equal scores.
    /// </summary>
    /// <param name="knownImages">When given, a line of any other image is an error.</param>
    /// <exception cref="BadInputException">A file is missing, or a line cannot be used; names the line.</exception>
    public static IEnumerable<VocDetection> Read(
        string folder, string split, IReadOnlyList<string> classNames, IReadOnlySet<string>? knownImages = null)
    {
        for (int c = 0; c < classNames.Count; c++)
        {
            string file = Path.Combine(folder, FileName(split, classNames[c]));
            if (!File.Exists(file) && !Directory.Exists(file))
                throw new BadInputException(file, null, "there is no such detection file", "give every class a file; an empty one means no detections");
            int lineNumber = 0;
            foreach (string line in Lines(file))
            {
                lineNumber++;
                if (string.IsNullOrWhiteSpace(line)) continue;
                yield return Parse(file, lineNumber, line, c, knownImages);
            }
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        using StreamReader reader = Try(() => new StreamReader(file));
        while (Try(reader.ReadLine) is { } line) yield return line;

        T Try<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new BadInputException(file, null, $"the detection file cannot be read ({fault.Message})", "check the file and its permissions", fault);
            }
        }
    }

    private static string Line(string imageId, Detection detection)
    {
        VocCorners box = VocCorners.From(detection.Box);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{imageId} {(double)detection.Score:R} {box.XMin:R} {box.YMin:R} {box.XMax:R} {box.YMax:R}");
    }

    private static VocDetection Parse(string file, int lineNumber, string line, int classIndex, IReadOnlySet<string>? knownImages)
    {
        string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string place = $"line {lineNumber}";
        if (fields.Length != 6)
            throw new BadInputException(file, place, $"{fields.Length} fields", "a line is: image score xmin ymin xmax ymax");
        if (knownImages is not null && !knownImages.Contains(fields[0]))
            throw new BadInputException(file, place, $"image {fields[0]} is not in the split", "detect on the images of the split only");
        var numbers = new double[5];
        for (int i = 0; i < numbers.Length; i++)
        {
            bool isNumber = double.TryParse(fields[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]);
            if (!isNumber || !double.IsFinite(numbers[i]))
                throw new BadInputException(file, place, $"'{fields[i + 1]}' is no finite number", "a line is: image score xmin ymin xmax ymax");
        }
        var box = new VocCorners(numbers[1], numbers[2], numbers[3], numbers[4]);
        if (box.Width < 0 || box.Height < 0)
            throw new BadInputException(file, place, $"the box is {Shown(box.Width)} x {Shown(box.Height)} pixels", "a line is: image score xmin ymin xmax ymax, both corners inside the box");
        return new VocDetection(fields[0], classIndex, numbers[0], box);
    }

    private static string Shown(double pixels) => pixels.ToString(CultureInfo.InvariantCulture);
}
