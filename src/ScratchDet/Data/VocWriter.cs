using System.Globalization;
using System.Text;
using System.Xml;
using ScratchDet.Boxes;

namespace ScratchDet.Data;

/// <summary>Writes the VOC layout: Annotations/*.xml and ImageSets/Main/*.txt. Each file is whole or absent.</summary>
public static class VocWriter
{
    /// <summary>Writes Annotations/<paramref name="id"/>.xml and makes the folder where it is missing.</summary>
    /// <param name="folder">The year's folder, which holds Annotations, ImageSets and JPEGImages.</param>
    public static void WriteAnnotation(string folder, string id, VocAnnotation annotation)
    {
        string annotations = Path.Combine(folder, VocLayout.Annotations);
        Directory.CreateDirectory(annotations);
        AtomicFile.WriteText(Path.Combine(annotations, id + ".xml"), ToXml(annotation));
    }

    /// <summary>Writes ImageSets/Main/<paramref name="split"/>.txt, one id a line.</summary>
    public static void WriteImageSet(string folder, string split, IEnumerable<string> ids)
    {
        string sets = Path.Combine(folder, VocLayout.ImageSets);
        Directory.CreateDirectory(sets);
        var text = new StringBuilder();
        foreach (string id in ids)
            text.Append(id).Append('\n');
        AtomicFile.WriteText(Path.Combine(sets, split + ".txt"), text.ToString());
    }

    /// <summary>The annotation of a sample; boxes go back to VOC's pixels, which count from 1 with both corners inside.</summary>
    public static VocAnnotation ToAnnotation(Sample sample, IReadOnlyList<string> classNames)
    {
        var objects = new VocObject[sample.Objects.Count];
        for (int i = 0; i < objects.Length; i++)
        {
            ObjectAnnotation item = sample.Objects[i];
            Box box = item.Box;
            objects[i] = new VocObject(classNames[item.ClassIndex], box.XMin + 1, box.YMin + 1, box.XMax, box.YMax)
            {
                Difficult = item.Difficult,
                Truncated = item.Truncated,
                Pose = "Unspecified",
            };
        }
        return new VocAnnotation(Path.GetFileName(sample.ImagePath), sample.Width, sample.Height, objects) { Depth = PlanarImage.Channels };
    }

    public static string ToXml(VocAnnotation annotation)
    {
        var text = new StringBuilder();
        var settings = new XmlWriterSettings { Indent = true, IndentChars = "\t", NewLineChars = "\n", OmitXmlDeclaration = true };
        using (var writer = XmlWriter.Create(text, settings))
        {
            writer.WriteStartElement("annotation");
            if (annotation.FileName is not null) writer.WriteElementString("filename", annotation.FileName);
            if (annotation.Width is not null || annotation.Height is not null)
            {
                writer.WriteStartElement("size");
                Number(writer, "width", annotation.Width);
                Number(writer, "height", annotation.Height);
                Number(writer, "depth", annotation.Depth);
                writer.WriteEndElement();
            }
            writer.WriteElementString("segmented", "0");
            foreach (VocObject item in annotation.Objects)
                WriteObject(writer, item);
            writer.WriteEndElement();
        }
        return text.Append('\n').ToString();
    }

    private static void WriteObject(XmlWriter writer, VocObject item)
    {
        writer.WriteStartElement("object");
        writer.WriteElementString("name", item.ClassName);
        if (item.Pose is not null) writer.WriteElementString("pose", item.Pose);
        writer.WriteElementString("truncated", item.Truncated ? "1" : "0");
        writer.WriteElementString("difficult", item.Difficult ? "1" : "0");
        writer.WriteStartElement("bndbox");
        Number(writer, "xmin", item.XMin);
        Number(writer, "ymin", item.YMin);
        Number(writer, "xmax", item.XMax);
        Number(writer, "ymax", item.YMax);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    // The boxes of the kit are floats: their shortest text is wanted, not that of the double they became.
    private static void Number(XmlWriter writer, string tag, double? value)
    {
        if (value is not null) writer.WriteElementString(tag, ((float)value.Value).ToString("R", CultureInfo.InvariantCulture));
    }
}
