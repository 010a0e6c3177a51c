using System.Globalization;
using System.Xml;

namespace ScratchDet.Data;

/// <summary>
/// Reads one VOC annotation file as a stream: no DTD, no external entity, at most <see cref="MaximumCharacters"/>.
/// Absent <c>difficult</c>, <c>truncated</c>, <c>pose</c>, <c>size</c> and <c>segmented</c> tags are accepted; the
/// <c>part</c>s of an object (head, hand, foot) are not objects.
/// </summary>
public static class VocAnnotationReader
{
    public const long MaximumCharacters = 16 * 1024 * 1024;

    private const string Repair = "repair the annotation";

    /// <summary>The annotation with every coordinate a finite number; whether boxes fit the image is <see cref="VocBoxRule"/>.</summary>
    /// <exception cref="BadInputException">Absent or unreadable file, XML that is not well-formed or has a DTD, a
    /// missing or unusable tag; the place names the line, the object and the tag.</exception>
    public static VocAnnotation Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 16 * 1024);
            return Read(stream, path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, null, "the annotation does not exist", "add it or take its image out of the image set", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, null, $"the annotation cannot be read ({exception.Message})", "check the file and its permissions", exception);
        }
    }

    /// <inheritdoc cref="Read(string)"/>
    public static VocAnnotation Read(Stream stream, string path)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaximumCharacters,
            MaxCharactersFromEntities = 1024,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
        };
        try
        {
            using var reader = XmlReader.Create(stream, settings);
            return new Parser(reader, path).Annotation();
        }
        catch (XmlException exception)
        {
            string what = exception.Message.Contains("DTD", StringComparison.Ordinal)
                ? "the XML has a DTD, which is not read: its entities could pull in other files or grow without bound"
                : $"not well-formed XML: {exception.Message}";
            throw new BadInputException(path, Line(exception.LineNumber), what, Repair, exception);   // a DTD's line is not told
        }
    }

    private static string? Line(int number) => number > 0 ? $"line {number}" : null;

    private sealed class Parser(XmlReader reader, string path)
    {
        private int objectNumber;

        public VocAnnotation Annotation()
        {
            reader.MoveToContent();
            if (reader.LocalName != "annotation")
                throw Bad($"the root tag is <{reader.LocalName}>, not <annotation>");
            string? fileName = null;
            int? width = null, height = null, depth = null;
            var objects = new List<VocObject>();
            bool open = Enter();
            while (open && AtChild("annotation"))
            {
                switch (reader.LocalName)
                {
                    case "filename":
                        fileName = reader.ReadElementContentAsString().Trim();
                        break;
                    case "size":
                        bool sizeOpen = Enter();
                        while (sizeOpen && AtChild("size"))
                        {
                            switch (reader.LocalName)
                            {
                                case "width": width = WholeNumber(); break;
                                case "height": height = WholeNumber(); break;
                                case "depth": depth = WholeNumber(); break;
                                default: reader.Skip(); break;
                            }
                        }
                        break;
                    case "object":
                        objects.Add(Object());
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
            while (reader.Read())
            {
                // To the end, so that anything wrong after the root is reported too.
            }
            return new VocAnnotation(fileName, width, height, objects) { Depth = depth };
        }

        private VocObject Object()
        {
            objectNumber++;
            int line = LineNumber;
            string? name = null, pose = null;
            bool difficult = false, truncated = false;
            (double XMin, double YMin, double XMax, double YMax)? box = null;
            bool open = Enter();
            while (open && AtChild("object"))
            {
                switch (reader.LocalName)
                {
                    case "name": name = reader.ReadElementContentAsString().Trim(); break;
                    case "pose": pose = reader.ReadElementContentAsString().Trim(); break;
                    case "difficult": difficult = Flag(); break;
                    case "truncated": truncated = Flag(); break;
                    case "bndbox": box = BoundingBox(); break;
                    default: reader.Skip(); break;   // part, actions, occluded, mask, ...
                }
            }
            if (string.IsNullOrEmpty(name))
                throw Bad("the object has no <name>", line);
            if (box is not var (xMin, yMin, xMax, yMax))
                throw Bad($"the object ({name}) has no <bndbox>", line);
            return new VocObject(name, xMin, yMin, xMax, yMax, line) { Difficult = difficult, Truncated = truncated, Pose = pose };
        }

        private (double, double, double, double) BoundingBox()
        {
            int line = LineNumber;
            double? xMin = null, yMin = null, xMax = null, yMax = null;
            bool open = Enter();
            while (open && AtChild("bndbox"))
            {
                switch (reader.LocalName)
                {
                    case "xmin": xMin = Coordinate(); break;
                    case "ymin": yMin = Coordinate(); break;
                    case "xmax": xMax = Coordinate(); break;
                    case "ymax": yMax = Coordinate(); break;
                    default: reader.Skip(); break;
                }
            }
            string? missing = xMin is null ? "xmin" : yMin is null ? "ymin" : xMax is null ? "xmax" : yMax is null ? "ymax" : null;
            return missing is null
                ? (xMin!.Value, yMin!.Value, xMax!.Value, yMax!.Value)
                : throw Bad($"the <bndbox> has no <{missing}>", line);
        }

        // Steps into the element at hand; false when it is empty and already passed.
        private bool Enter()
        {
            bool empty = reader.IsEmptyElement;
            reader.Read();
            return !empty;
        }

        // True at a child element, which the caller consumes whole; false once the parent's end tag was passed.
        private bool AtChild(string parent)
        {
            while (true)
            {
                switch (reader.MoveToContent())
                {
                    case XmlNodeType.Element:
                        return true;
                    case XmlNodeType.EndElement:
                        reader.Read();
                        return false;
                    case XmlNodeType.None:
                        throw Bad($"the file ends inside <{parent}>");
                    default:
                        reader.Read();   // stray text between tags
                        break;
                }
            }
        }

        private double Coordinate()
        {
            (string tag, int line) = (reader.LocalName, LineNumber);
            string text = reader.ReadElementContentAsString().Trim();
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                throw Bad($"<{tag}> is '{Shorten(text)}', not a number", line);
            if (!double.IsFinite(value))
                throw Bad($"<{tag}> is {Shorten(text)}, which is not finite", line);
            return value;
        }

        private int WholeNumber()
        {
            (string tag, int line) = (reader.LocalName, LineNumber);
            string text = reader.ReadElementContentAsString().Trim();
            if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) || value is not (>= 0 and < 1e9f))
                throw Bad($"<{tag}> is '{Shorten(text)}', not a size in pixels", line);
            return (int)value;
        }

        private bool Flag()
        {
            (string tag, int line) = (reader.LocalName, LineNumber);
            string text = reader.ReadElementContentAsString().Trim();
            return text switch
            {
                "1" or "true" or "True" => true,
                "0" or "false" or "False" or "" or "Unspecified" => false,
                _ => throw Bad($"<{tag}> is '{Shorten(text)}', not 0 or 1", line),
            };
        }

        private int LineNumber => (reader as IXmlLineInfo)?.LineNumber ?? 0;

        private BadInputException Bad(string what, int line = 0)
        {
            string place = Line(line > 0 ? line : LineNumber) ?? "start";
            if (objectNumber > 0) place += $", object {objectNumber}";
            return new BadInputException(path, place, what, Repair);
        }

        private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "...");
    }
}
