using System.Security;
using System.Text;

namespace ScratchDet.Data.Synthetic;

/// <summary>The files of a generated data set in VOC layout: JPEGImages, Annotations, ImageSets/Main.</summary>
internal static class VocFolder
{
    public static readonly string[] Contents = ["JPEGImages", "Annotations", "ImageSets"];

    public static void CreateFolders(string root)
    {
        Directory.CreateDirectory(Path.Combine(root, "JPEGImages"));
        Directory.CreateDirectory(Path.Combine(root, "Annotations"));
        Directory.CreateDirectory(Path.Combine(root, "ImageSets", "Main"));
    }

    public static string ImagePath(string root, int index, string ending) => Path.Combine(root, "JPEGImages", DatasetSplit.Id(index) + ending);

    public static void WriteAnnotation(
        string root, int index, string ending, string source, int size, int depth, IReadOnlyList<ObjectAnnotation> objects, IReadOnlyList<string> classNames)
    {
        string id = DatasetSplit.Id(index);
        File.WriteAllText(Path.Combine(root, "Annotations", id + ".xml"), Annotation(id + ending, source, size, depth, objects, classNames));
    }

    /// <summary>train, val, trainval and test.</summary>
    public static void WriteSplits(string root, int images)
    {
        var split = DatasetSplit.Of(images);
        WriteList(root, "train", 0, split.Train);
        WriteList(root, "val", split.Train, split.Train + split.Validation);
        WriteList(root, "trainval", 0, split.Train + split.Validation);
        WriteList(root, "test", split.Train + split.Validation, images);
    }

    /// <summary>One annotation; pixels are VOC's, 1-based and inclusive.</summary>
    internal static string Annotation(
        string fileName, string source, int size, int depth, IReadOnlyList<ObjectAnnotation> objects, IReadOnlyList<string> classNames)
    {
        var text = new StringBuilder(256 + 320 * objects.Count);
        text.Append("<annotation>\n\t<folder>JPEGImages</folder>\n");
        text.Append("\t<filename>").Append(SecurityElement.Escape(fileName)).Append("</filename>\n");
        text.Append("\t<source>\n\t\t<database>").Append(SecurityElement.Escape(source)).Append("</database>\n\t</source>\n");
        text.Append(FormattableString.Invariant($"\t<size>\n\t\t<width>{size}</width>\n\t\t<height>{size}</height>\n\t\t<depth>{depth}</depth>\n\t</size>\n"));
        text.Append("\t<segmented>0</segmented>\n");
        foreach (ObjectAnnotation item in objects)
        {
            text.Append("\t<object>\n\t\t<name>").Append(SecurityElement.Escape(classNames[item.ClassIndex])).Append("</name>\n");
            text.Append("\t\t<pose>Unspecified</pose>\n\t\t<truncated>").Append(item.Truncated ? '1' : '0').Append("</truncated>\n");
            text.Append("\t\t<difficult>").Append(item.Difficult ? '1' : '0').Append("</difficult>\n");
            (int left, int top) = ((int)Math.Floor(item.Box.XMin) + 1, (int)Math.Floor(item.Box.YMin) + 1);
            (int right, int bottom) = ((int)Math.Ceiling(item.Box.XMax), (int)Math.Ceiling(item.Box.YMax));
            text.Append(FormattableString.Invariant(
                $"\t\t<bndbox>\n\t\t\t<xmin>{left}</xmin>\n\t\t\t<ymin>{top}</ymin>\n\t\t\t<xmax>{right}</xmax>\n\t\t\t<ymax>{bottom}</ymax>\n\t\t</bndbox>\n"));
            text.Append("\t</object>\n");
        }
        return text.Append("</annotation>\n").ToString();
    }

    private static void WriteList(string root, string name, int start, int end)
    {
        var text = new StringBuilder(7 * Math.Max(0, end - start));
        for (int i = start; i < end; i++) text.Append(DatasetSplit.Id(i)).Append('\n');
        File.WriteAllText(Path.Combine(root, "ImageSets", "Main", name + ".txt"), text.ToString());
    }
}
