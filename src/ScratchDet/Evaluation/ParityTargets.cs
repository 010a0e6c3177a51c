using System.Text.Json;
using ScratchDet.Boxes;

namespace ScratchDet.Evaluation;

/// <summary>The objects of one image for a parity run.</summary>
/// <param name="Boxes">In pixels of the input.</param>
/// <param name="Labels">One per box; background is 0, the first class 1.</param>
public sealed record ParityTarget(IReadOnlyList<Box> Boxes, IReadOnlyList<int> Labels);

/// <summary>Reads <c>[{"boxes": [[x1, y1, x2, y2], ...], "labels": [int, ...]}, ...]</c>, one entry an image.</summary>
public static class ParityTargets
{
    private const string Form = "write a list with {\"boxes\": [[x1, y1, x2, y2], ...], \"labels\": [1, ...]} for each image";

    /// <param name="classCount">Background counted; a label is at least 1 and below it.</param>
    /// <exception cref="BadInputException">Absent, not JSON, of another form, or with a box or label that cannot be.</exception>
    public static IReadOnlyList<ParityTarget> Read(string path, int imageCount, int classCount)
    {
        using JsonDocument document = Parse(path);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array) throw new BadInputException(path, null, "it does not hold a list", Form);
        if (root.GetArrayLength() != imageCount)
            throw new BadInputException(path, null, $"{root.GetArrayLength()} entries for {imageCount} images", Form);
        return [.. root.EnumerateArray().Select((entry, image) => ReadImage(path, entry, $"entry {image + 1}", classCount))];
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException fault)
        {
            throw new BadInputException(path, $"line {fault.LineNumber + 1}", "it is not valid JSON", Form, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            bool absent = fault is FileNotFoundException or DirectoryNotFoundException;
            throw new BadInputException(path, null, absent ? "no such file" : "it cannot be read", "check the path and its permissions", fault);
        }
    }

    private static ParityTarget ReadImage(string path, JsonElement entry, string place, int classCount)
    {
        JsonElement[] boxes = List(path, entry, "boxes", place);
        JsonElement[] labels = List(path, entry, "labels", place);
        if (boxes.Length != labels.Length)
            throw new BadInputException(path, place, $"{boxes.Length} boxes and {labels.Length} labels", "give each box one label");
        var readBoxes = new Box[boxes.Length];
        var readLabels = new int[labels.Length];
        for (int i = 0; i < boxes.Length; i++)
        {
            string item = $"{place}, object {i + 1}";
            readBoxes[i] = ReadBox(path, boxes[i], item);
            if (labels[i].ValueKind != JsonValueKind.Number || !labels[i].TryGetInt32(out readLabels[i]) || readLabels[i] < 1 || readLabels[i] >= classCount)
                throw new BadInputException(path, item, $"the label is {labels[i].GetRawText()}", $"a label is a whole number from 1 to {classCount - 1}");
        }
        return new ParityTarget(readBoxes, readLabels);
    }

    private static JsonElement[] List(string path, JsonElement entry, string name, string place)
    {
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty(name, out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            throw new BadInputException(path, place, $"it has no list \"{name}\"", Form);
        return [.. list.EnumerateArray()];
    }

    private static Box ReadBox(string path, JsonElement element, string place)
    {
        Span<float> corners = stackalloc float[4];
        int count = 0;
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == corners.Length)
        {
            foreach (JsonElement number in element.EnumerateArray())
            {
                if (number.ValueKind == JsonValueKind.Number && number.TryGetSingle(out float corner) && float.IsFinite(corner)) corners[count++] = corner;
            }
        }
        if (count != corners.Length) throw new BadInputException(path, place, "the box is not four numbers", Form);
        var box = new Box(corners[0], corners[1], corners[2], corners[3]);
        if (!(box.Width > 0 && box.Height > 0))
            throw new BadInputException(path, place, $"the box {element.GetRawText()} has no area", "a box is x1, y1, x2, y2 with x1 < x2 and y1 < y2");
        return box;
    }
}
